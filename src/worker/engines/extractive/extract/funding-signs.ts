import type { SlideAnalysis } from "../../../../contract/results.ts";
import { type Deck, isLegal, type Paragraph, placeOf } from "../deck.ts";
import { countWords } from "../text-tools.ts";
import {
  anyonesNeed,
  askAfter,
  askBefore,
  askLabel,
  askTitle,
  askVerb,
  decoy,
  laterWords,
  ourselves,
  past,
  prizeWords,
  roundIn,
} from "./funding-words.ts";
import { type Money, moneyIn } from "./money.ts";

/** An amount on a slide, with how much speaks for its being asked for. */
export interface Candidate {
  readonly money: Money;
  readonly paragraph: Paragraph;
  readonly near: readonly Paragraph[];
  readonly score: number;
}

/** Nobody raises less; a smaller figure is a price. */
const amountMin = 1000;
const labelLengthMax = 45;

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

/** The sentence an amount stands in, and where: what is said elsewhere is not said of it. */
function sentenceAt({ text, sentences }: Paragraph, { from, to }: Money): [string, number] {
  let start = 0;
  for (const sentence of sentences) {
    const at = text.indexOf(sentence, start);
    if (at < 0) continue;
    if (at <= from && to <= at + sentence.length) return [sentence, at];
    start = at;
  }
  return [text, 0];
}

