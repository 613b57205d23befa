import type { DocumentResults } from "../api/types.ts";
import { reviewedWords } from "./review-words.ts";

/** What it says stands below it, never on the next sheet. */
export const heading =
  "mt-6 mb-1 break-after-avoid border-b-2 border-line-strong pb-1 text-lg font-semibold";

/** What somebody has said of a value, on a line of its own; nothing where nobody has. */
export function Reviewed({
  all,
  path,
}: {
  all: DocumentResults | undefined;
  path: string | undefined;
}) {
  const review = all?.reviews.find((one) => one.path === path);
  return review !== undefined && <span className="block text-xs">{reviewedWords(review)}</span>;
}
