import type { Evidence, SlideAnalysis, TemplateAnswer } from "../../../contract/results.ts";
import type { TemplateQuestion } from "../../../contract/worker-protocol.ts";
import { type Deck, evidenceOf, isRepeated } from "./deck.ts";
import { isSureQuote } from "./doubt.ts";
import { extractFunding } from "./extract/funding.ts";
import { extractHealthcare } from "./extract/healthcare.ts";
import { extractName } from "./extract/name.ts";
import { extractOffering } from "./extract/offering.ts";
import { climb, type Ladder, scoreOf } from "./ladder.ts";
import { type Hit, type Sentence, search, sentencesFor } from "./search.ts";
import { clip, countWords, fold } from "./text-tools.ts";

/** A chapter as the lease brings it. */
export interface Chapter {
  readonly questions: readonly TemplateQuestion[];
}

const answerSentences = 3;
const answerMax = 900;
const notShown = "Not shown in the deck.";

const regulated = /^(?:fda|510\(k\)|mdr|ivdr|ce mark(?:ing)?|notified body|de novo)$/u;
const asksForMoney =
  /^(?:raising|we are raising|the ask|kapitalbedarf|levee de fonds|nous levons)$/u;

const asksForProduct = /^(?:our solution|how it works|we help|losung|la solution|la solucion)$/u;
const labelWordsMax = 5;
const valueWordsMax = 25;

const hintsMatch = (question: TemplateQuestion, pattern: RegExp): number =>
  question.hints.filter((hint) => pattern.test(fold(hint))).length;

/** The best sentence and those that add to it, in the order of the slides. */
function chosen(hits: readonly Hit[]): Hit[] {
  const best = hits[0];
  if (!best) return [];
  const near = hits.filter((hit) => hit.score >= best.score * 0.72).slice(0, answerSentences);
  return near.sort((a, b) => a.sentence.slide.slide - b.sentence.slide.slide);
}

interface Piece {
  readonly slide: SlideAnalysis;
  /** As they stand on the slide. */
  readonly quotes: readonly string[];
  readonly text: string;
}

const isNumber = (text: string): boolean => /\d/.test(text) && countWords(text) <= 3;

/**
 * The number over a label that ends its sentence. Where the places are known they decide: in a row of
 * numbers above a row of labels the one before in the text belongs to somebody else.
 */
function numberAbove(slide: SlideAnalysis, label: string, before: string): string | undefined {
  const own = slide.blocks.find(({ text }) => text === label);
  if (own === undefined) return isNumber(before) ? before : undefined;
  const over = slide.blocks.filter(
    ({ text, x, y, width, height }) =>
      isNumber(text) &&
      y < own.y &&
      own.y - (y + height) < 2 * height &&
      x < own.x + own.width &&
      own.x < x + width,
  );
  return over.sort((a, b) => b.y - a.y)[0]?.text;
}

/**
 * A label alone answers nothing: the paragraph that follows it on the slide goes along, and so does
 * the number above a label that ends its sentence ("26 M / of building waste a year").
 */
function pieceOf(deck: Deck, { sentence }: Hit): Piece {
  const { slide, text, words } = sentence;
  const lines = slide.text.split("\n");
  const at = lines.indexOf(text);
  const whole = { slide, quotes: [text], text };
  if (at < 0) return whole;
  const number = /^\p{Ll}/u.test(text) ? numberAbove(slide, text, lines[at - 1] ?? "") : undefined;
  if (number !== undefined) return { slide, quotes: [number, text], text: `${number} ${text}` };
  const next = lines[at + 1] ?? "";
  const bare = words <= labelWordsMax && !/\d/.test(text) && next !== "";
  if (!bare || countWords(next) > valueWordsMax) return whole;
  if (isRepeated(deck, next) || !isSureQuote(slide, next)) return whole;
  // Two boxes, two quotes: another reader may find something between them.
  return { slide, quotes: [text, next], text: `${text.replace(/:$/u, "")}: ${next}` };
}

const listed = (slides: readonly number[]): string => {
  const unique = [...new Set(slides)];
  return `${unique.length === 1 ? "slide" : "slides"} ${unique.join(", ")}`;
};

function reasonOf(ladder: Ladder, slides: readonly number[], weak: boolean): string {
  const has = [
    ladder.specific ? "names specifics" : null,
    ladder.quantified ? "gives numbers" : null,
    ladder.verifiable ? "can be checked" : null,
    ladder.compared ? "compares" : null,
  ].filter((part) => part !== null);
  const lacks = [
    ladder.specific ? null : "specifics",
    ladder.quantified ? null : "numbers",
    ladder.verifiable ? null : "a source or named counterpart",
    ladder.compared ? null : "a comparison",
  ].filter((part) => part !== null);
  const found = has.length > 0 ? `it ${has.join(", ")}` : "it stays general";
  const left = lacks.length > 0 ? `; without ${lacks.join(", ")}` : "";
  const cap = ladder.onlyForecast ? "; plans and forecasts only" : "";
  const loose = weak ? "; only loosely related" : "";
  return `Addressed on ${listed(slides)}: ${found}${left}${cap}${loose}.`;
}

