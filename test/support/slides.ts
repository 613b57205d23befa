import type { SlideAnalysis } from "../../src/contract/results.ts";

/** A slide as the vision step hands it on, with these words on it. */
export const slideOf = (
  slide: number,
  text: string,
  given: Partial<SlideAnalysis> = {},
): SlideAnalysis => ({
  slide,
  title: text.split("\n")[0] ?? null,
  text,
  description: "",
  kind: "other",
  text_source: "text_layer",
  words: text.split(/\s+/).filter((word) => word !== "").length,
  visuals: [],
  blocks: [],
  language: "en",
  ...given,
});
