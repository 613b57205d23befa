/** One handoff. Instants are milliseconds of one clock. */
export interface Handoff {
  /** All that text work stands on was done. */
  readonly neededMs: number;
  /** It began, in the container that took it. */
  readonly startedMs: number;
  /** That container could work since then. */
  readonly readyMs: number;
  /** It works on so many tasks at once. */
  readonly slots: number;
}

export interface HandoffSplit {
  /** Its container was not ready yet. */
  readonly coldStartMs: number;
  /** Its container was ready and full. */
  readonly queueMs: number;
  /** A slot was free: asking, claiming, fetching. */
  readonly claimMs: number;
}

interface Work {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** What a handoff waited for; the parts add up to its whole wait. `others`: all else its container worked on. */
export function splitHandoff(handoff: Handoff, others: readonly Work[]): HandoffSplit {
  const { neededMs, startedMs, slots } = handoff;
  const waitMs = Math.max(0, startedMs - neededMs);
  const coldStartMs = Math.min(waitMs, Math.max(0, handoff.readyMs - neededMs));
  const queueMs = fullMs(others, slots, { fromMs: neededMs + coldStartMs, untilMs: startedMs });
  return { coldStartMs, queueMs, claimMs: waitMs - coldStartMs - queueMs };
}

/** How much of a span at least `slots` of the works go on at once. */
function fullMs(works: readonly Work[], slots: number, span: Work): number {
  const edges = works
    .map(({ fromMs, untilMs }) => ({
      fromMs: Math.max(fromMs, span.fromMs),
      untilMs: Math.min(untilMs, span.untilMs),
    }))
    .filter(({ fromMs, untilMs }) => untilMs > fromMs)
    .flatMap(({ fromMs, untilMs }) => [
      { atMs: fromMs, by: 1 },
      { atMs: untilMs, by: -1 },
    ])
    .sort((a, b) => a.atMs - b.atMs);
  let [held, atMs, full] = [0, span.fromMs, 0];
  for (const edge of edges) {
    if (held >= slots) full += edge.atMs - atMs;
    atMs = edge.atMs;
    held += edge.by;
  }
  return full;
}

/** Upper ends of the histogram's bars, in seconds. */
const bucketSeconds = [1, 2, 5, 10, 20, 30, 60, 120, 300] as const;

export interface Bucket {
  readonly fromSeconds: number;
  /** null: no end. */
  readonly toSeconds: number | null;
  readonly n: number;
}

export function histogram(seconds: readonly number[]): Bucket[] {
  const ends = [...bucketSeconds, null];
  return ends.map((toSeconds, index) => {
    const fromSeconds = ends[index - 1] ?? 0;
    const inside = (one: number): boolean =>
      (index === 0 || one > fromSeconds) && (toSeconds === null || one <= toSeconds);
    return { fromSeconds, toSeconds, n: seconds.filter(inside).length };
  });
}
