import { graceMs } from "./readiness.ts";
import { type Span, uncoveredMs } from "./spans.ts";
import { longestMs, type Need, type Verdict, verdictOf, waitFigures } from "./verdict.ts";

/** A hold is judged by its first hour. */
export const holdMsMax = 3_600_000;

export interface HoldFacts {
  readonly atMs: number;
  readonly nowMs: number;
  /** When the next decision about the pool fell; null: none has. */
  readonly nextMs: number | null;
  /** When replicas of the pool were on their way: waiting for one of those is its start's concern. */
  readonly starting: readonly Span[];
}

/**
 * The verdict on a hold, or on a start that was refused. It lasts until the next decision about the pool,
 * an hour at most.
 *
 * - `costly`: meanwhile a document waited longer than the grace though no replica was on its way.
 *   `seconds`: the longest such wait; `documents` and `waitSeconds`: all of them. It wasted no money.
 * - `harmless`: none did.
 *
 * Null: it still lasts.
 */
export function holdVerdict(facts: HoldFacts, needs: readonly Need[]): Verdict | null {
  const { atMs, nowMs, nextMs, starting } = facts;
  const endMs = Math.min(nextMs ?? nowMs, atMs + holdMsMax);
  if (nextMs === null && endMs < atMs + holdMsMax) return null;
  const waitsMs = needs.map(({ neededMs, startedMs }) => {
    const fromMs = Math.max(neededMs, atMs);
    const toMs = Math.max(fromMs, Math.min(startedMs ?? endMs, endMs));
    return uncoveredMs({ fromMs, toMs }, starting);
  });
  const worstMs = longestMs(waitsMs);
  if (worstMs <= graceMs) return verdictOf("harmless");
  return verdictOf("costly", { seconds: worstMs / 1000, ...waitFigures(waitsMs) });
}
