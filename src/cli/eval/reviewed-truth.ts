import { type DeckTruthEntry, deckTruth } from "../../contract/evaluation.ts";
import type { Extractions } from "../../contract/results.ts";
import type { ReviewableView } from "../../contract/reviews.ts";

type Truth = Omit<DeckTruthEntry, "file">;
type Key = keyof Truth;
type Value<F extends keyof Extractions> = Extractions[F]["value"];

interface Told {
  /** Keys of a truth that the path is about. */
  readonly about: readonly Key[];
  readonly truthOf: (value: unknown) => Truth;
}

const told: Readonly<Record<string, Told>> = {
  "extractions.startup_name": {
    about: ["startup_name"],
    truthOf: (value) => ({ startup_name: value as Value<"startup_name"> }),
  },
  "extractions.company_offering": {
    about: ["offering"],
    truthOf: (value) => ({ offering: value as Value<"company_offering"> }),
  },
  "extractions.healthcare": {
    about: ["is_healthcare", "sector"],
    truthOf: (value) => healthcareTruth(value as Value<"healthcare">),
  },
  "extractions.funding_amount": {
    about: ["funding_amount"],
    truthOf: (value) => ({ funding_amount: askTruth(value as Value<"funding_amount">) }),
  },
  "extractions.deck_date": {
    about: ["deck_date"],
    truthOf: (value) => ({ deck_date: value as Value<"deck_date"> }),
  },
};

/** "Not stated" cannot be judged of healthcare: every document is about it or not. */
const healthcareTruth = (value: Value<"healthcare">): Truth =>
  value === null ? {} : { is_healthcare: value.is_healthcare, sector: value.sector };

/** A model may write a currency as it likes; one that is no code is left open. */
const askTruth = (value: Value<"funding_amount">): Truth["funding_amount"] =>
  value === null || /^[A-Za-z]{3}$/.test(value.currency) ? value : { ...value, currency: null };

export interface ReviewedTruth {
  readonly truth: Truth;
  /** All that somebody has reviewed, doubted values too: an older document's word does not count there. */
  readonly about: readonly Key[];
}

/**
 * The truth that reviewers stand for: fields that were verified (as they were then) or corrected. That a
 * later reading says something else does not change it. What an evaluation set cannot hold is left out.
 */
export function reviewedTruth(items: readonly ReviewableView[]): ReviewedTruth {
  const truth: Record<string, unknown> = {};
  const about: Key[] = [];
  for (const { path, review } of items) {
    const one = Object.hasOwn(told, path) ? told[path] : undefined;
    if (one === undefined || review === null) continue;
    about.push(...one.about);
    if (review.verdict !== "verified" && review.verdict !== "corrected") continue;
    for (const [key, value] of Object.entries(one.truthOf(review.reviewed))) {
      if (deckTruth.shape[key as Key].safeParse(value).success) truth[key] = value;
    }
  }
  return { truth, about };
}

/** Of two documents of the same file: what the newer one says of a field counts, a doubt too. */
export function joinedTruth(newer: ReviewedTruth, older: ReviewedTruth): ReviewedTruth {
  const known = new Set<string>(newer.about);
  const rest = Object.entries(older.truth).filter(([key]) => !known.has(key));
  return {
    truth: { ...Object.fromEntries(rest), ...newer.truth },
    about: [...new Set([...newer.about, ...older.about])],
  };
}
