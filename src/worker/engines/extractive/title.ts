import type { TextBlock } from "../../../contract/results.ts";
import { genericNameWords } from "./terms/name-words.ts";
import { countWords, fold } from "./text-tools.ts";

const footerFrom = 0.9;
const lengthMax = 160;

const letters = (text: string): number => text.match(/\p{L}/gu)?.length ?? 0;
const digits = (text: string): number => text.match(/\p{N}/gu)?.length ?? 0;

const money =
  /(?:\p{Sc}|USD|EUR|CHF|GBP)?\s?\d[\d.,]*\s?(?:k|m|bn?|mio|mrd)?(?!\p{L})|(?:USD|EUR|CHF|GBP)/giu;

/** Page numbers, footers, addresses and lone numbers are no titles. */
function canBeTitle(block: TextBlock): boolean {
  if (block.y > footerFrom || block.text.length > lengthMax) return false;
  if (letters(block.text.replace(money, "")) < 3) return false;
  if (letters(block.text) < 3 || digits(block.text) > letters(block.text)) return false;
  // "Problem | Solution | Team" is the navigation of the deck.
  if (block.text.split("|").length > 2) return false;
  return !/@|https?:|www\.|\.com\b|©|\bconfidential\b|^template\b/iu.test(block.text);
}

/** The lower one of two: a title must not be its own measure. */
const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[(values.length - 1) >> 1] ?? 0;

/** One word that no title uses is most likely a logo. */
const isLogo = (text: string): boolean =>
  countWords(text) === 1 && !genericNameWords.has(fold(text).replace(/[^\p{L}\p{N}]/gu, ""));

/** Large counts, and near the top counts: a number in the middle is often larger than the title. */
const weight = (block: TextBlock): number =>
  block.size * (1.2 - Math.min(1, block.y)) * (isLogo(block.text) ? 0.5 : 1);

const oneSide = (block: TextBlock): boolean => block.width < 0.75 && block.y < 0.75;

/**
 * The title: the largest text near the top; without one, text that stands out anywhere; without
 * that, a short first line at the top. null when nothing on the page acts as a title.
 */
export function titleOf(blocks: readonly TextBlock[], cover: boolean): string | null {
  const candidates = blocks.filter(canBeTitle);
  if (candidates.length === 0) return null;
  const body = median(blocks.filter((block) => countWords(block.text) >= 2).map((b) => b.size));
  const standsOut = (block: TextBlock): boolean => block.size > body * 1.12;
  const heaviest = (list: readonly TextBlock[]): TextBlock | undefined =>
    [...list].sort((a, b) => weight(b) - weight(a))[0];
  // On a cover the logo is the title.
  if (cover) return [...candidates].sort((a, b) => b.size - a.size)[0]?.text ?? null;

  const top = heaviest(candidates.filter((block) => block.y < 0.38 && standsOut(block)));
  if (top && countWords(top.text) <= 22) return top.text;
  const elsewhere = heaviest(
    candidates.filter((block) => block.size > body * 1.35 && oneSide(block)),
  );
  if (elsewhere && countWords(elsewhere.text) <= 14) return elsewhere.text;
  const first = [...candidates].sort((a, b) => a.y - b.y)[0];
  if (first && isLogo(first.text)) return null;
  return first && first.y < 0.2 && countWords(first.text) <= 12 ? first.text : null;
}
