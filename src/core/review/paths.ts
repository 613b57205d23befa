import { folded } from "../text/fold.ts";

/**
 * Names of claims and findings by what they say, not by where they stand: a rerun that finds one more, or
 * tells them in another order, shifts none of them.
 */

/** Twelve hexadecimal digits of a text; spelling, case and blanks do not matter. FNV-1a, twice. */
export function contentMark(text: string): string {
  let low = 0x811c9dc5;
  let high = 0x9dc5811c;
  for (const letter of folded(text)) {
    const code = letter.codePointAt(0) ?? 0;
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x5bd1e995) ^ (low >>> 15);
  }
  const digits = (part: number): string => (part >>> 0).toString(16).padStart(8, "0");
  return digits(low) + digits(high).slice(0, 4);
}

interface Claimed {
  readonly claim?: unknown;
}
interface Found {
  readonly rule?: unknown;
  readonly what?: unknown;
}

const claimName = ({ claim }: Claimed): string => `claim_${contentMark(String(claim))}`;

/** A rule's name is a word of ours; what a model calls one may be anything. */
const findingName = ({ rule, what }: Found): string => {
  const word = String(rule).replace(/\W+/g, "_").slice(0, 60);
  return `${word}_${contentMark(String(what))}`;
};

/** `specialized_clinical.claim_1f0c...`, for each; the second that says the same ends in `_2`. */
export const claimPaths = (task: string, claims: readonly Claimed[]): string[] =>
  numbered(claims.map((one) => `${task}.${claimName(one)}`));

/** `slide_feedback.slide_3.text_too_small_1f0c...`, for each finding of one place. */
export const findingPaths = (place: string, findings: readonly Found[]): string[] =>
  numbered(findings.map((one) => `${place}.${findingName(one)}`));

/** `slide_feedback.slide_3`, or of the whole deck. */
export const findingPlace = (task: string, slide: unknown): string =>
  slide === null ? `${task}.deck` : `${task}.slide_${slide}`;

function numbered(paths: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return paths.map((path) => {
    const count = (seen.get(path) ?? 0) + 1;
    seen.set(path, count);
    return count === 1 ? path : `${path}_${count}`;
  });
}

/** The path of a review that was made when claims and findings went by their number; any other stays. */
export function presentPath(path: string, seen: unknown): string {
  const old = /^(.+)\.(claim|finding)_\d{1,4}$/.exec(path);
  const place = old?.[1];
  if (place === undefined || typeof seen !== "object" || seen === null) return path;
  const name = "claim" in seen ? claimName(seen) : "what" in seen ? findingName(seen) : null;
  return name === null ? path : `${place}.${name}`;
}
