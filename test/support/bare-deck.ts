import type { SlideAnalysis } from "../../src/contract/results.ts";
import { deckOf } from "../../src/worker/engines/extractive/deck.ts";
import { extract } from "../../src/worker/engines/extractive/extract/extract.ts";
import { countWords } from "../../src/worker/engines/extractive/text-tools.ts";

export const today = "2026-11-23";

/** Slides of bare text: kind, then lines; the first line is the title. */
export function bareDeck(...slides: [SlideAnalysis["kind"], ...string[]][]): SlideAnalysis[] {
  return slides.map(([kind, ...lines], index) => ({
    slide: index + 1,
    title: lines[0] ?? null,
    text: lines.join("\n"),
    description: "",
    kind,
    text_source: "text_layer",
    words: countWords(lines.join(" ")),
    visuals: [],
    blocks: [],
    language: "en",
  }));
}
export const fieldsOf = (...slides: Parameters<typeof bareDeck>) =>
  extract(deckOf(bareDeck(...slides)), today);
export const filler: [SlideAnalysis["kind"], string] = [
  "other",
  "More about the plan and its details",
];
