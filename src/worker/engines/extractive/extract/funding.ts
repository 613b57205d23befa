import type { Evidence, Extractions } from "../../../../contract/results.ts";
import { type Deck, isLegal, type Paragraph, sureEvidenceOf } from "../deck.ts";
import { asksInTitle, type Candidate, candidatesOf, laterRound } from "./funding-signs.ts";
import { askVerb, instruments, past, roundIn } from "./funding-words.ts";
import { type Money, moneyIn } from "./money.ts";

type Funding = Extractions["funding_amount"];

const acceptFrom = 4;

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

const trancheWords =
  /tranche|now|first|then|after|upon|second|milestone|closing|jetzt|dann|nach|zweite|puis|après|ahora|después|luego/iu;

/** "300K now + 700K after approval": the parts of one ask, when they stand in one line. */
function tranches(best: Candidate, all: readonly Candidate[]): Money | null {
  const { paragraph, money } = best;
  const parts = all
    .filter((other) => other.paragraph === paragraph)
    .map((other) => other.money)
    .sort((a, b) => a.from - b.from);
  const first = parts[0];
  const last = parts.at(-1);
  if (!first || !last || parts.length < 2 || parts.length > 4) return null;
  if (parts.some((part) => part.bound !== "exact")) return null;
  const links = parts.slice(1).map((part, at) => paragraph.text.slice(parts[at]?.to, part.from));
  const added = links.every((link) => /\+|\bplus\b/iu.test(link));
  if (!added || !trancheWords.test(paragraph.text)) return null;
  const high = parts.reduce((sum, part) => sum + part.high, 0);
  const currency = parts.find((part) => part.currency !== null)?.currency ?? null;
  return { ...money, low: high, high, currency, bound: "exact", from: first.from, to: last.to };
}

/** What tells a dollar or a crown: codes anywhere, else places, forms and phone codes of the company. */
const national: readonly (readonly [sign: string, code: string, said: RegExp, home: RegExp])[] = [
  ["USD", "USD", /\bUSD\b|US\$/u, /(?!)/u],
  ["USD", "AUD", /\bAUD\b|A\$/u, /\bPty\b|Australia|\+61\b|Sydney|Melbourne|Brisbane/u],
  ["USD", "SGD", /\bSGD\b|S\$/u, /\bPte\b|\+65\b|Singapore/u],
  ["USD", "CAD", /\bCAD\b|CA?\$/u, /\bCanada\b|Toronto|Vancouver|Montr[eé]al|Calgary|Ottawa/u],
  ["USD", "NZD", /\bNZD\b|NZ\$/u, /New Zealand|\+64\b|Auckland/u],
  ["SEK", "NOK", /\bNOK\b/u, /\+47\b|Norway|Norge|Oslo|Bergen|Trondheim/u],
  ["SEK", "DKK", /\bDKK\b/u, /\+45\b|\bApS\b|Denmark|Danmark|Copenhagen|København/u],
  ["SEK", "ISK", /\bISK\b/u, /\+354\b|Iceland|Reykjav/u],
];

function vagueCurrency(deck: Deck, sign: string): string {
  const all = deck.slides.map((slide) => slide.text).join("\n");
  // Advisers and markets lie anywhere; the company's own address stands at the ends of the deck.
  const own = deck.slides
    .filter(({ kind }, at) => at === 0 || at === deck.slides.length - 1 || kind === "contact")
    .map((slide) => slide.text)
    .join("\n");
  const rows = national.filter(([of]) => of === sign);
  const row =
    rows.find(([, , said]) => said.test(all)) ?? rows.find(([, , , home]) => home.test(own));
  return row?.[1] ?? sign;
}

/** An amount without a currency has that of most other amounts of the deck. */
function usualCurrency(deck: Deck): string {
  const counts = new Map<string, number>();
  for (const { text } of deck.paragraphs) {
    for (const { currency } of moneyIn(text, deck.language)) {
      if (currency) counts.set(currency, (counts.get(currency) ?? 0) + 1);
    }
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "USD";
}

function currencyOf(deck: Deck, { currency, vague }: Money): string {
  if (currency === null) return usualCurrency(deck);
  return vague ? vagueCurrency(deck, currency) : currency;
}

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
    evidence: asked ? [sureEvidenceOf(asked.slide, asked.text)] : [],
    note: asked
      ? `A round is named (${roundIn(asked.text)}), but no amount.`
      : "The deck names no amount that it asks for.",
    conflicts: [],
  };
}

