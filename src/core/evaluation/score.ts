import { type Share, wilson } from "../slo/wilson.ts";
import type { Verdict } from "./truth.ts";

export interface FieldScore {
  /** Right among the decks that state it. */
  readonly recall: Share;
  /** Right among the answers given, whether the deck states it or not. */
  readonly precision: Share;
  /** Answers given among the decks that do not state it. */
  readonly invented: Share;
}

/** Figures of one field over many decks, with 95 % Wilson intervals. */
export function scoreField(verdicts: readonly Verdict[]): FieldScore {
  const count = (...wanted: readonly Verdict[]): number =>
    verdicts.filter((verdict) => wanted.includes(verdict)).length;
  const right = count("right");
  return {
    recall: wilson(right, count("right", "wrong", "missed")),
    precision: wilson(right, count("right", "wrong", "invented")),
    invented: wilson(count("invented"), count("invented", "silent")),
  };
}
