import type { TextBlock } from "../../contract/results.ts";
import type { PageFacts } from "../../pdf/types.ts";
import { pictureRegions } from "../engines/extractive/ocr-regions.ts";
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
 * beside it is added only where there are pictures that can hold words. A line that the layer has with
 * other digits was misread: added, it would bear out a number that stands nowhere.
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
  const knownButDigits = withoutDigits(known);
  const isNew = (line: string): boolean => {
    const words = squeezed(line);
    if (words === "" || known.includes(words)) return false;
    return !/\p{L}/u.test(words) || !knownButDigits.includes(withoutDigits(words));
  };
  const added = mayHoldWords(facts) ? read.split("\n").filter(isNew) : [];
  if (added.length === 0) return { text: layer, source: "text_layer" };
  return { text: [layer, ...added].join("\n"), source: "both" };
}

/** Icons hold no words, but the logo of a cover may be the only place where a name stands. */
const mayHoldWords = ({ page, images }: PageFacts): boolean =>
  page === 1 ? images.length > 0 : pictureRegions(images).length > 0;

const squeezed = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
const withoutDigits = (text: string): string => text.replace(/\p{N}+/gu, "0");
