import type { DocumentReviews, ReviewableView } from "../../contract/reviews.ts";
import { readWords, reviewWords } from "../../report/review-words.ts";
import type { Style } from "../style.ts";
import { dateText } from "../text.ts";
import { tableText } from "./table.ts";

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
