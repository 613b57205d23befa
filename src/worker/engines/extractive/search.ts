import type { SlideAnalysis } from "../../../contract/results.ts";
import { type Deck, isLegal, isRepeated } from "./deck.ts";
import { isSureQuote } from "./doubt.ts";
import { type FoldedText, foldedText, matcherOf, matches } from "./terms/matcher.ts";
import { genericNameWords } from "./terms/name-words.ts";
import { allStopWords } from "./terms/stop-words.ts";
import { countWords, fold } from "./text-tools.ts";

/** One sentence that may answer a question. */
export interface Sentence {
  readonly slide: SlideAnalysis;
  readonly text: string;
  readonly words: number;
  readonly folded: FoldedText;
}

export interface Hit {
  readonly sentence: Sentence;
  readonly score: number;
  /** Hints found in the sentence itself. */
  readonly hints: readonly string[];
}

export interface SearchFor {
  readonly hints: readonly string[];
  readonly kinds: readonly string[];
  readonly question: string;
}

const sentenceWordsMax = 70;
/** Where a number comes from is no answer by itself, and whose words they are is none. */
const sourceLine =
  /^\W{0,3}(?:sources?|quellen?|fuentes?|fontes?)\s?:|^\[\d+\]|^(?:©|\(c\)\s|copyright\s(?:©\s?|\(c\)\s?)?(?:19|20)\d\d)/iu;

/** A heading announces an answer and is none. */
function isHeading(text: string, slide: SlideAnalysis): boolean {
  if (/\d/.test(text)) return false;
  const words = fold(text).match(/[\p{L}\p{N}]+/gu) ?? [];
  if (text === slide.title && words.length <= 4) return true;
  return words.every((word) => genericNameWords.has(word) || allStopWords.has(word));
}

/** One word says nothing, but a badge such as "FDA-cleared" does. */
const isLoneWord = (text: string, words: number): boolean =>
  words < 2 && !/^\p{Lu}{2,5}-\p{L}{4}/u.test(text);

/** Sentences worth searching: no footers, no small print, no bare headings, nothing that may be misread. */
export function sentencesFor(deck: Deck): Sentence[] {
  const seen = new Set<string>();
  return deck.paragraphs.flatMap(({ slide, text, sentences }) => {
    if (isLegal(slide) || (isRepeated(deck, text) && text.length < 80)) return [];
    return sentences.flatMap((sentence) => {
      const words = countWords(sentence);
      const key = fold(sentence);
      if (isLoneWord(sentence, words) || words > sentenceWordsMax || isHeading(sentence, slide))
        return [];
      if (sourceLine.test(sentence) || !isSureQuote(slide, sentence)) return [];
      // Animation steps repeat whole slides: the first one speaks for all.
      if (words >= 4 && seen.has(key)) return [];
      seen.add(key);
      return [{ slide, text: sentence, words, folded: foldedText(sentence) }];
    });
  });
}

const contentWords = (question: string): ReadonlySet<string> =>
  new Set((fold(question).match(/[\p{L}]{4,}/gu) ?? []).filter((word) => !allStopWords.has(word)));

function kindPrior(slide: SlideAnalysis, kinds: readonly string[]): number {
  const at = kinds.indexOf(slide.kind);
  if (at < 0)
    return slide.kind === "team" ? -0.9 : /^(?:market|competition)$/.test(slide.kind) ? -0.4 : 0;
  return at === 0 ? 0.9 : 0.6;
}

const lengthFit = (words: number): number =>
  words < 3 ? -0.6 : words < 5 ? -0.25 : words > 45 ? -0.2 : 0.15;

/**
 * Kinds of slide that are a topic of their own, by the hint that names it: all of a team slide
 * speaks of the team.
 */
const topics: Readonly<Record<string, RegExp>> = {
  team: /^team$/u,
  competition: /^competit/u,
  roadmap: /^roadmap$/u,
  market: /^market (?:size|opportunity)$/u,
  problem: /^(?:the )?problem$/u,
  ask: /^(?:the ask|use of funds)$/u,
  traction: /^traction$/u,
  clinical: /^clinical (?:trial|study)$/u,
  regulatory: /^regulatory$/u,
  business_model: /^(?:pricing|revenue model)$/u,
  financials: /^(?:financial )?projections$/u,
};

interface Support {
  readonly hints: number;
  readonly weight: number;
  readonly prior: number;
  readonly score: number;
  readonly words: number;
}

/** Whether a sentence is about the question at all. */
function speaks(support: Support, ofTopic: boolean): boolean {
  const { hints, weight, prior, score, words } = support;
  if (hints === 0) return ofTopic && prior >= 0.9 && words >= 5;
  if (score < 1.25) return false;
  // On a slide about something else one common word is chance.
  return prior > 0 || hints >= 2 || weight >= 1.1;
}

/**
 * Ranks sentences for a question: rare hints weigh more than common ones, the right kind of slide
 * lifts, a title that holds a hint lifts the whole slide. Only hits worth showing are returned.
 */
export function search(sentences: readonly Sentence[], wanted: SearchFor): Hit[] {
  const total = Math.max(1, sentences.length);
  const hints = wanted.hints.map((hint) => {
    const matcher = matcherOf(hint);
    const found = new Set(sentences.filter(({ folded }) => matches(matcher, folded)));
    const rare = Math.log(1 + total / (found.size + 0.5)) / Math.log(1 + total);
    return { hint, matcher, found, weight: rare * (/[\s-]/.test(hint) ? 1.3 : 1) };
  });
  const titled = new Map<SlideAnalysis, number>();
  for (const { slide } of sentences) {
    if (titled.has(slide)) continue;
    const title = foldedText(slide.title ?? "");
    const held = hints.some(({ matcher }) => matches(matcher, title));
    titled.set(slide, held ? 0.5 : 0);
  }
  const asked = contentWords(wanted.question);
  const main = wanted.kinds[0] ?? "";
  const topic = topics[main];
  const ofTopic = topic !== undefined && wanted.hints.some((hint) => topic.test(fold(hint)));
  return sentences
    .map((sentence) => {
      const own = hints.filter(({ found }) => found.has(sentence));
      const weight = own.reduce((sum, hint) => sum + hint.weight, 0);
      const prior = kindPrior(sentence.slide, wanted.kinds);
      const title = titled.get(sentence.slide) ?? 0;
      const overlap = (sentence.folded.folded.match(/\p{L}{4,}/gu) ?? []).filter((word) =>
        asked.has(word),
      ).length;
      const figures = /\d/.test(sentence.text) ? 0.25 : 0;
      const headline = sentence.text === sentence.slide.title ? 0.35 : 0;
      const score =
        Math.min(3, weight) +
        prior +
        title +
        Math.min(0.4, overlap * 0.15) +
        figures +
        headline -
        (/\?\s*$/u.test(sentence.text) ? 0.6 : 0) +
        lengthFit(sentence.words);
      const support = { hints: own.length, weight, prior, score, words: sentence.words };
      const counts = speaks(support, ofTopic);
      return { sentence, score: counts ? score : 0, hints: own.map(({ hint }) => hint) };
    })
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.sentence.slide.slide - b.sentence.slide.slide);
}
