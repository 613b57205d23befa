import { type Interval, overlapMs, unionOf } from "./intervals.ts";
import { cheapestStartMs, type Machines } from "./machines.ts";
import type { UnhinderedRun } from "./unhindered.ts";

/** A start that comes so long after its need is paid by the waiting alone. */
const latestAfterNeedMs = 600_000;

/**
 * A cost that no policy stays below: J = money + `waitPrice` x (sum of completion minus longest path), in the
 * currency of the machines, `waitPrice` for a millisecond of one document.
 *
 * Notation: for each pool, c its price, m its slots, W its work; Z the union, over the documents, of the
 * stretch from the first to the last task without slack in the undisturbed schedule; g the gaps of Z, the
 * one before the first included (endless); C the cheapest start that can end a gap; s what tasks WITH slack can
 * fill of a gap without delaying their document. D is the sum of all delays.
 *
 * 1. Money of a pool >= c (max(W/m + sum min((g - s)+, C), |Z| + sum min(g, C)) - D). Over a gap the pool
 *    either has a replica on throughout, which is idle except for slack work and for work that is late by
 *    at least that long, or it is off at some moment and has to pay a start, which can only be spared by
 *    making the documents after it wait for at least as long.
 * 2. Money of a pool >= c W/m, whatever waits.
 * Hence J >= min over D of max(1, 2) + waitPrice x D: all of 1 while waitPrice >= sum of c over the pools.
 *
 * A simpler form, work + sum min((g - s)+, C) with the bare union of critical tasks and waitPrice at least the
 * sum of c, was compared with the exact optimum on thousands of small instances, and broke:
 * - below waitPrice = sum of c: there the gap terms count with the factor waitPrice / sum c;
 * - with several slots a replica: it is W/m, beside the union Z;
 * - where a path leaves a pool and comes back to it (vision, text, vision), even at a high waitPrice: one
 *   delay then moves two stretches. Gaps are those of whole stretches from first to last task.
 * The corrected form did not break in any. Two more precautions are for cold starts that differ from start to start:
 * a start that is early may work off slack meanwhile, which then is not sure to be paid; and starts up
 * to ten minutes after the need are looked at, since later ones are paid by the waiting.
 */
export function lowerBound(
  runs: readonly UnhinderedRun[],
  machines: Machines,
  waitPrice: number,
): number {
  let surely = 0;
  let withGaps = 0;
  let prices = 0;
  for (const pool of machines.pools) {
    const price = machines.costPerMs[pool] ?? 0;
    const { workMs, boundMs } = poolBound(runs, machines, pool);
    surely += price * workMs;
    withGaps += price * boundMs;
    if (workMs > 0) prices += price;
  }
  return prices === 0 ? 0 : surely + Math.min(1, waitPrice / prices) * (withGaps - surely);
}

interface Slack extends Interval {
  readonly workMs: number;
}

function poolBound(runs: readonly UnhinderedRun[], machines: Machines, pool: string) {
  const stretches: Interval[] = [];
  const bound: Interval[] = [];
  const slack: Slack[] = [];
  let workMs = 0;
  for (const { tasks } of runs) {
    let fromMs = Number.POSITIVE_INFINITY;
    let untilMs = Number.NEGATIVE_INFINITY;
    for (const task of tasks) {
      if (task.pool !== pool || task.untilMs <= task.fromMs) continue;
      const ownMs = task.untilMs - task.fromMs;
      workMs += ownMs / (machines.slots[pool] ?? 1);
      if (task.latestMs > task.untilMs) {
        slack.push({ fromMs: task.fromMs, untilMs: task.latestMs, workMs: ownMs });
        continue;
      }
      bound.push(task);
      fromMs = Math.min(fromMs, task.fromMs);
      untilMs = Math.max(untilMs, task.untilMs);
    }
    if (untilMs > fromMs) stretches.push({ fromMs, untilMs });
  }
  const blocks = unionOf(stretches);
  const byStart = slack.sort((a, b) => a.fromMs - b.fromMs);
  const { spareful, plain } = gapBounds(blocks, byStart, machines, pool);
  const coveredMs = unionOf(bound).reduce((sum, { fromMs, untilMs }) => sum + untilMs - fromMs, 0);
  const boundMs = Math.max(workMs, workMs + spareful, coveredMs + plain);
  return { workMs, boundMs };
}

/** What the gaps before each block cost at least, in milliseconds of a replica, with and without spare work in them. */
function gapBounds(
  blocks: readonly Interval[],
  slack: readonly Slack[],
  machines: Machines,
  pool: string,
): { spareful: number; plain: number } {
  let spareful = 0;
  let plain = 0;
  let freeSinceMs = Number.NEGATIVE_INFINITY;
  let open = 0;
  const longestMs = slack.reduce(
    (most, { fromMs, untilMs }) => Math.max(most, untilMs - fromMs),
    0,
  );
  for (const { fromMs, untilMs } of blocks) {
    const gap = { fromMs: freeSinceMs, untilMs: fromMs };
    const gapMs = fromMs - freeSinceMs;
    while ((slack[open]?.fromMs ?? Number.POSITIVE_INFINITY) + longestMs <= freeSinceMs) open += 1;
    const spareMs = spareIn(gap, slack, open);
    const latestMs = untilMs + latestAfterNeedMs;
    const startMs = cheapestStartMs(machines, pool, fromMs, { spareMs, latestMs });
    spareful += Math.min(Math.max(0, gapMs - spareMs), startMs);
    plain += Math.min(gapMs, startMs);
    freeSinceMs = untilMs;
  }
  return { spareful, plain };
}

/** How much work with slack can lie in a gap. */
function spareIn(gap: Interval, slack: readonly Slack[], first: number): number {
  let spareMs = 0;
  for (let at = first; at < slack.length; at += 1) {
    const one = slack[at];
    if (one === undefined || one.fromMs >= gap.untilMs) break;
    spareMs += Math.min(one.workMs, overlapMs(one, gap));
  }
  return spareMs;
}
