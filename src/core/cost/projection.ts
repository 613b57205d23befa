/** What a month will have cost at its end, in millionths of a dollar. */
export interface Projection {
  readonly lowMicroUsd: number;
  readonly midMicroUsd: number;
  readonly highMicroUsd: number;
  /** Whole days it rests on. */
  readonly n: number;
}

/** Of fewer whole days nothing is said. */
export const projectionDaysMin = 7;
/** Older days say little about the next ones. */
export const projectionDaysMax = 28;

/** The standard normal quantile at 0.9: four in five lie between the two ends. */
const z80 = 1.2815515655446004;

/**
 * What is spent, and the mean of the last whole days for each day that is left. The range is the 80 %
 * prediction interval of a sum of `r` further days by `n` known ones, with days taken as independent:
 * `r m ± z s sqrt(r + r² / n)`. (Source: the prediction interval of a normal sample, as in any textbook,
 * for a sum instead of one value.) It never lies below what is spent. null: too few days.
 * @param spentMicroUsd of the month so far
 * @param dailyMicroUsd of the whole days before this one, newest last
 * @param daysLeft of the month, the rest of today among them
 */
export function projectMonth(
  spentMicroUsd: number,
  dailyMicroUsd: readonly number[],
  daysLeft: number,
): Projection | null {
  const days = dailyMicroUsd.slice(-projectionDaysMax);
  const n = days.length;
  if (n < projectionDaysMin) return null;
  const mean = days.reduce((sum, one) => sum + one, 0) / n;
  const variance = days.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (n - 1);
  const left = Math.max(0, daysLeft);
  const half = z80 * Math.sqrt(variance * (left + left ** 2 / n));
  const at = (more: number): number => spentMicroUsd + Math.round(Math.max(0, more));
  const middle = mean * left;
  return {
    lowMicroUsd: at(middle - half),
    midMicroUsd: at(middle),
    highMicroUsd: at(middle + half),
    n,
  };
}
