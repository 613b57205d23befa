import { dollars, type HourlyPrice } from "../cost/money.ts";
import { type Duration, type Estimate, estimateRemaining, type RemainingTask } from "./estimate.ts";

export interface PlannedTask {
  readonly pool: string;
  /** Indexes of the tasks it waits for. */
  readonly after: readonly number[];
  /** Of the whole task for this document; null: never seen one. */
  readonly duration: Duration | null;
}

/** What is known of the containers that would do the work. */
export interface PoolFacts {
  readonly pool: string;
  readonly state: "warm" | "starting" | "cold" | "paused";
  /** From request to ready, of its last starts; null: none. */
  readonly start: Duration | null;
  /** How long the one that starts has been at it. */
  readonly sinceSeconds: number;
  /** Of its newest replica; undefined: there never was one. */
  readonly price: HourlyPrice | undefined;
}

export interface PlanFacts {
  readonly pages: number | null;
  readonly tasks: readonly PlannedTask[];
  readonly pools: readonly PoolFacts[];
  /** Whether the policy starts a container before the work for it is ready. */
  readonly prewarms: boolean;
  readonly ahead: number;
}

export interface Plan {
  readonly time: Estimate | null;
  readonly work: Estimate | null;
  readonly cost: { readonly microUsd: number; readonly n: number } | null;
  readonly pools: readonly {
    readonly pool: string;
    readonly state: PoolFacts["state"];
    readonly start: Duration | null;
    readonly sentence: string;
  }[];
  readonly sentence: string;
}

const samplesMin = 3;

/**
 * What a document will take: the longest way through its tasks and the starts of containers they need.
 * A pool that is started early does so from the beginning, otherwise with its first task. What is not
 * known from three cases is not said.
 */
export function planOf(facts: PlanFacts): Plan {
  const { pages, tasks, ahead } = facts;
  const pools = facts.pools.map((pool, index) => ({
    pool: pool.pool,
    state: pool.state,
    start: (pool.start?.n ?? 0) < samplesMin ? null : pool.start,
    sentence: poolSentence(pool, index === 0, facts.prewarms),
  }));
  const known = pages === null ? [] : tasks;
  const work = estimateRemaining(known.map(remaining));
  const time = estimateRemaining(pages === null ? [] : withStarts(facts));
  const cost = pages === null ? null : costOf(facts);
  const words = [
    pages === null ? "slides not counted yet" : `${pages} ${pages === 1 ? "slide" : "slides"}`,
    timeWords(time, work),
    cost === null ? "no cost estimate yet" : `about ${dollars(cost.microUsd)}`,
    pools.map(({ sentence }) => sentence).join(", "),
    ahead === 0 ? "" : `${ahead === 1 ? "1 deck is" : `${ahead} decks are`} ahead of it`,
  ];
  return { time, work, cost, pools, sentence: words.filter((part) => part !== "").join(" - ") };
}

const remaining = ({ after, duration }: PlannedTask): RemainingTask => ({
  after,
  duration,
  finished: false,
  fraction: 0,
});

/** The tasks, and before those of a pool that is not warm its start as one more. */
function withStarts({ tasks, pools, prewarms }: PlanFacts): RemainingTask[] {
  const starting = pools.filter(({ state }) => state !== "warm");
  const startOf = (pool: string): number | undefined => {
    const index = starting.findIndex((one) => one.pool === pool);
    return index < 0 ? undefined : tasks.length + index;
  };
  const work = tasks.map((task) => {
    const start = startOf(task.pool);
    return remaining({ ...task, after: start === undefined ? task.after : [...task.after, start] });
  });
  const starts = starting.map(({ pool, state, start, sinceSeconds }): RemainingTask => {
    const first = tasks.find((task) => task.pool === pool)?.after ?? [];
    const duration = state === "paused" ? null : start;
    const left = (seconds: number): number =>
      Math.max(0, seconds - (state === "starting" ? sinceSeconds : 0));
    return {
      after: prewarms || state === "starting" ? [] : first,
      finished: false,
      fraction: 0,
      duration: duration && {
        p50Seconds: left(duration.p50Seconds),
        p90Seconds: left(duration.p90Seconds),
        n: duration.n,
      },
    };
  });
  return [...work, ...starts];
}

/** Seconds a container of each pool is busy with it, at its price. Starts and idle time are not in it. */
function costOf({ tasks, pools }: PlanFacts): Plan["cost"] {
  let microUsd = 0;
  let n = Number.POSITIVE_INFINITY;
  for (const { pool, price } of pools) {
    const busy = estimateRemaining(
      tasks.map((task) => ({ ...remaining(task), finished: task.pool !== pool })),
    );
    if (busy === null || price === undefined || price === "unpriced") return null;
    microUsd += Math.round((busy.p50Seconds * (price ?? 0)) / 3600);
    n = Math.min(n, busy.n);
  }
  return Number.isFinite(n) ? { microUsd, n } : null;
}

function poolSentence({ pool, state }: PoolFacts, isFirst: boolean, prewarms: boolean): string {
  switch (state) {
    case "warm":
      return `${pool} is warm`;
    case "starting":
      return `${pool} is starting`;
    case "paused":
      return `${pool} is paused`;
    case "cold":
      if (isFirst) return `${pool} will be started`;
      return prewarms ? `${pool} will be pre-warmed` : `${pool} starts when it is needed`;
  }
}

function timeWords(time: Estimate | null, work: Estimate | null): string {
  if (time !== null) return `about ${durationWords(time.p50Seconds)}`;
  if (work === null) return "no time estimate yet";
  return `about ${durationWords(work.p50Seconds)} of work, no estimate for the start yet`;
}

/** To five seconds up to ten minutes, then to minutes: an estimate to the second pretends too much. */
export function durationWords(seconds: number): string {
  if (seconds < 10) return `${Math.max(1, Math.round(seconds))} s`;
  const whole = seconds < 600 ? Math.round(seconds / 5) * 5 : Math.round(seconds / 60) * 60;
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes >= 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${whole % 60} s`;
}
