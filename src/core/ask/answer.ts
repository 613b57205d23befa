import { groundEvidence } from "../grounding/grounding.ts";
import { addressedPassages, withoutAddresses } from "../injection/addressed.ts";
import type { Cell } from "../portfolio/cell.ts";
import { fieldAsked } from "./field-asked.ts";
import { type AskedSlide, rankPassages } from "./rank.ts";
import { contentWords } from "./terms.ts";

export interface Quote {
  readonly slide: number;
  /** Stands on that slide, word for word but for slips that grounding forgives. */
  readonly quote: string;
}

/** Of the template: what was asked of the deck when it was read. */
export interface KnownQuestion {
  readonly question: string;
  /** null: the deck does not show it. */
  readonly answer: string | null;
  readonly evidence: readonly Quote[];
}

/** All that may be used: one document, and nothing of another. */
export interface AskedDeck {
  readonly slides: readonly AskedSlide[];
  readonly fields: readonly (Pick<
    Cell,
    "path" | "title" | "type" | "value" | "shown" | "review"
  > & {
    readonly evidence: readonly Quote[];
  })[];
  readonly questions: readonly KnownQuestion[];
}

export interface Answered {
  /** null: the deck does not say. */
  readonly answer: string | null;
  readonly quotes: Quote[];
  /** Where it comes from: a field that was read, a question of the template, or words of the slides. */
  readonly from: "field" | "template" | "slides";
}

const quotesMax = 4;
/** Of a question's weight: below it a slide shares some word, and is not about the question. */
const coverageMin = 0.5;
/** Beside the best slide only those that are nearly as good. */
const nearBest = 0.7;

/**
 * The answer of rules: a field or a question of the template where that is what is asked, else the passages of the
 * slides that fit best. Every quote is checked against its slide; without one there is no answer.
 */
export function answerByRules(question: string, deck: AskedDeck): Answered {
  return fromField(question, deck) ?? fromTemplate(question, deck) ?? fromSlides(question, deck);
}

/** Those that stand on the slide they name, once each. Lines that speak to a machine are no evidence. */
export function standing(quotes: readonly Quote[], slides: readonly AskedSlide[]): Quote[] {
  const seen = new Set<string>();
  return groundEvidence(quotes, slides)
    .filter(({ grounded, quote, slide }) => {
      const key = `${slide} ${quote}`;
      const isNew = grounded && !seen.has(key) && addressedPassages(quote).length === 0;
      seen.add(key);
      return isNew;
    })
    .map(({ slide, quote }) => ({ slide, quote }));
}

function fromField(question: string, deck: AskedDeck): Answered | null {
  const asked = fieldAsked(question);
  const field = deck.fields.find(({ path }) => path === asked?.path);
  if (asked === null || field === undefined) return null;
  const said = asked.say(field.value, field.shown);
  if (said === null) return { answer: null, quotes: [], from: "field" };
  const own = standing(field.evidence, deck.slides);
  // That it is not something is seen from what it is.
  const other = deck.fields.find(({ path }) => path === "extractions.company_offering");
  const quotes = own.length > 0 ? own : standing(other?.evidence ?? [], deck.slides);
  const isBacked = quotes.length > 0 || field.review !== null;
  return {
    answer: isBacked ? `${field.title}: ${said}` : null,
    quotes: isBacked ? quotes.slice(0, quotesMax) : [],
    from: "field",
  };
}

/** A person's question is the template's when nearly all its words are, or are of the same kind. */
const alikeMin = 0.75;

function fromTemplate(question: string, deck: AskedDeck): Answered | null {
  const asked = contentWords(question);
  if (asked.length < 2) return null;
  const likeness = (known: KnownQuestion): number => {
    const words = new Set(contentWords(known.question));
    const shared = asked.filter((word) => words.has(word)).length;
    return (2 * shared) / (asked.length + words.size);
  };
  const [best] = deck.questions
    .map((known) => ({ known, like: likeness(known) }))
    .toSorted((one, other) => other.like - one.like);
  if (best === undefined || best.like < alikeMin || best.known.answer === null) return null;
  const quotes = standing(best.known.evidence, deck.slides).slice(0, quotesMax);
  return quotes.length === 0 ? null : { answer: best.known.answer, quotes, from: "template" };
}

function fromSlides(question: string, deck: AskedDeck): Answered {
  const slides = deck.slides.map((one) => ({ ...one, text: withoutAddresses(one.text) }));
  const ranked = rankPassages(question, slides).filter(({ coverage }) => coverage >= coverageMin);
  const best = ranked[0]?.score ?? 0;
  const near = ranked.filter(({ score }) => score >= nearBest * best).slice(0, quotesMax);
  const quotes = standing(near, deck.slides);
  const [first] = quotes;
  return { answer: first === undefined ? null : lineOf(first.quote), quotes, from: "slides" };
}

const lineOf = (quote: string): string => quote.replace(/\s*\n\s*/gu, " · ");
