/** Quantiles of a stream in a fixed memory. Counts are kept by bins whose width grows with the value. */
export interface Sketch {
  /** One counter a bin. */
  readonly counts: Float64Array;
  total: number;
}

/**
 * A quantile told by a sketch is within this share of a value that was really there (Masson, Rim, Lee:
 * DDSketch, VLDB 2019), for values from 1 to `largest`; smaller ones count as 1, larger ones as the largest.
 */
export const relativeError = 0.01;

const growth = (1 + relativeError) / (1 - relativeError);
const lnGrowth = Math.log(growth);
/** Thirty years in milliseconds. */
const largest = 1e12;
const bins = Math.ceil(Math.log(largest) / lnGrowth) + 1;

export const emptySketch = (): Sketch => ({ counts: new Float64Array(bins), total: 0 });

/** Throws RangeError for what is not a number of 0 or more. */
export function addTo(sketch: Sketch, value: number): void {
  if (!(value >= 0)) throw new RangeError(`a sketch holds numbers from 0 on, not ${value}`);
  const bin = value <= 1 ? 0 : Math.min(bins - 1, Math.ceil(Math.log(value) / lnGrowth));
  sketch.counts[bin] = (sketch.counts[bin] ?? 0) + 1;
  sketch.total += 1;
}

export function mergeInto(sum: Sketch, { counts, total }: Sketch): void {
  for (let bin = 0; bin < bins; bin += 1) {
    sum.counts[bin] = (sum.counts[bin] ?? 0) + (counts[bin] ?? 0);
  }
  sum.total += total;
}

/** The value of rank ceil(share x n), the nearest-rank quantile; null of nothing. `share` in 0..1. */
export function quantile({ counts, total }: Sketch, share: number): number | null {
  if (total === 0) return null;
  const rank = Math.max(1, Math.ceil(share * total));
  let below = 0;
  for (let bin = 0; bin < bins; bin += 1) {
    below += counts[bin] ?? 0;
    if (below >= rank) return bin === 0 ? 1 : (2 * growth ** bin) / (growth + 1);
  }
  return largest;
}
