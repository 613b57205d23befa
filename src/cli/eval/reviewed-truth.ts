import type { DeckTruthEntry } from "../../contract/evaluation.ts";
import type { Extractions } from "../../contract/results.ts";
import type { ReviewableView } from "../../contract/reviews.ts";

type Truth = Omit<DeckTruthEntry, "file">;
type Value<F extends keyof Extractions> = Extractions[F]["value"];

/** What each extraction says in a truth. A value that nobody stands for adds nothing: it is not judged. */
const keys: Readonly<Record<string, (value: unknown) => Truth>> = {
  "extractions.startup_name": (value) => ({ startup_name: value as Value<"startup_name"> }),
  "extractions.company_offering": (value) => ({ offering: value as Value<"company_offering"> }),
  "extractions.healthcare": (value) => healthcareTruth(value as Value<"healthcare">),
  "extractions.funding_amount": (value) => ({ funding_amount: value as Value<"funding_amount"> }),
  "extractions.deck_date": (value) => ({ deck_date: value as Value<"deck_date"> }),
};

/** "Not stated" cannot be judged of healthcare: every document is about it or not. */
const healthcareTruth = (value: Value<"healthcare">): Truth =>
  value === null ? {} : { is_healthcare: value.is_healthcare, sector: value.sector };

/**
 * The truth that reviewers stand for: fields that were verified (as they were then) or corrected. That a
 * later reading says something else does not change it. {}: nobody stands for anything.
 */
export function reviewedTruth(items: readonly ReviewableView[]): Truth {
  const told = items.flatMap(({ path, review }) => {
    if (review?.verdict !== "verified" && review?.verdict !== "corrected") return [];
    return Object.hasOwn(keys, path) ? [keys[path]?.(review.reviewed) ?? {}] : [];
  });
  return Object.assign({}, ...told);
}
