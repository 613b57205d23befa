import { describe, expect, it } from "vitest";
import type { TextBlock } from "../api/types.ts";
import { regionsOf } from "./regions.ts";

const block = (text: string): TextBlock => ({
  text,
  x: 0,
  y: 0,
  width: 1,
  height: 0.1,
  size: 0.05,
});
const marked = (quote: string, ...texts: string[]): string[] =>
  regionsOf(quote, texts.map(block)).map(({ text }) => text);

describe("regionsOf", () => {
  it("marks the block that holds the quote, whatever its case and signs", () => {
    expect(marked("raising EUR 4.5M", "Team", "We are raising: EUR 4.5M")).toEqual([
      "We are raising: EUR 4.5M",
    ]);
  });
  it("marks every line that a longer quote runs over", () => {
    expect(marked("a heart monitor for the home", "a heart monitor", "for the home", "of")).toEqual(
      ["a heart monitor", "for the home"],
    );
  });
  it("marks nothing for words that are not there, or parts of words", () => {
    expect(marked("art", "heart monitor")).toEqual([]);
    expect(marked("…", "heart monitor")).toEqual([]);
  });
});
