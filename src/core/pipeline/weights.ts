/** Fewer measurements of any task than these are few samples: the pack's own weights stay. */
export const weightSamplesMin = 20;

/** No stretch of a bar is thinner than this share of it: a task that nobody sees tells nothing. */
const shareMin = 0.02;

/** Of what takes as long as it has pages: those, at least 1; of a task that reads all at once: 1. */
export const unitsOf = (pool: string, pages: number): number =>
  pool === "vision" ? Math.max(1, pages) : 1;

/**
 * Weights of a bar by expected seconds, 100 in all, one a task. `unitSeconds`: of each task, for one of its
 * units. Null where there is nothing to weigh by.
 */
export function learnedWeights(
  pools: readonly string[],
  unitSeconds: readonly number[],
  pages: number,
): number[] | null {
  if (unitSeconds.length !== pools.length) return null;
  const seconds = pools.map((pool, index) => (unitSeconds[index] ?? 0) * unitsOf(pool, pages));
  const sum = seconds.reduce((all, one) => all + one, 0);
  if (!(sum > 0) || !Number.isFinite(sum)) return null;
  const least = Math.min(shareMin, 1 / (2 * pools.length));
  return seconds.map((one) => 100 * (least + (1 - least * pools.length) * (one / sum)));
}

/** Whether learned seconds have moved so far that new bars should follow: a fifth, of any task. */
export const haveMoved = (before: readonly number[], now: readonly number[]): boolean =>
  before.length !== now.length ||
  before.some((was, index) => Math.abs((now[index] ?? 0) - was) > 0.2 * Math.max(was, 0.1));
