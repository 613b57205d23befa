import { contentWords, kin, wordsIn } from "./terms.ts";

export interface AskedSlide {
  readonly slide: number;
  readonly title: string | null;
  readonly text: string;
}

/** Lines that stand together on a slide, with what speaks for them. */
export interface Passage {
  readonly slide: number;
  readonly quote: string;
  readonly score: number;
  /** Share of the question that the slide answers to, by how rare its words are: 0 to 1. */
  readonly coverage: number;
}

/**
 * BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009, section 3) with its
 * usual constants, over the slides of one deck; a word of the same kind counts `kinWeight` of the word itself.
 */
const k1 = 1.2;
const b = 0.75;
const kinWeight = 0.6;
/** A title says what its slide is about. */
const titleTimes = 2;

/** Lines of a quote; more would be the slide itself. */
const linesMax = 3;
const quoteMax = 400;

/** The best passage of each slide that has any word of the question, the best slide first. Pure. */
export function rankPassages(question: string, slides: readonly AskedSlide[]): Passage[] {
  const asked = contentWords(question);
  if (asked.length === 0) return [];
  const docs = slides.map((slide) => docOf(slide));
  const meanLength = docs.reduce((sum, { length }) => sum + length, 0) / Math.max(1, docs.length);
  const idf = new Map(asked.map((word) => [word, idfOf(word, docs)]));
  const total = [...idf.values()].reduce((sum, one) => sum + one, 0);
  return docs
    .flatMap((doc): Passage[] => {
      const parts = asked.map((word) => {
        const count = weighted(word, doc.counts);
        const norm = k1 * (1 - b + (b * doc.length) / Math.max(1, meanLength));
        const weight = idf.get(word) ?? 0;
        return {
          score: (weight * (count * (k1 + 1))) / (count + norm),
          covered: weight * presence(word, doc.counts),
        };
      });
      const score = parts.reduce((sum, one) => sum + one.score, 0);
      if (score === 0) return [];
      const coverage = parts.reduce((sum, one) => sum + one.covered, 0) / total;
      return [{ slide: doc.slide.slide, quote: quoteOf(doc.slide, asked, idf), score, coverage }];
    })
    .filter(({ quote }) => quote !== "")
    .toSorted((one, other) => other.score - one.score || one.slide - other.slide);
}

interface Doc {
  readonly slide: AskedSlide;
  readonly counts: ReadonlyMap<string, number>;
  readonly length: number;
}

function docOf(slide: AskedSlide): Doc {
  const title = wordsIn(slide.title ?? "");
  const words = [...wordsIn(slide.text), ...Array.from({ length: titleTimes }, () => title).flat()];
  return { slide, counts: countsOf(words), length: words.length };
}

function countsOf(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

function weighted(word: string, counts: ReadonlyMap<string, number>): number {
  let count = counts.get(word) ?? 0;
  for (const other of kin(word)) {
    if (other !== word) count += kinWeight * (counts.get(other) ?? 0);
  }
  return count;
}

const presence = (word: string, counts: ReadonlyMap<string, number>): number =>
  counts.has(word) ? 1 : [...kin(word)].some((other) => counts.has(other)) ? kinWeight : 0;

/** Never below zero, as Lucene has it. A word that no slide has counts like one of a single slide: it may be said otherwise. */
function idfOf(word: string, docs: readonly Doc[]): number {
  const having = Math.max(1, docs.filter(({ counts }) => presence(word, counts) > 0).length);
  return Math.log(1 + (docs.length - having + 0.5) / (having + 0.5));
}

/** The lines of a slide in which most of what was asked stands closest together, as they stand there. */
function quoteOf(
  { text }: AskedSlide,
  asked: readonly string[],
  idf: ReadonlyMap<string, number>,
): string {
  const lines = text.split("\n").map((line) => line.trim());
  const counts = lines.map((line) => countsOf(wordsIn(line)));
  let best = { value: 0, quote: "" };
  for (let from = 0; from < lines.length; from += 1) {
    for (let to = from + 1; to <= Math.min(lines.length, from + linesMax); to += 1) {
      const span = counts.slice(from, to);
      const found = asked.reduce(
        (sum, word) =>
          sum + (idf.get(word) ?? 0) * Math.max(...span.map((one) => presence(word, one))),
        0,
      );
      // A figure beside the words is what most questions are after.
      const figures = /\d/.test(lines.slice(from, to).join(" ")) ? 0.15 : 0;
      const value = found === 0 ? 0 : found * (1 + figures) - 0.02 * (to - from);
      const quote = lines.slice(from, to).join("\n").trim();
      if (value > best.value && quote.length <= quoteMax) best = { value, quote };
    }
  }
  if (best.quote !== "") return best.quote;
  // Only the title spoke for it, or one line is very long.
  const words = lines
    .filter((line) => line !== "")
    .slice(0, linesMax)
    .join("\n");
  return words.slice(0, quoteMax);
}
