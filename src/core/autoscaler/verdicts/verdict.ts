/** What became of a decision, once that is known. The three groups belong to start, stop and hold. */
export type VerdictKind =
  | "on-time"
  | "early"
  | "late"
  | "unused"
  | "failed"
  | "right"
  | "too-soon"
  | "harmless"
  | "costly"
  | "unjudged";

export interface Verdict {
  readonly kind: VerdictKind;
  /** How far off it was, never below 0. What that means is said where the kind is made. */
  readonly seconds: number;
  /** Millionths of a US dollar that were paid for nothing; null: it costs, and nobody says what. */
  readonly microUsd: number | null;
  /** Documents that waited because of it. */
  readonly documents: number;
  /** How long they waited, in sum. */
  readonly waitSeconds: number;
}

/** One document's need of a pool: its first task there, as instants of one clock. */
export interface Need {
  /** The task became ready; for vision that is the upload. */
  readonly neededMs: number;
  /** It began; null: it has not yet. */
  readonly startedMs: number | null;
}

/** What a replica is paid by. Null: nobody charges. */
export interface Tariff {
  readonly microUsdPerHour: number | "unpriced" | null;
  readonly quantumMs: number;
}

/** No question of time: an order of a person, a bound, a deadline, or a decision older than verdicts. */
export const unjudged: Verdict = verdictOf("unjudged");

export function verdictOf(
  kind: VerdictKind,
  figures: Partial<Omit<Verdict, "kind">> = {},
): Verdict {
  return { kind, seconds: 0, microUsd: 0, documents: 0, waitSeconds: 0, ...figures };
}

/** Waits in milliseconds as the last two figures of a verdict. */
export function waitFigures(
  waitsMs: readonly number[],
): Pick<Verdict, "documents" | "waitSeconds"> {
  const real = waitsMs.filter((ms) => ms > 0);
  return {
    documents: real.length,
    waitSeconds: real.reduce((sum, ms) => sum + ms, 0) / 1000,
  };
}

/** The longest, 0 for none; a list of any length. */
export const longestMs = (waitsMs: readonly number[]): number =>
  waitsMs.reduce((most, ms) => Math.max(most, ms), 0);
