import { type Interval, levelsOf } from "./intervals.ts";
import type { Machines } from "./machines.ts";
import type { UnhinderedRun } from "./unhindered.ts";

export interface ZeroWait {
  /** What it costs when nothing ever waits, in the currency of the machines. */
  readonly cost: number;
  /** The most replicas of each pool that ran at once. Above a pool's maximum it cannot be had. */
  readonly replicas: Readonly<Record<string, number>>;
}

/**
 * What it costs to let every task run at once, with the future known: by levels (Lu and Chen, "Simple and
 * effective dynamic provisioning for power-proportional data centers", arXiv 1112.0442). Level l is the l-th
 * replica, needed while at least l run; over each of its gaps it either stays on or is stopped and
 * started again so as to be ready in time, whichever costs less. Its first need always pays a start, and
 * nothing is paid after its last. With one slot a replica this is achieved wherever the maximum
 * does not bind; with more slots it is a lower bound of all schedules without waiting, since
 * tasks may lie so that more replicas are needed than their number says.
 */
export function zeroWait(runs: readonly UnhinderedRun[], machines: Machines): ZeroWait {
  const replicas: Record<string, number> = {};
  let cost = 0;
  for (const pool of machines.pools) {
    const slots = machines.slots[pool] ?? 1;
    const tasks = runs.flatMap((run) => run.tasks.filter((task) => task.pool === pool));
    const levels = levelsOf(tasks).filter((_, level) => level % slots === 0);
    replicas[pool] = levels.length;
    let paidMs = 0;
    for (const level of levels) paidMs += levelMs(level, pool, machines);
    cost += paidMs * (machines.costPerMs[pool] ?? 0);
  }
  return { cost, replicas };
}

function levelMs(level: readonly Interval[], pool: string, machines: Machines): number {
  let paidMs = 0;
  let freeSinceMs = Number.NEGATIVE_INFINITY;
  for (const { fromMs, untilMs } of level) {
    const gapMs = fromMs - freeSinceMs;
    paidMs += untilMs - fromMs + Math.min(gapMs, startMs(machines, pool, fromMs, gapMs));
    freeSinceMs = untilMs;
  }
  return paidMs;
}

/** The least that is paid for a start which is ready at `neededMs`, begun within the gap before it. */
function startMs(machines: Machines, pool: string, neededMs: number, gapMs: number): number {
  const { gridMs } = machines;
  if (gridMs === Number.POSITIVE_INFINITY) return machines.coldMs(pool, neededMs);
  let best = Number.POSITIVE_INFINITY;
  for (let slot = Math.floor(neededMs / gridMs); ; slot -= 1) {
    const endMs = Math.min(neededMs, (slot + 1) * gridMs);
    if (neededMs - endMs >= Math.min(best, gapMs, startLongestMs)) return best;
    // Within a piece the cold start is the same: the latest begin that is in time is the cheapest.
    const coldMs = machines.coldMs(pool, slot * gridMs);
    const beginMs = Math.min(endMs, neededMs - coldMs);
    if (beginMs >= slot * gridMs) best = Math.min(best, neededMs - beginMs);
  }
}

/** No start is looked for further ahead of its need than a day. */
const startLongestMs = 86_400_000;
