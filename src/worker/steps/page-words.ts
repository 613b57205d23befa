import type { TextBlock } from "../../contract/results.ts";
import type { PageFacts } from "../../pdf/types.ts";
import { readingOf } from "../engines/extractive/page-text.ts";

const blocksMax = 600;

/** The text layer in reading order, or null when it cannot be relied on. */
export const layerText = (facts: PageFacts): string | null =>
  readingOf(facts) === "ocr" ? null : facts.lines.map((line) => line.text).join("\n");

export const wordsIn = (text: string): number => text.split(/\s+/).filter(Boolean).length;

/** None of a text layer that says nothing. */
export const blocksOf = (facts: PageFacts): TextBlock[] =>
  (layerText(facts) === null ? [] : facts.lines.slice(0, blocksMax)).map(
    ({ text, x, y, width, height, size }) => ({ text, x, y, width, height, size }),
  );

/**
 * The words of a slide a model has read. The text layer is exact, so it leads; what the model read
 * beside it is added only where there are pictures that can hold words.
 */
export function wordsOfSlide(
  read: string,
  facts: PageFacts,
): { text: string; source: "text_layer" | "both" | "model" | "none" } {
  const layer = layerText(facts);
  if (layer === null) {
    return read.trim() === "" ? { text: "", source: "none" } : { text: read, source: "model" };
  }
  const known = squeezed(layer);
  const added =
    facts.images.length === 0
      ? []
      : read.split("\n").filter((line) => /\w/.test(line) && !known.includes(squeezed(line)));
  if (added.length === 0) return { text: layer, source: "text_layer" };
  return { text: [layer, ...added].join("\n"), source: "both" };
}

const squeezed = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
