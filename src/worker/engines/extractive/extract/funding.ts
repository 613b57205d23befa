import type { Extractions, SlideAnalysis } from "../../../../contract/results.ts";
import { type Deck, evidenceOf, isLegal, type Paragraph, placeOf } from "../deck.ts";
import { askBefore, askTitle, askVerb, decoy, past, roundIn } from "./funding-words.ts";
import { type Money, moneyIn } from "./money.ts";

type Funding = Extractions["funding_amount"];

interface Candidate {
  readonly money: Money;
  readonly paragraph: Paragraph;
  readonly near: readonly Paragraph[];
  readonly score: number;
}

const acceptFrom = 4;
const contextCharacters = 60;

/** Paragraphs that act as label of another one: beside it in the text, or right above or below it. */
function neighbours(all: readonly Paragraph[], one: Paragraph): Paragraph[] {
  return all.filter((other) => {
    if (other === one) return false;
    const [a, b] = [one.block, other.block];
    if (!a || !b) return Math.abs(other.order - one.order) <= 1;
    const across = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
    const above = Math.max(a.y, b.y) - Math.min(a.y + a.height, b.y + b.height);
    // A big number in a circle stands far from the label under it.
    if (across > 0 && above < (other.text.length <= 30 ? 0.2 : 0.13)) return true;
    const sameRow = Math.abs(a.y + a.height / 2 - b.y - b.height / 2) < 0.03;
    return sameRow && -across < 0.3;
  });
}

const contextOf = (text: string, { from, to }: Money): string =>
  text.slice(Math.max(0, from - contextCharacters), to + contextCharacters);

/** The sentence an amount stands in: what is said elsewhere in the paragraph is not said of it. */
function sentenceOf(paragraph: Paragraph, money: Money): string {
  const amount = paragraph.text.slice(money.from, money.to);
  return paragraph.sentences.find((sentence) => sentence.includes(amount)) ?? paragraph.text;
}

/** Whole of parts on the slide (within 1 %), part of such a whole, or neither. */
function sumRole(money: Money, onSlide: readonly Money[]): "whole" | "part" | null {
  const values = onSlide.map((other) => other.high).filter((value) => value > 0);
  const isWhole = (total: number): boolean => {
    const parts = values.filter((value) => value < total);
    const sum = parts.reduce((all, value) => all + value, 0);
    return parts.length >= 2 && Math.abs(sum - total) <= total * 0.01;
  };
  if (isWhole(money.high)) return "whole";
  return values.some((value) => value > money.high && isWhole(value)) ? "part" : null;
}

const asksInTitle = (slide: SlideAnalysis): boolean =>
  slide.kind === "ask" || askTitle.test(slide.title ?? "");

function laterRound(slide: SlideAnalysis): boolean {
  return (
    slide.kind === "roadmap" ||
    /roadmap|milestones|timeline|meilensteine|jalons|hitos/iu.test(slide.title ?? "")
  );
}

function signs(
  deck: Deck,
  paragraph: Paragraph,
  near: readonly Paragraph[],
  money: Money,
): readonly (readonly [boolean, number])[] {
  const { slide, text } = paragraph;
  const sentence = sentenceOf(paragraph, money);
  const before = text.slice(Math.max(0, money.from - 40), money.from);
  const labels = near.filter((other) => other.text.length <= 40);
  const verbHere = askVerb.test(sentence);
  const verbNear = near.some((other) => askVerb.test(other.text));
  const verbOnSlide = askVerb.test(slide.text);
  const labelled = labels.some((label) =>
    /^(?:the |our )?(?:raise|raising|ask|round(?: size)?|(?:target|total) raise|seeking|funding (?:required|needed|ask|goal)|capital required|kapitalbedarf|finanzierungsbedarf|levée|montant|ronda|captação)(?: (?:now|amount))?:?$/iu.test(
      label.text.trim(),
    ),
  );
  const context = contextOf(sentence === text ? text : sentence, {
    ...money,
    from: Math.max(0, sentence.indexOf(text.slice(money.from, money.to))),
    to: Math.max(0, sentence.indexOf(text.slice(money.from, money.to))) + money.to - money.from,
  });
  const coverRound = slide.kind === "cover" && roundIn(text) !== null;
  return [
    [verbHere, 4],
    [!verbHere && verbNear, 3],
    [!verbHere && !verbNear && verbOnSlide, 2],
    [asksInTitle(slide), 2],
    [roundIn(text) !== null || near.some((other) => roundIn(other.text) !== null), 1],
    [placeOf(deck, slide) >= 0.6, 1],
    [askBefore.test(before) || labelled, 4],
    [coverRound, 4],
    [decoy.test(context), verbHere && askBefore.test(before) ? -1 : -3],
    [past.test(context), -4],
    [labels.some((label) => decoy.test(label.text)), askBefore.test(before) || labelled ? -1 : -2],
    [labels.some((label) => past.test(label.text)), -3],
    [laterRound(slide), -5],
    [slide.kind === "competition" || slide.kind === "market", -3],
    [slide.kind === "team" || slide.kind === "traction", -2],
    [money.currency === null && !verbHere && !asksInTitle(slide), -6],
  ];
}

function candidatesOf(deck: Deck): Candidate[] {
  return deck.slides
    .filter((slide) => !isLegal(slide))
    .flatMap((slide) => {
      const own = deck.paragraphs.filter((paragraph) => paragraph.slide === slide);
      const hits = own.flatMap((paragraph) =>
        moneyIn(paragraph.text, deck.language).map((money) => ({ paragraph, money })),
      );
      const all = hits.map(({ money }) => money);
      return hits.map(({ paragraph, money }) => {
        const near = neighbours(own, paragraph);
        const base = signs(deck, paragraph, near, money).reduce(
          (sum, [holds, points]) => sum + (holds ? points : 0),
          0,
        );
        const role = sumRole(money, all);
        const score = base + (role === "whole" ? 2 : role === "part" ? -4 : 0);
        return { money, paragraph, near, score };
      });
    });
}

