import { isRightToLeft, type Mark, medianOf, rightOf } from "./glyph.ts";

/**
 * The text of marks that stand on one line, with blanks where words end. Gaps are measured in font
 * sizes and against the line's own usual gap, so that letter-spaced words come out whole and blanks
 * typed between single letters are not taken for ends of words.
 */
export function textOf(marks: readonly Mark[]): string {
  const gaps = marks.slice(1).map((mark, index) => gapBefore(marks[index], mark));
  const usual = Math.max(0, medianOf(gaps));
  const spaced = isLetterSpaced(marks, gaps, usual);
  let text = "";
  marks.forEach((mark, index) => {
    const excess = (gaps[index - 1] ?? 0) - usual;
    if (index > 0 && endsWord(mark, excess, usual, spaced)) text += " ";
    text += mark.text;
  });
  return cleanText(text);
}

/** Distance to the mark before in font sizes, in the direction of the script. */
export function gapBefore(before: Mark | undefined, mark: Mark): number {
  if (before === undefined) return 0;
  // The letters of a ligature share its box.
  if (before.box.x === mark.box.x && before.box.width === mark.box.width) return 0;
  const size = Math.max(1e-6, Math.min(before.size, mark.size));
  const backwards = isRightToLeft(mark.text) && isRightToLeft(before.text);
  const gap = backwards ? before.box.x - rightOf(mark.box) : mark.box.x - rightOf(before.box);
  return gap / size;
}

function isLetterSpaced(marks: readonly Mark[], gaps: readonly number[], usual: number): boolean {
  if (gaps.length < 4 || usual <= 0.12) return false;
  const letters = marks.filter((mark) => /\p{L}/u.test(mark.text)).length;
  return letters >= marks.length * 0.6;
}

function endsWord(mark: Mark, excess: number, usual: number, spaced: boolean): boolean {
  if (spaced) return excess > Math.max(0.15, 0.7 * usual);
  if (mark.spaceBefore === "real") return true;
  return excess > (mark.spaceBefore === "guessed" ? 0.1 : 0.14);
}

const ligatures = /[\ufb00-\ufb06]/gu;
// Control characters and lone surrogates cannot be stored as JSON text in every database.
const unstorable = /[\p{Cc}\p{Cs}\u{fffe}\u{ffff}]/gu;

/** Plain text: ligatures taken apart, soft hyphens dropped, blanks single, nothing unstorable. */
export function cleanText(text: string): string {
  return text
    .replace(ligatures, (found) => found.normalize("NFKC"))
    .replace(/[\u00ad\u200b\ufeff]/gu, "")
    .replace(/\s+/gu, " ")
    .replace(unstorable, "")
    .trim();
}
