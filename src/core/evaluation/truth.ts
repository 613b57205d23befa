import { folded } from "../text/fold.ts";

/** What is known of a deck, and what a reading said of it: the two sides of an evaluation. */

/** An amount of money that is asked for: `amount` = [low, high] in whole units of the currency, equal for one figure. */
export interface Ask {
  readonly amount: readonly [number, number];
  /** null, of a truth: the deck does not say, and any will do. */
  readonly currency: string | null;
  readonly round: string | null;
}

/** Truth of one deck. null: the deck does not say; absent: nobody has looked, so it is not judged. */
export interface DeckTruth {
  readonly file: string;
  /** Every spelling that counts as right. */
  readonly names?: readonly string[] | null;
  readonly isHealthcare?: boolean;
  readonly sector?: string | null;
  readonly ask?: Ask | null;
  /** ISO date, year-month or year: as precise as the deck is. */
  readonly date?: string | null;
  /** Shown beside the answer, never judged by a program. */
  readonly offering?: string | null;
}

/** What a reading said. null: it found nothing. */
export interface DeckSaid {
  readonly name: string | null;
  readonly isHealthcare: boolean | null;
  readonly sector: string | null;
  readonly ask: Ask | null;
  readonly date: string | null;
}

export const judgedFields = ["name", "healthcare", "sector", "ask", "round", "date"] as const;
export type JudgedField = (typeof judgedFields)[number];

/**
 * `right`, `wrong`: a value where the deck states one. `missed`: none where it states one.
 * `invented`: a value where it states none. `silent`: none, rightly.
 */
export type Verdict = "right" | "wrong" | "missed" | "invented" | "silent";

/** Verdicts of the fields whose truth is known. A deck without an ask has no round to be judged. */
export function judge(
  truth: DeckTruth,
  said: DeckSaid,
): { readonly [field in JudgedField]?: Verdict } {
  const { names, isHealthcare, sector, ask, date } = truth;
  return {
    ...(names === undefined ? {} : { name: verdictOf(names, said.name, isOneOf) }),
    ...(isHealthcare === undefined
      ? {}
      : { healthcare: verdictOf(isHealthcare, said.isHealthcare, Object.is) }),
    ...(sector === undefined ? {} : { sector: verdictOf(sector, said.sector, Object.is) }),
    ...(ask === undefined ? {} : { ask: verdictOf(ask, said.ask, isSameMoney) }),
    ...(ask ? { round: verdictOf(ask.round, said.ask?.round ?? null, isSameRound) } : {}),
    ...(date === undefined ? {} : { date: verdictOf(date, said.date, isSameDate) }),
  };
}

function verdictOf<T, S>(
  truth: T | null,
  said: S | null,
  isRight: (truth: T, said: S) => boolean,
): Verdict {
  if (truth === null) return said === null ? "silent" : "invented";
  if (said === null) return "missed";
  return isRight(truth, said) ? "right" : "wrong";
}

const isOneOf = (names: readonly string[], said: string): boolean =>
  names.some((name) => folded(name) === folded(said));

const isSameMoney = (truth: Ask, said: Ask): boolean =>
  truth.amount[0] === said.amount[0] &&
  truth.amount[1] === said.amount[1] &&
  (truth.currency === null || truth.currency.toUpperCase() === said.currency?.toUpperCase());

/** "Seed round" and "seed" are one round; "pre-seed" is another. */
const isSameRound = (truth: string, said: string): boolean => roundOf(truth) === roundOf(said);
const roundOf = (text: string): string =>
  folded(text).replace(/(?:financing|funding|round|investment)+$/, "");

/** A more precise answer counts: "2023-05-04" where the deck is known to say May 2023. */
const isSameDate = (truth: string, said: string): boolean =>
  said === truth || said.startsWith(`${truth}-`);
