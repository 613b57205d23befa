import type { Evidence, Extractions, Sector, SlideAnalysis } from "../../../../contract/results.ts";
import { type Deck, evidenceOf, isLegal } from "../deck.ts";
import { isSureQuote } from "../doubt.ts";
import { gateTerms } from "../terms/gate-terms.ts";
import { customerTerms, homonyms, languageTerms, notHealth } from "../terms/health-context.ts";
import { type FoldedText, foldedText, type Matcher, matcherOf, matches } from "../terms/matcher.ts";
import { sectorTerms } from "../terms/sector-terms.ts";
import { kindWeight } from "./place-weight.ts";
import { chooseSector } from "./sector.ts";

type Healthcare = Extractions["healthcare"];

const wordsMin = 60;
/** Distinct health terms that a purpose of health takes, on at least so many slides. */
const termsMin = 3;
const slidesMin = 2;
/** Shares of slides that speak of health: of a whole topic, and of a deck of few words. */
const topicShare = 0.25;
const sparseShare = 0.3;
const matchersOf = (terms: readonly string[]): readonly Matcher[] => terms.map(matcherOf);

const strongGate = matchersOf(gateTerms.strong);
const plainGate = matchersOf(gateTerms.plain);
const ofSectors = matchersOf([
  ...new Set(Object.values(sectorTerms).flatMap(({ strong }) => strong)),
]);
const everyStrong = [...strongGate, ...ofSectors];
const customers = matchersOf(customerTerms);
const language = matchersOf(languageTerms);
const negatives = notHealth.map(({ reason, terms }) => ({ reason, matchers: matchersOf(terms) }));

interface Page {
  readonly slide: SlideAnalysis;
  readonly text: FoldedText;
  readonly weight: number;
  /** Cover, problem, solution or product, or an early slide without a clear kind. */
  readonly key: boolean;
}

function pagesOf(deck: Deck): Page[] {
  return deck.slides
    .filter((slide) => !isLegal(slide))
    .map((slide, index) => ({
      slide,
      text: foldedText(slide.text.replace(homonyms, " ")),
      weight: kindWeight[slide.kind],
      key:
        /^(?:cover|problem|solution|product|clinical|science)$/.test(slide.kind) ||
        (slide.kind === "other" && index <= deck.slides.length * 0.4),
    }));
}

interface Hits {
  readonly terms: ReadonlyMap<string, number>;
  readonly slides: ReadonlySet<number>;
  readonly onKey: boolean;
}

/** Distinct terms with the weight of the best place each stands in. */
function count(pages: readonly Page[], matchers: readonly Matcher[]): Hits {
  const terms = new Map<string, number>();
  const slides = new Set<number>();
  let onKey = false;
  for (const page of pages) {
    if (page.weight < 0.3) continue;
    for (const matcher of matchers) {
      if (!matches(matcher, page.text)) continue;
      const key = matcher.pattern.source;
      terms.set(key, Math.max(terms.get(key) ?? 0, page.weight));
      slides.add(page.slide.slide);
      onKey ||= page.key;
    }
  }
  return { terms, slides, onKey };
}

const total = (hits: Hits): number =>
  [...hits.terms.values()].reduce((sum, weight) => sum + Math.min(2, weight), 0);

function strongestNegative(pages: readonly Page[]): { reason: string; points: number } {
  const ranked = negatives
    .map(({ reason, matchers }) => ({ reason, points: total(count(pages, matchers)) }))
    .sort((a, b) => b.points - a.points);
  return ranked[0] ?? { reason: "no_health_purpose", points: 0 };
}

/** Sentences that carry the most health words, from the slides that speak of the own product. */
function quotesOf(deck: Deck, matchers: readonly Matcher[]): Evidence[] {
  const scored = deck.paragraphs
    .filter(({ slide }) => !isLegal(slide) && kindWeight[slide.kind] >= 0.8)
    .flatMap(({ slide, sentences }) =>
      sentences.map((sentence) => {
        const text = foldedText(sentence.replace(homonyms, " "));
        const hits = matchers.filter((matcher) => matches(matcher, text)).length;
        const sure = isSureQuote(slide, sentence) ? 1 : 0.1;
        return { slide, sentence, points: hits * kindWeight[slide.kind] * sure };
      }),
    )
    .filter(({ points }) => points > 0)
    .sort((a, b) => b.points - a.points);
  return scored.slice(0, 3).map(({ slide, sentence }) => evidenceOf(slide, sentence));
}