/** "min. 400K, target 800K": two amounts of one ask are its two ends. */
function widened(best: Candidate, others: readonly Candidate[]): Money {
  const same = others.filter(
    (other) =>
      other.paragraph.slide === best.paragraph.slide &&
      other.score >= acceptFrom &&
      (other.money.currency ?? best.money.currency) === best.money.currency,
  );
  const range = same.find(
    ({ money }) =>
      money.bound === "range" &&
      money.low !== null &&
      money.low <= best.money.high &&
      best.money.high <= money.high,
  );
  if (range) return range.money;
  const least = [best, ...same].find(({ money }) => money.bound === "at_least")?.money;
  const most = [best, ...same].find(
    ({ money }) => money.bound !== "at_least" && least && money.high > least.high,
  )?.money;
  return least && most ? { ...most, low: least.high, bound: "range" } : best.money;
}

function dollarOf(deck: Deck): string {
  const text = deck.slides.map((slide) => slide.text).join("\n");
  if (/\bPty\b|Australia|\+61\b|Sydney|Melbourne/u.test(text)) return "AUD";
  if (/\bPte\b|\+65\b/u.test(text)) return "SGD";
  if (/\bToronto|Vancouver|Montr[eé]al|\bCanada\b.*\bInc\b/u.test(text)) return "CAD";
  return "USD";
}

const currencyOf = (deck: Deck, money: Money): string =>
  money.vague && money.currency === "USD" ? dollarOf(deck) : (money.currency ?? "USD");

const amountOf = (money: Money): number | [number, number] =>
  money.bound === "range" && money.low !== null ? [money.low, money.high] : money.high;

/** No amount, yet a round is asked for: the quote is kept, the value stays null. */
function withoutAmount(deck: Deck): Funding {
  const asked = deck.paragraphs.find(
    ({ slide, text }) =>
      !isLegal(slide) &&
      !laterRound(slide) &&
      (askVerb.test(text) || asksInTitle(slide)) &&
      roundIn(text) !== null &&
      !past.test(text),
  );
  return {
    value: null,
    confidence: asked ? 0.6 : 0.7,
    evidence: asked ? [evidenceOf(asked.slide, asked.text)] : [],
    note: asked
      ? `A round is named (${roundIn(asked.text)}), but no amount.`
      : "The deck names no amount that it asks for.",
    conflicts: [],
  };
}

function roundOf(deck: Deck, { paragraph, near }: Candidate): string | null {
  const cover = deck.slides[0];
  const texts = [
    paragraph.text,
    ...near.map((other) => other.text),
    paragraph.slide.title ?? "",
    paragraph.slide.text,
    cover?.text ?? "",
  ];
  for (const text of texts) {
    const round = roundIn(text);
    if (round) return round;
  }
  return null;
}

function noteOf(money: Money, conflict: Candidate | undefined, currency: string): string | null {
  const notes: string[] = [];
  if (money.bound === "up_to") notes.push("Stated as an upper limit (up to).");
  if (money.bound === "at_least") notes.push("Stated as a minimum.");
  if (money.vague)
    notes.push(`The currency sign is used by several countries; ${currency} is assumed.`);
  if (conflict) {
    const said = conflict.paragraph.text.slice(conflict.money.from, conflict.money.to);
    notes.push(`Conflict: slide ${conflict.paragraph.slide.slide} says ${said}.`);
  }
  return notes.length > 0 ? notes.join(" ") : null;
}

function otherAsk(deck: Deck, other: Candidate): Funding["conflicts"][number] {
  const { money, paragraph } = other;
  return {
    value: {
      amount: amountOf(money),
      currency: currencyOf(deck, money),
      round: roundOf(deck, other),
    },
    evidence: [evidenceOf(paragraph.slide, paragraph.text)],
  };
}

/** How much is asked for, with currency and round; decoys and past money are left out. */
export function extractFunding(deck: Deck): Funding {
  const ranked = candidatesOf(deck)
    .filter(({ score }) => score >= acceptFrom)
    .sort((a, b) => b.score - a.score || b.paragraph.slide.slide - a.paragraph.slide.slide);
  const best = ranked[0];
  if (!best) return withoutAmount(deck);
  const money = widened(best, ranked.slice(1));
  const inside = (other: Money): boolean =>
    other.high <= money.high * 1.001 && other.high >= (money.low ?? money.high) * 0.999;
  const conflict = ranked.find(
    (other) =>
      other.paragraph.slide !== best.paragraph.slide &&
      other.score >= best.score - 2 &&
      other.score >= 6 &&
      !inside(other.money),
  );
  const agreeing = ranked.filter((other) => inside(other.money));
  const currency = currencyOf(deck, money);
  const sure = Math.min(0.95, 0.5 + best.score / 25 + (agreeing.length > 1 ? 0.1 : 0));
  const shown = [...new Map(agreeing.map((one) => [one.paragraph, one])).keys()].slice(0, 3);
  return {
    value: { amount: amountOf(money), currency, round: roundOf(deck, best) },
    confidence: conflict ? 0.5 : sure,
    evidence: shown.map((paragraph) => evidenceOf(paragraph.slide, paragraph.text)),
    note: noteOf(money, conflict, currency),
    conflicts: conflict ? [otherAsk(deck, conflict)] : [],
  };
}
