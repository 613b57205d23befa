import { emptySketch, mergeInto, type Sketch } from "./sketch.ts";

/** Replica time of one pool in milliseconds. Their sum is what was rented. */
export interface PoolTime {
  readonly busyMs: number;
  /** From the request to `ready`, or to a failure. */
  readonly coldMs: number;
  readonly idleMs: number;
}

/** Exact sums of one stretch of a simulation. Stretches add up. */
export interface Tally {
  documents: number;
  /** Sum of completion time minus critical path. */
  delayMs: number;
  /** Sum of the waits from the end of visual analysis to the first text task. */
  textWaitMs: number;
  onTime: number;
  /** The first text task began within 30 s of its need. */
  within30s: number;
  feasible: number;
  onTimeFeasible: number;
  starts: number;
  /** Replicas that became ready and were stopped without ever working. */
  wastedStarts: number;
  readonly pools: Map<string, PoolTime>;
  /** Millionths of a US dollar, in the order of the price lists. */
  readonly microUsd: number[];
  /** Milliseconds from upload to end. */
  readonly completion: Sketch;
}

export const emptyTally = (priceLists: number): Tally => ({
  ...{ documents: 0, delayMs: 0, textWaitMs: 0, onTime: 0, within30s: 0 },
  ...{ feasible: 0, onTimeFeasible: 0, starts: 0, wastedStarts: 0 },
  pools: new Map(),
  microUsd: Array.from({ length: priceLists }, () => 0),
  completion: emptySketch(),
});

export function addTime(tally: Tally, pool: string, more: PoolTime): void {
  const was = tally.pools.get(pool) ?? { busyMs: 0, coldMs: 0, idleMs: 0 };
  tally.pools.set(pool, {
    busyMs: was.busyMs + more.busyMs,
    coldMs: was.coldMs + more.coldMs,
    idleMs: was.idleMs + more.idleMs,
  });
}

/** All stretches as one. Throws RangeError for none. */
export function sumOf(tallies: readonly Tally[]): Tally {
  const first = tallies[0];
  if (first === undefined) throw new RangeError("nothing to add up");
  const sum = emptyTally(first.microUsd.length);
  for (const tally of tallies) {
    sum.documents += tally.documents;
    sum.delayMs += tally.delayMs;
    sum.textWaitMs += tally.textWaitMs;
    sum.onTime += tally.onTime;
    sum.within30s += tally.within30s;
    sum.feasible += tally.feasible;
    sum.onTimeFeasible += tally.onTimeFeasible;
    sum.starts += tally.starts;
    sum.wastedStarts += tally.wastedStarts;
    for (const [pool, time] of tally.pools) addTime(sum, pool, time);
    for (const [list, microUsd] of tally.microUsd.entries()) {
      sum.microUsd[list] = (sum.microUsd[list] ?? 0) + microUsd;
    }
    mergeInto(sum.completion, tally.completion);
  }
  return sum;
}
