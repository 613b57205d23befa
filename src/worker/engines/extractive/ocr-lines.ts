import type { Box, TextLine } from "../../../pdf/types.ts";
import type { OcrRawLine, OcrWord } from "./ocr-thread.ts";

/** A read line with how sure the recognizer is, 0..100. */
export interface OcrLine extends TextLine {
  readonly confidence: number;
  /** Its words that may be misread, and pairs of words ("sold crates") between which one is missing. */
  readonly doubtful: readonly string[];
  /** Words that could not be read stand before it, or behind it. */
  readonly lostBefore?: boolean;
  readonly lostAfter?: boolean;
}

const wordConfidenceMin = 30;
const lineConfidenceMin = 55;
/**
 * Of words surer than this an independent reader finds 19 of 20 on the page; of those at 70 to 80 half.
 */
const wordSureFrom = 80;
/** A hole this many line heights wide separates two columns. */
const columnGap = 1.6;
/** Ink of mixed letters covers about this share of the font size. */
const inkShare = 0.87;

const hasMeaning = /[\p{L}\p{N}]/u;
const joiner = /^(?:[-–—&+/=<>%$€£]|->)$/u;

const heightOf = (word: OcrWord): number => word.bbox.y1 - word.bbox.y0;

const middle = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

interface Seen extends OcrWord {
  /** Beside it stands a word that could not be read. */
  readonly lostBefore: boolean;
  readonly lostAfter: boolean;
}

/** A word, and not a bullet or a speck taken for a letter. */
const isLoss = ({ text }: OcrWord): boolean => (text.match(/[\p{L}\p{N}]/gu)?.length ?? 0) >= 3;

/** Without what is no word, or too doubtful to be shown as one. */
function readable(words: readonly OcrWord[]): Seen[] {
  const isKept = ({ text, confidence }: OcrWord): boolean =>
    confidence >= wordConfidenceMin && (hasMeaning.test(text) || joiner.test(text));
  const isLost = (word: OcrWord | undefined): boolean =>
    word !== undefined && !isKept(word) && isLoss(word);
  return words.flatMap((word, at) =>
    isKept(word)
      ? [{ ...word, lostBefore: isLost(words[at - 1]), lostAfter: isLost(words[at + 1]) }]
      : [],
  );
}

function doubtfulIn(words: readonly Seen[]): string[] {
  const unsure = words.filter(({ confidence }) => confidence < wordSureFrom);
  const torn = words.flatMap((word, at) => {
    const before = words[at - 1];
    return word.lostBefore && before ? [`${before.text} ${word.text}`] : [];
  });
  return [...unsure.map(({ text }) => text), ...torn];
}

function cutAtGaps(words: readonly Seen[]): Seen[][] {
  const lineHeight = middle(words.map(heightOf));
  const groups: Seen[][] = [];
  let last: Seen | undefined;
  for (const word of words) {
    const near = last && word.bbox.x0 - last.bbox.x1 <= lineHeight * columnGap;
    if (near) groups.at(-1)?.push(word);
    else groups.push([word]);
    last = word;
  }
  return groups;
}

/** Signs stay between words ("$500k - $1m"); at an end they are mostly bullets and rules. */
function withoutEdgeSigns(words: readonly Seen[]): readonly Seen[] {
  const isWord = (word: OcrWord): boolean => hasMeaning.test(word.text);
  const first = words.findIndex(isWord);
  return first < 0 ? [] : words.slice(first, words.findLastIndex(isWord) + 1);
}

function lineOf(words: readonly Seen[], width: number, height: number): OcrLine {
  const x0 = Math.min(...words.map((word) => word.bbox.x0));
  const y0 = Math.min(...words.map((word) => word.bbox.y0));
  const x1 = Math.max(...words.map((word) => word.bbox.x1));
  const y1 = Math.max(...words.map((word) => word.bbox.y1));
  const letters = words.reduce((sum, word) => sum + word.text.length, 0);
  const weighed = words.reduce((sum, word) => sum + word.confidence * word.text.length, 0);
  return {
    text: words.map((word) => word.text).join(" "),
    x: x0 / width,
    y: y0 / height,
    width: (x1 - x0) / width,
    height: (y1 - y0) / height,
    size: middle(words.map(heightOf)) / inkShare / height,
    bold: false,
    confidence: weighed / Math.max(1, letters),
    doubtful: doubtfulIn(words),
    lostBefore: words[0]?.lostBefore ?? false,
    lostAfter: words.at(-1)?.lostAfter ?? false,
  };
}

/** Drops specks read as words; keeps short doubtful lines only when they are clearly read. */
const credible = (line: OcrLine): boolean => {
  const letters = line.text.replace(/[^\p{L}\p{N}]/gu, "").length;
  if (letters === 0) return false;
  if (letters <= 2) return line.confidence >= 85;
  const noise = 1 - letters / line.text.replace(/\s/g, "").length;
  return line.confidence >= lineConfidenceMin && noise < 0.5;
};

/** Lines in fractions of the page out of what the recognizer gave in pixels. */
export function linesOf(raw: readonly OcrRawLine[], width: number, height: number): OcrLine[] {
  const lines: OcrLine[] = [];
  for (const { words } of raw) {
    for (const group of cutAtGaps(readable(words))) {
      const inner = withoutEdgeSigns(group);
      if (inner.length > 0) lines.push(lineOf(inner, width, height));
    }
  }
  return lines.filter(credible);
}

/** Share of the smaller box that lies in the other one, 0..1. */
export function overlap(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  return (width * height) / Math.max(1e-9, Math.min(a.width * a.height, b.width * b.height));
}

const worth = (line: OcrLine): number => line.confidence * Math.sqrt(line.text.length);

/** "Works" where the other reading has "AcmeWorks". */
const isPartOf = (rival: OcrLine, line: OcrLine): boolean =>
  line.text.length > rival.text.length && line.text.includes(rival.text);

/**
 * Two readings of one page: where they read the same place the better one stays, and what only one
 * of them found is added when it is sure. Order: rows from the top, left to right within a row.
 */
export function mergeReadings(first: readonly OcrLine[], second: readonly OcrLine[]): OcrLine[] {
  const kept = [...first];
  for (const line of second) {
    const rivals = kept.filter((other) => overlap(line, other) > 0.3);
    if (rivals.length === 0) {
      if (line.confidence >= 75) kept.push(line);
      continue;
    }
    const best = rivals.reduce((sum, rival) => sum + worth(rival), 0);
    const longer = rivals.every((rival) => line.text.length > rival.text.length);
    const whole = line.confidence >= 85 && rivals.every((rival) => isPartOf(rival, line));
    const better = worth(line) > best * 1.15 && (longer || line.confidence > 85);
    if (!whole && !better) continue;
    for (const rival of rivals) kept.splice(kept.indexOf(rival), 1);
    kept.push(line);
  }
  return second.length === 0 ? kept : inReadingOrder(kept);
}

function inReadingOrder(lines: readonly OcrLine[]): OcrLine[] {
  const rows: OcrLine[][] = [];
  for (const line of [...lines].sort((a, b) => a.y + a.height / 2 - (b.y + b.height / 2))) {
    const row = rows.at(-1);
    const centre = line.y + line.height / 2;
    const anchor = row?.[0];
    if (row && anchor && centre < anchor.y + anchor.height && centre > anchor.y) row.push(line);
    else rows.push([line]);
  }
  return rows.flatMap((row) => row.sort((a, b) => a.x - b.x));
}
