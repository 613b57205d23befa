import type { SlideAnalysis } from "../../../contract/results.ts";
import type { ReadLine } from "./paragraphs.ts";

/** A quote may hold this share of letters in words that may be misread: a letter or two of a sentence. */
const shareMax = 0.1;
const partWordsMin = 2;
const partLettersMin = 8;

const lettersIn = (text: string): number => text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;

/** Words of the slide's pictures that may be misread, out of the blocks that a quote is part of or holds. */
function doubtfulNear({ blocks }: SlideAnalysis, quote: string): ReadonlySet<string> {
  const near = blocks.filter(
    ({ text, doubtful }) => doubtful && (text.includes(quote) || quote.includes(text)),
  );
  return new Set(near.flatMap(({ doubtful = [] }) => doubtful));
}

function shareOf(words: readonly string[], doubtful: ReadonlySet<string>): number {
  const letters = lettersIn(words.join(""));
  const unsure = lettersIn(words.filter((word) => doubtful.has(word)).join(""));
  return letters === 0 ? 0 : unsure / letters;
}

/** Whether all of a quote but a few letters was read for sure. The text layer always was. */
export function isSureQuote(slide: SlideAnalysis, quote: string): boolean {
  const doubtful = doubtfulNear(slide, quote);
  return doubtful.size === 0 || shareOf(quote.split(/\s+/u), doubtful) <= shareMax;
}

export const isSureLine = ({ text, doubtful = [] }: ReadLine): boolean =>
  shareOf(text.split(" "), new Set(doubtful)) <= shareMax;

/**
 * The quote itself where it was read for sure; else the longest stretch of it that was, or with `about`
 * the one that holds these words. null when there is none worth quoting.
 */
export function surePart(slide: SlideAnalysis, quote: string, about?: string): string | null {
  if (isSureQuote(slide, quote)) return quote;
  const doubtful = doubtfulNear(slide, quote);
  const runs: string[][] = [[]];
  for (const word of quote.split(" ")) {
    if (doubtful.has(word)) runs.push([]);
    else runs.at(-1)?.push(word);
  }
  const parts = runs.map((run) => run.join(" "));
  if (about !== undefined && about !== "") {
    return parts.find((part) => part.toLowerCase().includes(about.toLowerCase())) ?? null;
  }
  return (
    parts
      .filter((part) => part.split(" ").length >= partWordsMin && lettersIn(part) >= partLettersMin)
      .sort((a, b) => lettersIn(b) - lettersIn(a))[0] ?? null
  );
}
