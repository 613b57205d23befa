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

/** Two words between which one is missing: no quote may run over it. */
const tears = (doubtful: Iterable<string>): string[] =>
  [...doubtful].filter((one) => one.includes(" "));

const isSure = (text: string, doubtful: ReadonlySet<string>): boolean =>
  !tears(doubtful).some((pair) => text.includes(pair)) &&
  shareOf(text.split(/\s+/u), doubtful) <= shareMax;

/** Whether all of a quote but a few letters was read for sure. The text layer always was. */
export const isSureQuote = (slide: SlideAnalysis, quote: string): boolean =>
  isSure(quote, doubtfulNear(slide, quote));

export const isSureLine = ({ text, doubtful = [] }: ReadLine): boolean =>
  isSure(text, new Set(doubtful));

function runsOf(quote: string, doubtful: ReadonlySet<string>): string[] {
  const runs: string[][] = [[]];
  const words = quote.split(" ");
  for (const [at, word] of words.entries()) {
    if (doubtful.has(word)) runs.push([]);
    else if (doubtful.has(`${words[at - 1]} ${word}`)) runs.push([word]);
    else runs.at(-1)?.push(word);
  }
  return runs.map((run) => run.join(" "));
}

/**
 * The quote itself where it was read for sure; else the longest stretch of it that was, or with `about`
 * the one that holds these words. null when there is none worth quoting.
 */
export function surePart(slide: SlideAnalysis, quote: string, about?: string): string | null {
  if (isSureQuote(slide, quote)) return quote;
  const doubtful = doubtfulNear(slide, quote);
  const parts = runsOf(quote, doubtful);
  if (about !== undefined && about !== "") {
    return parts.find((part) => part.toLowerCase().includes(about.toLowerCase())) ?? null;
  }
  return (
    parts
      .filter((part) => part.split(" ").length >= partWordsMin && lettersIn(part) >= partLettersMin)
      .sort((a, b) => lettersIn(b) - lettersIn(a))[0] ?? null
  );
}
