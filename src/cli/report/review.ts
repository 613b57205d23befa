import type { FieldValue } from "../../contract/results.ts";
import type { DocumentReviews, ReviewableView, ReviewView } from "../../contract/reviews.ts";
import type { Style } from "../style.ts";
import { dateText, oneLine } from "../text.ts";
import { valueWords } from "./generic.ts";
import { tableText } from "./table.ts";
import { askWords, healthcareWords } from "./words.ts";

/** Any value of a result in words, by its shape; null: not stated. */
function readWords(value: unknown): string {
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

export function reviewsText(
  { items, complete }: DocumentReviews,
  style: Style,
  isAll: boolean,
): string {
  const shown = items.filter((item) => isAll || item.kind === "field" || item.review !== null);
  const rows = shown.map((item) => [
    item.path,
    clip(readWords(item.kind === "answer" || item.kind === "field" ? item.read : item.title)),
    doubtWords(item),
    item.review === null ? "" : reviewWords(item.review),
  ]);
  const table = tableText(["PATH", "AS READ", "DOUBT", "REVIEW"], rows, style, [0, 1, 2, 3]);
  return complete ? table : `${table}\nNot finished yet: it can be reviewed once it has ended.`;
}

const clip = (text: string): string => (text.length <= 60 ? text : `${text.slice(0, 57)}...`);

function doubtWords({ grounded, conflicts }: ReviewableView): string {
  const parts = [
    ...(grounded === false ? ["quote not found"] : []),
    ...(conflicts === 0 ? [] : [`${conflicts} other`]),
  ];
  return parts.join(", ");
}

export function historyText({ history }: DocumentReviews, style: Style, utc: boolean): string {
  const rows = history.map((one) => [dateText(one.at, utc), one.path, reviewWords(one)]);
  return tableText(["AT", "PATH", "REVIEW"], rows, style, [0, 1, 2]);
}

export function reviewedText(item: ReviewableView): string {
  const now = item.review === null ? "no review" : reviewWords(item.review);
  return `${item.path}: as read ${readWords(item.read)}; ${now}.`;
}
