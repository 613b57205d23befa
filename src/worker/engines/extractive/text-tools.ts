import { folded, plain } from "../../../core/text/fold.ts";

/** Words of letters or digits. */
const wordPattern = /[\p{L}\p{N}][\p{L}\p{N}'’.,%-]*/gu;

export const countWords = (text: string): number => text.match(wordPattern)?.length ?? 0;

/** Blanks of every kind become one plain blank. */
export const tidy = (text: string): string => text.replace(/[\s\u00a0\u202f]+/gu, " ").trim();

/** Lower case without accents: what term lists are compared in. */
export const fold = plain;

/** Letters and digits only, folded: "Acme Works" and "ACMEWORKS" share one key. */
export const keyOf = (text: string): string => folded(text.replace(/&/g, "and"));

const abbreviation =
  /(?:\b(?:e\.g|i\.e|vs|approx|ca|bzw|z\.B|Dr|Mr|Ms|Mrs|Prof|Inc|Ltd|Corp|No|St|est|incl|Mio|Mrd|Tsd|Nr|p\.ej)|\b\p{Lu})\.$/u;

/** Bullets and dashes in front of a point. */
const leadingMark = /^(?:[•◦▪●○■–—*✓✔→➢»·►-]\s*)+/u;

/**
 * Sentences of one paragraph, each a literal part of it. A stop after an abbreviation or inside a
 * number ends nothing.
 */
export function sentencesOf(paragraph: string): string[] {
  const sentences: string[] = [];
  let from = 0;
  for (const stop of paragraph.matchAll(/[.!?…](?:["”’)]+)?(?=\s+["“‘(]?[\p{Lu}\p{N}•])/gu)) {
    const end = stop.index + stop[0].length;
    const sentence = paragraph.slice(from, end);
    if (stop[0].startsWith(".") && abbreviation.test(sentence)) continue;
    sentences.push(sentence.trim());
    from = end;
  }
  sentences.push(paragraph.slice(from).trim());
  return sentences
    .map((sentence) => sentence.replace(leadingMark, ""))
    .filter((sentence) => sentence.length > 0);
}

/** Shortens at a word's end; the result stays a literal part of the text. */
export function clip(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  const cut = text.slice(0, lengthMax);
  const blank = cut.lastIndexOf(" ");
  return (blank > lengthMax / 2 ? cut.slice(0, blank) : cut).trimEnd();
}

/** As part of a pattern that means these very characters. */
export const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** A pattern for whole words: letters and digits may not touch it on either side. */
export const whole = (source: string, flags = "iu"): RegExp =>
  new RegExp(`(?<![\\p{L}\\p{N}])(?:${source})(?![\\p{L}\\p{N}])`, flags);

/** `slide 3` or `slides 3, 5`, each once. */
export function slidesText(slides: readonly number[]): string {
  const unique = [...new Set(slides)];
  return `${unique.length === 1 ? "slide" : "slides"} ${unique.join(", ")}`;
}
