/** A stretch of time, `untilMs` after or at `fromMs`. */
export interface Interval {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Their union as stretches that neither touch nor overlap, in order of time. Empty ones count for nothing. */
export function unionOf(intervals: readonly Interval[]): Interval[] {
  const union: { fromMs: number; untilMs: number }[] = [];
  for (const { fromMs, untilMs } of intervals.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = union.at(-1);
    if (untilMs <= fromMs) continue;
    if (last !== undefined && fromMs <= last.untilMs)
      last.untilMs = Math.max(last.untilMs, untilMs);
    else union.push({ fromMs, untilMs });
  }
  return union;
}

/** For each level l from 1: when at least l of these run at once. Level l is in place l - 1. */
export function levelsOf(intervals: readonly Interval[]): Interval[][] {
  const changes = intervals
    .filter(({ fromMs, untilMs }) => untilMs > fromMs)
    .flatMap(({ fromMs, untilMs }) => [
      { atMs: fromMs, by: 1 },
      { atMs: untilMs, by: -1 },
    ])
    // An end and a beginning at one moment: the level does not fall between.
    .sort((a, b) => a.atMs - b.atMs || b.by - a.by);
  const levels: Interval[][] = [];
  const since: number[] = [];
  let running = 0;
  for (const { atMs, by } of changes) {
    if (by > 0) {
      since[running] = atMs;
      running += 1;
      continue;
    }
    running -= 1;
    const level = levels[running] ?? [];
    levels[running] = level;
    level.push({ fromMs: since[running] ?? atMs, untilMs: atMs });
  }
  return levels.map((level) => unionOf(level));
}

export const overlapMs = (a: Interval, b: Interval): number =>
  Math.max(0, Math.min(a.untilMs, b.untilMs) - Math.max(a.fromMs, b.fromMs));
