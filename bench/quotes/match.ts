/**
 * Whether a quote stands in a text, written apart from the product's own grounding so that one can
 * judge the other: letters and digits alone count, and a few may differ.
 */

/** Letters and digits, in small letters, without accents, ligatures and typesetting. */
export const squeezed = (text: string): string =>
  text
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll("ß", "ss")
    .replace(/[^\p{L}\p{N}]/gu, "");

/**
 * The fewest edits (insert, drop, exchange one) that turn the quote into some part of the text. Sellers'
 * algorithm (Journal of Algorithms 1, 1980); stops caring beyond `editsMax`, then gives null.
 */
export function editsWithin(quote: string, text: string, editsMax: number): number | null {
  let column = Array.from({ length: quote.length + 1 }, (_, row) => row);
  let best = quote.length;
  for (const letter of text) {
    const next = [0];
    for (let row = 1; row <= quote.length; row += 1) {
      const exchanged = (column[row - 1] ?? 0) + (quote[row - 1] === letter ? 0 : 1);
      next.push(Math.min(exchanged, (column[row] ?? 0) + 1, (next[row - 1] ?? 0) + 1));
    }
    column = next;
    best = Math.min(best, column[quote.length] ?? best);
  }
  return best <= editsMax ? best : null;
}

/** The share of its letters and digits that may differ. */
export interface Bound {
  readonly share: number;
}

/** Whether the quote stands there with at most that share of edits. An empty quote stands nowhere. */
export function stands(quote: string, text: string, { share }: Bound): boolean {
  const given = squeezed(text);
  const isThere = (part: string): boolean =>
    given.includes(part) || editsWithin(part, given, Math.floor(part.length * share)) !== null;
  const wanted = squeezed(quote);
  if (wanted === "") return false;
  if (isThere(wanted)) return true;
  // A quote of several lines: what stands between them in the other's reading order does not matter.
  const lines = quote.split("\n").map(squeezed).filter(Boolean);
  return lines.length > 1 && lines.every(isThere);
}