/** The one fact that would raise the score: the lowest step that is not reached. */
function missingOf(ladder: Ladder, question: TemplateQuestion, score: number): string | null {
  if (score >= 5) return null;
  const step = !ladder.specific
    ? "Names: which group, customer, product or body is meant."
    : !ladder.quantified
      ? "A number with its unit and period."
      : !ladder.verifiable
        ? "A source, a reference number or a named counterpart that can be checked."
        : !ladder.compared
          ? "A comparison with a baseline or with own actual figures."
          : "Actual figures in place of plans.";
  return clip(`${step} A strong answer: ${question.strong}`, 400);
}

const silent = (question: TemplateQuestion): TemplateAnswer => ({
  id: question.id,
  question: question.question,
  answer: null,
  score: 0,
  reason: notShown,
  missing: clip(`Anything on this. An adequate answer: ${question.adequate}`, 400),
  evidence: [],
});

/** A piece that another one contains says nothing new. */
const withoutTwins = (pieces: readonly Piece[]): Piece[] =>
  pieces.filter(
    (piece, index) =>
      !pieces.some(
        (other, at) =>
          at !== index &&
          other.slide === piece.slide &&
          other.text.includes(piece.text) &&
          (other.text.length > piece.text.length || at < index),
      ),
  );

const ended = (text: string): string => (/[.!?:;]["”’)]?$/u.test(text) ? text : `${text}.`);

/** Two slides that say different things: both are quoted, and it costs a point. */
function withConflict(answer: TemplateAnswer, others: readonly Evidence[]): TemplateAnswer {
  if (others.length === 0 || answer.score === null) return answer;
  const said = others.map(({ slide, quote }) => `slide ${slide} says "${clip(quote, 120)}"`);
  return {
    ...answer,
    score: Math.max(1, answer.score - 1),
    reason: `${answer.reason} Slides disagree: ${said.join(", ")}.`,
    missing: "One figure on all slides, or the reason why they differ.",
    evidence: [...answer.evidence, ...others],
  };
}

function answerOf(deck: Deck, question: TemplateQuestion, hits: readonly Hit[]): TemplateAnswer {
  const used = chosen(hits);
  if (used.length === 0) return silent(question);
  const pieces = withoutTwins(used.map((hit) => pieceOf(deck, hit)));
  const texts = pieces.map(({ text }) => text);
  const slides = pieces.map(({ slide }) => slide);
  const hints = new Set(used.flatMap((hit) => hit.hints)).size;
  const ladder = climb(
    texts,
    slides.map((slide) => slide.text),
    hints,
  );
  // Found by the kind of its slide alone: it may speak of the topic, or only stand beside it.
  const weak = hints === 0;
  const score = weak ? Math.min(2, scoreOf(ladder)) : scoreOf(ladder);
  return {
    id: question.id,
    question: question.question,
    answer: clip(texts.map(ended).join(" "), answerMax),
    score,
    reason: reasonOf(
      ladder,
      slides.map((slide) => slide.slide),
      weak,
    ),
    missing: missingOf(ladder, question, score),
    evidence: pieces.flatMap(({ slide, quotes }) =>
      quotes.map((quote) => evidenceOf(slide, quote)),
    ),
  };
}

/** Sentences that another rule has found to be the answer lead the list. */
function ledBy(
  lead: readonly Evidence[],
  sentences: readonly Sentence[],
  hits: readonly Hit[],
): Hit[] {
  const first = sentences.filter(({ slide, text }) =>
    lead.some((one) => one.slide === slide.slide && one.quote.includes(text)),
  );
  const top = (hits[0]?.score ?? 1) + 0.6;
  const raised = first.map((sentence) => ({ sentence, score: top, hints: ["rule"] }));
  return [...raised, ...hits.filter(({ sentence }) => !first.includes(sentence))];
}

interface Lead {
  readonly evidence: readonly Evidence[];
  readonly against: readonly Evidence[];
}

/** What the rules for single fields know about a question. */
function leadFor(deck: Deck, question: TemplateQuestion): Lead {
  if (hintsMatch(question, asksForMoney) >= 2) {
    const { value, evidence, conflicts } = extractFunding(deck);
    if (value !== null) return { evidence, against: conflicts.flatMap((other) => other.evidence) };
  }
  if (hintsMatch(question, asksForProduct) >= 2) {
    const { evidence } = extractOffering(deck, extractName(deck).value);
    return { evidence, against: [] };
  }
  return { evidence: [], against: [] };
}

/** Answers of one chapter, in its order. Every answer is made of the deck's own sentences. */
export function answerChapter(deck: Deck, chapter: Chapter): TemplateAnswer[] {
  const sentences = sentencesFor(deck);
  const health = extractHealthcare(deck).value?.is_healthcare ?? false;
  return chapter.questions.map((question) => {
    if (!health && hintsMatch(question, regulated) >= 3) {
      const reason = "Does not apply: the deck shows no product that needs a health clearance.";
      return { ...silent(question), score: null, reason, missing: null };
    }
    const found = search(sentences, {
      hints: question.hints,
      kinds: question.slides,
      question: question.question,
    });
    const { evidence, against } = leadFor(deck, question);
    return withConflict(answerOf(deck, question, ledBy(evidence, sentences, found)), against);
  });
}