/** Why it is not healthcare, for people: what the deck speaks of instead. */
const reasonSentences: Readonly<Record<string, string>> = {
  animal: "it speaks of animals, not of people's health",
  wellness_only: "it speaks of fitness or wellness without a health purpose",
  agri_food: "it speaks of farming or food",
  education: "it speaks of schools and teaching",
  non_health_insurance: "it speaks of insurance of other things than health",
  customer_vertical_only: "it speaks of business software or trade for any industry",
  no_health_purpose: "no slide names a health purpose of the product",
};

interface Tests {
  readonly purpose: boolean;
  readonly customer: boolean;
  readonly language: boolean;
}

function decide(tests: Tests): { yes: boolean; confidence: number } {
  const { purpose, customer, language: spoken } = tests;
  if (purpose && (customer || spoken))
    return { yes: true, confidence: customer && spoken ? 0.93 : 0.87 };
  if (purpose) return { yes: true, confidence: 0.65 };
  if (customer && spoken) return { yes: true, confidence: 0.6 };
  return { yes: false, confidence: customer || spoken ? 0.6 : 0.9 };
}

function noteOf(tests: Tests, confidence: number, reason: string | null): string | null {
  const failed = [
    tests.purpose ? null : "the product's own health purpose",
    tests.customer ? null : "customers in healthcare",
    tests.language ? null : "clinical or regulatory language",
  ].filter((name) => name !== null);
  const parts: string[] = [];
  if (confidence <= 0.65 && failed.length > 0)
    parts.push(`Borderline; not shown: ${failed.join(", ")}.`);
  const sentence = reason === null ? undefined : (reasonSentences[reason] ?? reason);
  if (sentence) parts.push(`${sentence[0]?.toUpperCase()}${sentence.slice(1)}.`);
  return parts.length > 0 ? parts.join(" ") : null;
}

/** "Health terms on 14 slides: 1 (threshold 3 on 2 slides, most on slide 12: 1)." */
function foundWords(pages: readonly Page[], slides: number, distinct: number): string {
  const most = pages
    .map((page) => ({ slide: page.slide.slide, terms: count([page], everyStrong).terms.size }))
    .sort((a, b) => b.terms - a.terms)[0];
  const where =
    most === undefined || most.terms === 0 ? "" : `, most on slide ${most.slide}: ${most.terms}`;
  if (distinct >= termsMin) {
    return `Health terms on ${slides} slides: ${distinct}${where}; they stand apart from the product, or other topics outweigh them.`;
  }
  return `Health terms on ${slides} slides: ${distinct} (threshold ${termsMin} on ${slidesMin} slides${where}).`;
}

/** Whether the deck is about human healthcare, and which of the eight sectors it belongs to. */
export function extractHealthcare(deck: Deck, offering: string | null = null): Healthcare {
  if (deck.words < wordsMin) {
    const note = `Too little text to judge: ${deck.words} readable words.`;
    return { value: null, confidence: 0, evidence: [], note, conflicts: [] };
  }
  const pages = pagesOf(deck);
  const strong = count(pages, everyStrong);
  const plain = count(pages, plainGate);
  const distinct = strong.terms.size + (strong.terms.size > 0 ? plain.terms.size * 0.5 : 0);
  const negative = strongestNegative(pages);
  const points = total(strong) + total(plain) * 0.5;
  const share = strong.slides.size / Math.max(1, deck.slides.length);
  const onKey = strong.onKey || plain.onKey;
  const named =
    distinct >= termsMin &&
    strong.slides.size >= slidesMin &&
    onKey &&
    points > negative.points * 0.8;
  // A deck of few words names its disease again and again, in the same words.
  const sparse = distinct >= 2 && share >= sparseShare && onKey && negative.points < 1;
  const customer = count(pages, customers).terms.size >= 2 && points > negative.points * 0.5;
  const spoken = count(pages, language).terms.size >= 2 && points > negative.points * 0.5;
  // What neither sells to healthcare nor speaks its language has to be about it on many slides.
  const touched = share < topicShare || negative.points > points * 0.5;
  const tests: Tests = {
    purpose: (named && (customer || spoken || !touched)) || sparse,
    customer,
    language: spoken,
  };
  const { yes, confidence } = decide(tests);
  const sector: Sector | null = yes ? chooseSector(deck, offering) : null;
  const reason = negative.points > 2 ? negative.reason : "no_health_purpose";
  const found = yes ? null : foundWords(pages, deck.slides.length, distinct);
  const note = noteOf(tests, confidence, yes ? null : reason);
  return {
    value: { is_healthcare: yes, sector },
    confidence,
    evidence: yes ? quotesOf(deck, everyStrong) : [],
    note: found === null ? note : `${note} ${found}`,
    conflicts: [],
  };
}