const beforeLength = 70;
const afterLength = 45;
/** Where the words of one amount end and those about something else begin. */
const boundary =
  /[,;:.•|\n(]\s|\s(?:at|with|on|to|for|and|plus|via|from|against|over|within|by|um|für|mit|und|bei|zu|à|pour|avec|et|sur|para|con|y|sobre)\s/iu;

/** Words that belong to an amount: up to the amounts beside it, and no farther than its own clause. */
interface Surroundings {
  readonly before: string;
  readonly after: string;
  /** Up to the next amount, clauses or not: "$2M (closed in May)". */
  readonly wide: string;
}

function surroundingsOf(text: string, money: Money, all: readonly Money[]): Surroundings {
  const left = Math.max(0, ...all.filter(({ to }) => to <= money.from).map(({ to }) => to));
  const right = Math.min(
    text.length,
    ...all.filter(({ from }) => from >= money.to).map(({ from }) => from),
  );
  const own = text.slice(Math.max(left, money.from - beforeLength), money.from);
  const wide = text.slice(money.to, Math.min(right, money.to + afterLength));
  // "$10M cap" ends before "and"; what stands between two amounts belongs to the first one only so far.
  const cutAt = boundary.exec(wide)?.index;
  const after = cutAt === undefined ? wide : wide.slice(0, cutAt);
  const skipped = left > 0 && own.length > 0 ? boundary.exec(own) : null;
  const before = skipped ? own.slice(skipped.index) : left > 0 ? linkTo(own) : own;
  return { before, after, wide };
}

/** Between two amounts without a break: only "of", ":" and the like tie the words to the second. */
const linkTo = (between: string): string =>
  /(?:of|von|de|is|=|:)\s*$/iu.test(between) ? between : "";

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

/** A title of two lines ("What we" over "need") is read with the line below it. */
export function asksInTitle({ kind, title, text }: SlideAnalysis): boolean {
  if (kind === "ask" || askTitle.test(title ?? "") || askLabel.test(title ?? "")) return true;
  const [first = "", second = ""] = text.split("\n", 2);
  return first === title && countWords(second) <= 4 && askTitle.test(`${first} ${second}`);
}

export function laterRound(slide: SlideAnalysis): boolean {
  const title = slide.title ?? "";
  if (askTitle.test(title)) return false;
  return (
    slide.kind === "roadmap" ||
    /roadmap|milestones|timeline|meilensteine|jalons|hitos|road map|fahrplan/iu.test(title)
  );
}

/** "$3M of $5M committed": the first amount has come, the second is the round. */
function isTotalOf(text: string, one: Money | undefined, part: Money | undefined): boolean {
  if (one === undefined || part === undefined) return false;
  const link = text.slice(part.to, one.from);
  return (
    /^\s+(?:of|out of|von|sur|de)\s+(?:an?|the|our|eine[nr]?)?\s*$/iu.test(link) &&
    /^\S*\s+(?:\p{L}+\s+){0,3}(?:committed|raised|closed|secured|filled|subscribed|zugesagt|comprometid\p{L}+)/iu.test(
      text.slice(one.to),
    )
  );
}

const fundingLabel = /(?<!\p{L})(?:funding|investment|capital|amount)\s*[:=–-]\s*$/iu;

/** "$500K pre-seed." and nothing else: what has been raised is told with a word for it. */
const isRoundAlone = (text: string, { from, to }: Money): boolean => {
  const rest = text.slice(0, from) + text.slice(to);
  return /^\W*(?:use of (?:funds|proceeds)\W+)?(?:(?:our|the)\s+)?(?:pre-?seed|seed|series [a-h]|safe)(?: round)?\W*$/iu.test(
    rest,
  );
};

type Sign = readonly [holds: boolean, points: number];

interface Place {
  readonly deck: Deck;
  readonly paragraph: Paragraph;
  readonly near: readonly Paragraph[];
  readonly money: Money;
  readonly inParagraph: readonly Money[];
  readonly onSlide: readonly Money[];
}

function signsOf({ deck, paragraph, near, money, inParagraph, onSlide }: Place): readonly Sign[] {
  const { slide, text } = paragraph;
  const [sentence] = sentenceAt(paragraph, money);
  const { before, after, wide } = surroundingsOf(text, money, inParagraph);
  const front = text.slice(Math.max(0, money.from - 60), money.from);
  const at = inParagraph.indexOf(money);
  const total = isTotalOf(text, money, inParagraph[at - 1]);
  const partOfTotal = isTotalOf(text, inParagraph[at + 1], money);
  const titled = asksInTitle(slide);
  const verbHere = askVerb.test(sentence);
  const round = roundIn(text) !== null || near.some((other) => roundIn(other.text) !== null);
  const ownWords = titled || verbHere || round || ourselves.test(sentence);
  const direct =
    (askBefore.test(front) && (!anyonesNeed.test(front) || ownWords)) ||
    askAfter.test(text.slice(money.to)) ||
    total ||
    isRoundAlone(text, money) ||
    (titled && fundingLabel.test(front));
  // A line with words of its own, or with a figure of its own, is no label of this amount.
  const bare = countWords(text.slice(0, money.from) + text.slice(money.to)) <= 1;
  const labels = near.filter(
    (other) =>
      other.text.length <= labelLengthMax &&
      moneyIn(other.text, deck.language, { bare: true }).length === 0,
  );
  const labelled = labels.some((label) => askLabel.test(label.text));
  const verbNear = near.some((other) => askVerb.test(other.text));
  const verbOnSlide = askVerb.test(slide.text);
  const coverRound = slide.kind === "cover" && roundIn(text) !== null;
  const year = /(?<!\d)20[0-3]\d(?!\d)/u.test(sentence);
  return [
    [verbHere, 4],
    [!verbHere && verbNear, 3],
    [!verbHere && !verbNear && verbOnSlide, 2],
    [titled, 2],
    [titled && onSlide.length === 1, 1],
    [round, 1],
    [placeOf(deck, slide) >= 0.6, 1],
    [direct || labelled, 4],
    [coverRound, 4],
    [decoy.test(`${before}\n${after}`), direct && !decoy.test(after) ? -1 : -4],
    [partOfTotal || (!total && past.test(`${before}\n${wide}`)), -5],
    [bare && labels.some((label) => decoy.test(label.text)), direct || labelled ? -1 : -3],
    [bare && labels.some((label) => past.test(label.text)), -3],
    [prizeWords.test(sentence) || labels.some((label) => prizeWords.test(label.text)), -5],
    [laterWords.test(sentence), -4],
    [year && !verbHere && !direct && !coverRound, -2],
    [laterRound(slide), -5],
    [past.test(slide.title ?? "") && !askVerb.test(slide.title ?? ""), -5],
    [slide.kind === "competition" || slide.kind === "market", -3],
    [slide.kind === "team" || slide.kind === "traction", -2],
    [slide.kind === "business_model" && !titled, -1],
    [money.currency === null && !direct && !labelled, -6],
  ];
}

/** OCR takes a dollar sign for an S: "S1M", "S500k". The text keeps its length. */
const asMoney = ({ slide, text }: Paragraph): string =>
  slide.text_source === "ocr" || slide.text_source === "both"
    ? text.replace(/(?<![\p{L}\d])S(?=\d[\d.,]*\s?(?:k|mm?|million)(?!\p{L}))/giu, "$")
    : text;

function candidatesOn(deck: Deck, slide: SlideAnalysis): Candidate[] {
  const own = deck.paragraphs.filter((paragraph) => paragraph.slide === slide);
  const hits = own.map((paragraph) => ({
    paragraph,
    inParagraph: moneyIn(asMoney(paragraph), deck.language, { bare: true }).filter(
      ({ high }) => high >= amountMin,
    ),
  }));
  const onSlide = hits.flatMap(({ inParagraph }) => inParagraph);
  return hits.flatMap(({ paragraph, inParagraph }) => {
    if (inParagraph.length === 0) return [];
    const near = neighbours(own, paragraph);
    return inParagraph.map((money) => {
      const signs = signsOf({ deck, paragraph, near, money, inParagraph, onSlide });
      const base = signs.reduce((sum, [holds, points]) => sum + (holds ? points : 0), 0);
      const role = sumRole(money, onSlide);
      return { money, paragraph, near, score: base + (role === "whole" ? 2 : role ? -4 : 0) };
    });
  });
}

/** Every amount of the deck outside its small print, with the points for being the ask. */
export const candidatesOf = (deck: Deck): Candidate[] =>
  deck.slides.filter((slide) => !isLegal(slide)).flatMap((slide) => candidatesOn(deck, slide));
