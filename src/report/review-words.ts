import type { FieldValue } from "../contract/results.ts";
import type { ReviewView } from "../contract/reviews.ts";
import { oneLine } from "../core/text/one-line.ts";
import { valueWords } from "./generic.ts";
import { askWords, healthcareWords } from "./words.ts";

/** Any value of a result in words, by its shape; null: not stated. */
export function readWords(value: unknown): string {
  if (value === null || value === undefined) return "not stated";
  if (typeof value !== "object") return oneLine(valueWords(value as FieldValue, "text"));
  if (Array.isArray(value)) return value.map(readWords).join("; ");
  if ("is_healthcare" in value) {
    return healthcareWords(value as Parameters<typeof healthcareWords>[0]);
  }
  if ("amount" in value && "currency" in value) {
    return oneLine(askWords({ round: null, ...value } as Parameters<typeof askWords>[0]));
  }
  const words = "claim" in value ? value.claim : "what" in value ? value.what : value;
  return oneLine(typeof words === "string" ? words : JSON.stringify(words));
}

/** `verified by ada`, `corrected to EUR 2 million by ada`, with what became of it. */
export function reviewWords(review: ReviewView): string {
  const to = review.verdict === "corrected" ? ` to ${readWords(review.reviewed)}` : "";
  const note = review.note === null ? "" : `: ${oneLine(review.note)}`;
  const stale = review.stale ? ` (stale: what was reviewed was ${readWords(review.seen)})` : "";
  return `${review.verdict}${to} by ${oneLine(review.by)}${note}${stale}`;
}
