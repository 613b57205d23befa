import type { PageFacts } from "./types.ts";

/** Of a page whose contents could not be read: its size, and nothing found. */
export const unreadFacts = (
  size: Pick<PageFacts, "page" | "widthPoints" | "heightPoints">,
): PageFacts => ({
  ...size,
  lines: [],
  characters: 0,
  unmapped: 0,
  images: [],
  paths: 0,
  fonts: [],
  tables: [],
  charts: [],
  fontsMissing: false,
  undrawn: 0,
});
