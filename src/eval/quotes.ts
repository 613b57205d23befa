import type { Results } from "../contract/results.ts";
import type { Reading } from "./read-deck.ts";

/** A quote with where it stands in the results and on which slide it is said to be. */
export interface ReportedQuote {
  readonly file: string;
  readonly task: string;
  /** Path within the task's result, as `extractions.funding_amount`. */
  readonly place: string;
  readonly slide: number;
  readonly quote: string;
  readonly grounded: boolean;
}

/** Every piece of evidence of every task, wherever it stands. */
export const quotesOf = (
  file: string,
  { results }: { readonly results: Results },
): ReportedQuote[] =>
  Object.entries(results).flatMap(([task, result]) =>
    evidenceIn(result, []).map(({ path, ...piece }) => ({
      ...{ file, task, place: path.join(".") },
      ...piece,
    })),
  );

/** As `eval --quotes` writes them, for a check by other programs. */
export const quotesText = (decks: readonly { file: string; reading: Reading }[]): string =>
  `${JSON.stringify(
    decks.map(({ file, reading }) => ({
      file,
      sha256: reading.sha256,
      quotes: quotesOf(file, reading).map(({ file: _, ...quote }) => quote),
    })),
    null,
    1,
  )}\n`;

interface Found {
  readonly path: readonly string[];
  readonly slide: number;
  readonly quote: string;
  readonly grounded: boolean;
}

function evidenceIn(value: unknown, path: readonly string[]): Found[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
    key === "evidence" && Array.isArray(inner)
      ? inner.flatMap((piece) => asEvidence(piece, path))
      : evidenceIn(inner, [...path, key]),
  );
}

function asEvidence(piece: unknown, path: readonly string[]): Found[] {
  if (typeof piece !== "object" || piece === null) return [];
  const { slide, quote, grounded }: Partial<Found> = piece;
  if (typeof slide !== "number" || typeof quote !== "string") return [];
  return [{ path, slide, quote, grounded: grounded === true }];
}
