/** How long a task of this kind took lately: seconds a page for work done slide by slide, else seconds. */
export interface Duration {
  readonly p50Seconds: number;
  readonly p90Seconds: number;
  /** Measurements. */
  readonly n: number;
  /** Besides them: how often it did not apply, which takes no time. */
  readonly skipped?: number;
}

/**
 * What runs of a task say of the next one: how long those took that applied. Where hardly any did, the next one most
 * likely does not either, and takes no time. Null: there was none.
 * @param seconds of those that applied, unsorted
 * @param skipped how many did not
 */
export function durationOf(seconds: readonly number[], skipped: number): Duration | null {
  if (seconds.length < samplesMin && skipped > seconds.length) {
    return { p50Seconds: 0, p90Seconds: 0, n: skipped };
  }
  const [p50Seconds, p90Seconds] = [percentile(seconds, 0.5), percentile(seconds, 0.9)];
  if (p50Seconds === null || p90Seconds === null) return null;
  return { p50Seconds, p90Seconds, n: seconds.length, ...(skipped === 0 ? {} : { skipped }) };
}

export interface RemainingTask {
  /** Indexes of the tasks it waits for. */
  readonly after: readonly number[];
  readonly finished: boolean;
  /** 0..1 of it that is done already. */
  readonly fraction: number;
  /** null: never seen enough of them. */
  readonly duration: Duration | null;
}

export interface Estimate {
  readonly p50Seconds: number;
  readonly p90Seconds: number;
  /** The fewest samples any remaining task rests on. */
  readonly n: number;
}

/** Below this many samples nothing is said. */
export const samplesMin = 3;

/**
 * Time left along the longest path of unfinished tasks; null when a remaining task is unknown. Adding
 * up 90th percentiles overstates the 90th percentile of the sum: an honest upper end, not a promise.
 */
export function estimateRemaining(tasks: readonly RemainingTask[]): Estimate | null {
  const open = tasks.filter((task) => !task.finished);
  if (open.length === 0 || open.some((task) => (task.duration?.n ?? 0) < samplesMin)) return null;
  const longest = (of: (duration: Duration) => number): number => {
    const known = new Map<number, number>();
    const endOf = (index: number): number => {
      const before = known.get(index);
      if (before !== undefined) return before;
      const task = tasks[index];
      if (!task || task.finished || !task.duration) return 0;
      const start = Math.max(0, ...task.after.map(endOf));
      const end = start + of(task.duration) * (1 - task.fraction);
      known.set(index, end);
      return end;
    };
    return Math.max(...tasks.map((_, index) => endOf(index)));
  };
  return {
    p50Seconds: longest((duration) => duration.p50Seconds),
    p90Seconds: longest((duration) => duration.p90Seconds),
    n: samplesOf(tasks),
  };
}

/** The fewest durations known of any unfinished task: with less than three there is no estimate. */
export function samplesOf(tasks: readonly RemainingTask[]): number {
  const open = tasks.filter((task) => !task.finished);
  return open.length === 0 ? 0 : Math.min(...open.map((task) => task.duration?.n ?? 0));
}

/** The rest after a wait, whose end must be known as well. `null` for no wait leaves it as it is. */
export function afterWait(
  estimate: Estimate | null,
  waiting: { readonly untilSeconds: number | null } | null,
): Estimate | null {
  if (estimate === null || waiting === null) return estimate;
  const { untilSeconds } = waiting;
  if (untilSeconds === null) return null;
  return {
    p50Seconds: estimate.p50Seconds + untilSeconds,
    p90Seconds: estimate.p90Seconds + untilSeconds,
    n: estimate.n,
  };
}

/** Nearest-rank percentile of unsorted samples; null for none. `share` in 0..1. */
export function percentile(samples: readonly number[], share: number): number | null {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}
