import type { Evidence, SlideAnalysis, TextBlock } from "../../../contract/results.ts";
import { surePart } from "./doubt.ts";
import { clip, countWords, keyOf, sentencesOf } from "./text-tools.ts";

/** A paragraph of a slide with where it stands. */
export interface Paragraph {
  readonly slide: SlideAnalysis;
  /** Place within the slide, from 0. */
  readonly order: number;
  readonly text: string;
  readonly block: TextBlock | null;
  readonly sentences: readonly string[];
}

/** The slides of one document, cut into paragraphs once for all questions of a call. */
export interface Deck {
  readonly slides: readonly SlideAnalysis[];
  readonly paragraphs: readonly Paragraph[];
  readonly words: number;
  readonly language: string;
  /** Paragraphs that come back on many slides: footers, logos, navigation; by their key. */
  readonly repeated: ReadonlyMap<string, number>;
}

const quoteMax = 500;

/** Evidence with a literal quote; `grounded` is what the slide's own text says about it. */
export function evidenceOf(slide: SlideAnalysis, quote: string): Evidence {
  const short = clip(quote, quoteMax);
  return { slide: slide.slide, quote: short, grounded: slide.text.includes(short) };
}

/**
 * Evidence out of words that may have been read from a picture: those that are sure, with `about` the
 * stretch that holds what is to be proven.
 */
export const sureEvidenceOf = (slide: SlideAnalysis, quote: string, about?: string): Evidence =>
  evidenceOf(slide, surePart(slide, quote, about) ?? quote);

/** Without page numbers: "Deck - 3" and "Deck - 4" are the same footer. */
export const footerKey = (text: string): string => keyOf(text.replace(/\b\d{1,3}\b/g, ""));

function repeatedOf(paragraphs: readonly Paragraph[], slides: number): Map<string, number> {
  const seen = new Map<string, Set<number>>();
  for (const { text, slide } of paragraphs) {
    const key = footerKey(text);
    if (key.length < 3 || text.length > 120) continue;
    const on = seen.get(key) ?? new Set<number>();
    seen.set(key, on.add(slide.slide));
  }
  const least = Math.max(3, Math.ceil(slides * 0.25));
  return new Map([...seen].filter(([, on]) => on.size >= least).map(([key, on]) => [key, on.size]));
}

function mainLanguage(slides: readonly SlideAnalysis[]): string {
  const words = new Map<string, number>();
  for (const { language, words: count } of slides) {
    if (language) words.set(language, (words.get(language) ?? 0) + count);
  }
  return [...words].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "en";
}

/** Prepares the slides of one document, in slide order. */
export function deckOf(input: readonly SlideAnalysis[]): Deck {
  const slides = [...input].sort((a, b) => a.slide - b.slide);
  const paragraphs = slides.flatMap((slide) => {
    const blocks = new Map(slide.blocks.map((block) => [block.text, block]));
    return slide.text
      .split("\n")
      .filter((text) => text.trim() !== "")
      .map((text, order) => ({
        slide,
        order,
        text,
        block: blocks.get(text) ?? null,
        sentences: sentencesOf(text),
      }));
  });
  return {
    slides,
    paragraphs,
    words: slides.reduce((sum, slide) => sum + countWords(slide.text), 0),
    language: mainLanguage(slides),
    repeated: repeatedOf(paragraphs, slides.length),
  };
}

export const isRepeated = (deck: Deck, text: string): boolean => deck.repeated.has(footerKey(text));

/** Long small print: disclaimers prove nothing and would drown every search. */
export function isLegal(slide: SlideAnalysis): boolean {
  return (
    /disclaimer|legal notice|haftungsausschluss|avertissement|aviso legal/iu.test(
      slide.title ?? "",
    ) ||
    (slide.words > 150 &&
      /forward[- ]looking statements|does not constitute (?:an )?(?:offer|a prospectus)|no representation or warranty/iu.test(
        slide.text,
      ))
  );
}

/** 0 for the first slide, 1 for the last. */
export const placeOf = (deck: Deck, slide: SlideAnalysis): number => {
  const at = deck.slides.findIndex((other) => other.slide === slide.slide);
  return deck.slides.length < 2 ? 1 : at / (deck.slides.length - 1);
};
