/** What people said of a value, held beside the value as it is read now. */

export type ReviewVerdict = "verified" | "flagged" | "corrected" | "withdrawn";

export interface Judged {
  readonly verdict: ReviewVerdict;
  /** The value that was judged. */
  readonly seen: unknown;
  /** Of `corrected`: what is right; null: the document does not state it. */
  readonly corrected: unknown;
}

/**
 * Whether the results say something else by now than what was judged. A rerun that has come to what the
 * reviewer said is right is not stale.
 */
export const isStale = ({ verdict, seen, corrected }: Judged, read: unknown): boolean =>
  !isSame(seen, read) && !(verdict === "corrected" && isSame(corrected, read));

/** The value a reviewer stands for: what was corrected or verified. undefined: nobody does. */
export function reviewedValue({ verdict, seen, corrected }: Judged): unknown {
  if (verdict === "corrected") return corrected;
  return verdict === "verified" ? seen : undefined;
}

/** Equality of JSON values; the order of keys does not matter, and an absent key is null. */
function isSame(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((one, at) => isSame(one, b[at]));
  }
  if (isObject(a) && isObject(b)) {
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) =>
      isSame(a[key], b[key]),
    );
  }
  return (a ?? null) === (b ?? null);
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
