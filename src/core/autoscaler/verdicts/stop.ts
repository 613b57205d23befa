import { charge } from "../../cost/charge.ts";
import { type Tariff, type Verdict, verdictOf } from "./verdict.ts";

export interface StopFacts extends Tariff {
  readonly atMs: number;
  readonly nowMs: number;
  /** When the next start of the pool was decided; null: none has been. */
  readonly nextStartMs: number | null;
  /** What a start of this pool takes; null: nobody knows, and then nothing can be said. */
  readonly coldStartMs: number | null;
  /** What a second of waiting is worth, in seconds of this replica: `w / c_p`. */
  readonly waitRatio: number;
}

/**
 * How long an idle replica may stand before it has cost as much as a stop and a new start: the start is
 * paid for, and one document waits for it. `K_p / c_p` of `scaling.md` 2: `C + (w / c_p) C`.
 */
export const breakEvenMs = (coldStartMs: number, waitRatio: number): number =>
  coldStartMs * (1 + waitRatio);

/**
 * The verdict on a stop:
 *
 * - `too-soon`: the pool was started again before break-even. `seconds`: by how much; money: what the new
 *   start is paid above what staying would have cost, 0 where that is nothing.
 * - `right`: it was not.
 *
 * Null: not known before break-even has passed or the pool is started again.
 */
export function stopVerdict(facts: StopFacts): Verdict | null {
  const { atMs, nowMs, nextStartMs, coldStartMs, waitRatio, microUsdPerHour } = facts;
  if (coldStartMs === null) return verdictOf("unjudged");
  const evenMs = breakEvenMs(coldStartMs, waitRatio);
  const gapMs = nextStartMs === null ? Number.POSITIVE_INFINITY : Math.max(0, nextStartMs - atMs);
  if (gapMs < evenMs) {
    const lost = { fromMs: 0, untilMs: coldStartMs - gapMs, quantumMs: 0 };
    const microUsd =
      microUsdPerHour === "unpriced" ? null : charge({ ...lost, microUsdPerHour }).microUsd;
    return verdictOf("too-soon", { seconds: (evenMs - gapMs) / 1000, microUsd });
  }
  return nextStartMs !== null || nowMs - atMs >= evenMs ? verdictOf("right") : null;
}
