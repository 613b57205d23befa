import { describe, expect, it } from "vitest";
import { bareDeck } from "../../../../test/support/bare-deck.ts";
import type { SlideAnalysis } from "../../../contract/results.ts";
import { deckOf, sureEvidenceOf } from "./deck.ts";
import { isSureQuote, surePart } from "./doubt.ts";
import { linesOf } from "./ocr-lines.ts";
import type { OcrRawLine } from "./ocr-thread.ts";
import { sentencesFor } from "./search.ts";

const raw = (...words: [string, number][]): OcrRawLine => ({
  words: words.map(([text, confidence], at) => ({
    text,
    confidence,
    bbox: { x0: 24 * at, y0: 100, x1: 24 * at + 20, y1: 120 },
  })),
});
const slide = (text: string, doubtful: string[]): SlideAnalysis => ({
  ...(bareDeck(["product", text])[0] as SlideAnalysis),
  text,
  blocks: [{ text, doubtful, x: 0.1, y: 0.4, width: 0.8, height: 0.04, size: 0.03 }],
});

describe("words that may be misread", () => {
  it("are those the reader doubts, and pairs between which one could not be read", () => {
    const [line] = linesOf(
      [raw(["We", 96], ["sare", 61], ["crates", 95], ["xqzu", 8], ["daily", 94])],
      1000,
      500,
    );
    expect(line).toMatchObject({
      text: "We sare crates daily",
      doubtful: ["sare", "crates daily"],
    });
  });

  it("make no evidence: the sure stretch is quoted, or the one that holds the fact", () => {
    const text = "od We raise $2M in our seed round ths year Nordhafen GmbH";
    const read = slide(text, ["od", "ths"]);
    expect(surePart(read, text)).toBe("We raise $2M in our seed round");
    expect(surePart(read, text, "nordhafen")).toBe("year Nordhafen GmbH");
    expect(sureEvidenceOf(read, text, "$2M")).toMatchObject({
      quote: "We raise $2M in our seed round",
      grounded: true,
    });
    expect(surePart(slide(text, ["round ths"]), text)).toBe("od We raise $2M in our seed round");
    expect(surePart(slide("Yur netwrk ou", ["Yur", "netwrk", "ou"]), "Yur netwrk ou")).toBeNull();
  });

  it("may be few letters of a long quote, and are none in a text layer", () => {
    const text = "Half of all the trucks of small carriers drive home ermpty";
    expect(isSureQuote(slide(text, ["ermpty"]), text)).toBe(false);
    expect(isSureQuote(slide(text, ["of"]), text)).toBe(true);
    expect(isSureQuote(slide(text, []), text)).toBe(true);
  });

  it("answer no question", () => {
    const text = "Our sofware mathces ermpty trucks with freight";
    const texts = (doubtful: string[]): string[] =>
      sentencesFor(deckOf([slide(text, doubtful)])).map((one) => one.text);
    expect(texts([])).toEqual([text]);
    expect(texts(["sofware", "mathces", "ermpty"])).toEqual([]);
  });
});