function roundOf(deck: Deck, { paragraph, near, money }: Candidate): string | null {
  const cover = deck.slides[0];
  // A line with an amount of its own tells the round of that one; a roadmap tells rounds to come.
  const isOfThis = ({ text }: Paragraph): boolean =>
    !laterRound(paragraph.slide) &&
    moneyIn(text, deck.language).every(({ high }) => high === money.high);
  const onSlide = deck.paragraphs.filter(({ slide }) => slide === paragraph.slide);
  const texts = [
    paragraph.text,
    ...near.filter(isOfThis).map((other) => other.text),
    paragraph.slide.title ?? "",
    // What the slide says of the money's reach is another round: "runway to Series A".
    onSlide
      .filter(isOfThis)
      .map((other) => other.text)
      .join("\n")
      .replace(
        /(?:to|into|until|till|towards?|before|bis(?: zur)?|jusqu['’]à|hasta)(?: (?:the|our|an?|la|el))?(?: (?:strong|next|later|subsequent|full))? (?:pre-?seed|s[eé]ries? [A-H]|seed)/giu,
        " ",
      ),
    cover?.text ?? "",
  ];
  for (const text of texts) {
    const round = roundIn(text);
    if (round && !instruments.has(round)) return round;
  }
  return null;
}

function noteOf(deck: Deck, money: Money, conflict: Candidate | undefined): string | null {
  const notes: string[] = [];
  const currency = currencyOf(deck, money);
  if (money.bound === "up_to") notes.push("Stated as an upper limit (up to).");
  if (money.bound === "at_least") notes.push("Stated as a minimum.");
  if (money.currency === null) notes.push(`No currency stands beside it; ${currency} is assumed.`);
  if (money.vague)
    notes.push(`The currency sign is used by several countries; ${currency} is assumed.`);
  if (conflict) {
    const said = conflict.paragraph.text.slice(conflict.money.from, conflict.money.to);
    notes.push(`Conflict: slide ${conflict.paragraph.slide.slide} says ${said}.`);
  }
  return notes.length > 0 ? notes.join(" ") : null;
}

const evidenceOfAmount = ({ paragraph: { slide, text }, money }: Candidate): Evidence =>
  sureEvidenceOf(slide, text, text.slice(money.from, money.to));

function otherAsk(deck: Deck, other: Candidate): Funding["conflicts"][number] {
  const { money } = other;
  const value = {
    amount: amountOf(money),
    currency: currencyOf(deck, money),
    round: roundOf(deck, other),
  };
  return { value, evidence: [evidenceOfAmount(other)] };
}

const conflictFrom = 6;

/** Another slide asks for another amount of the same currency, and nearly as clearly. */
function conflictOf(
  best: Candidate,
  money: Money,
  ranked: readonly Candidate[],
): Candidate | undefined {
  return ranked.find(
    (other) =>
      other.paragraph.slide !== best.paragraph.slide &&
      other.score >= Math.max(conflictFrom, best.score - 2) &&
      (other.money.currency ?? money.currency) === (money.currency ?? other.money.currency) &&
      !isInside(other.money, money),
  );
}

const isInside = (one: Money, whole: Money): boolean =>
  one.high <= whole.high * 1.001 && one.high >= (whole.low ?? whole.high) * 0.999;

/** How much is asked for, with currency and round; decoys and past money are left out. */
export function extractFunding(deck: Deck): Funding {
  const all = candidatesOf(deck);
  const ranked = all
    .filter(({ score }) => score >= acceptFrom)
    .sort((a, b) => b.score - a.score || b.paragraph.slide.slide - a.paragraph.slide.slide);
  const best = ranked[0];
  if (!best) return withoutAmount(deck);
  const money = tranches(best, all) ?? widened(best, ranked.slice(1));
  const conflict = conflictOf(best, money, ranked);
  const agreeing = [best, ...ranked.slice(1).filter((other) => isInside(other.money, money))];
  const sure = Math.min(0.95, 0.5 + best.score / 25 + (agreeing.length > 1 ? 0.1 : 0));
  const assumed = money.currency === null ? 0.7 : 1;
  const shown = agreeing.filter(
    ({ paragraph }, at) => agreeing.findIndex((one) => one.paragraph === paragraph) === at,
  );
  return {
    value: {
      amount: amountOf(money),
      currency: currencyOf(deck, money),
      round: roundOf(deck, best),
    },
    confidence: conflict ? 0.5 : sure * assumed,
    evidence: shown.slice(0, 3).map(evidenceOfAmount),
    note: noteOf(deck, money, conflict),
    conflicts: conflict ? [otherAsk(deck, conflict)] : [],
  };
}
