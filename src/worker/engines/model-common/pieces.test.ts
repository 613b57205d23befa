import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { piecesOf } from "./pieces.ts";

const upTo = (length: number) => (text: string) => text.length <= length;

describe("a text in pieces", () => {
  it("is split at paragraphs, then at lines, sentences and words", () => {
    expect(piecesOf("one\n\ntwo\n\nthree", upTo(8))).toEqual(["one\n\ntwo", "three"]);
    expect(piecesOf("a line\nanother line\nend", upTo(13))).toEqual([
      "a line",
      "another line",
      "end",
    ]);
    expect(piecesOf("First one. Second one.", upTo(12))).toEqual(["First one.", "Second one."]);
    expect(piecesOf("many short words here", upTo(11))).toEqual(["many short", "words here"]);
  });

  it("keeps a word that does not fit", () => {
    expect(piecesOf("a Donaudampfschiff b", upTo(5))).toEqual(["a", "Donaudampfschiff", "b"]);
  });

  it("loses no word and keeps their order", () => {
    const text = fc
      .array(fc.constantFrom("word", "longer-word", ".", "\n", "\n\n", "É5"), { maxLength: 60 })
      .map((parts) => parts.join(" "));
    const words = (given: string) => given.split(/\s+/).filter((word) => word !== "");
    fc.assert(
      fc.property(text, fc.integer({ min: 11, max: 60 }), (whole, length) => {
        const pieces = piecesOf(whole, upTo(length));
        expect(words(pieces.join(" "))).toEqual(words(whole));
        for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(length);
      }),
    );
  });
});
