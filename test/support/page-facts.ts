import type { PageFacts } from "../../src/pdf/types.ts";

/** Facts of a page on which nothing was found but what is given. */
export const pageFacts = (given: Partial<PageFacts> = {}): PageFacts => ({
  page: 1,
  widthPoints: 960,
  heightPoints: 540,
  lines: [],
  characters: (given.lines ?? []).reduce((sum, { text }) => sum + text.length, 0),
  unmapped: 0,
  images: [],
  paths: 0,
  fonts: [],
  tables: [],
  charts: [],
  fontsMissing: false,
  undrawn: 0,
  ...given,
});
