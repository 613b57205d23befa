/** A quantile with the interval of 95 % that holds it; null ends: too few values for one. */
export interface Quantile {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number;
}

const z95 = 1.959963984540054;

/**
 * Nearest-rank quantile, and its interval from the order of the values alone: ranks
 * `n q - z sqrt(n q (1 - q))` and `n q + z sqrt(n q (1 - q)) + 1`, whatever the values' distribution.
 * Source: Conover, Practical Nonparametric Statistics, 3rd edition, section 3.2 (normal approximation
 * of the binomial). Where a rank lies outside of the values there is no interval. null: no value.
 */
export function quantileOf(values: readonly number[], q: number): Quantile | null {
  const sorted = values.toSorted((a, b) => a - b);
  const n = sorted.length;
  const value = sorted[Math.max(0, Math.ceil(q * n) - 1)];
  if (value === undefined) return null;
  const half = z95 * Math.sqrt(n * q * (1 - q));
  const low = sorted[Math.floor(n * q - half) - 1];
  const high = sorted[Math.ceil(n * q + half)];
  return low === undefined || high === undefined
    ? { value, low: null, high: null, n }
    : { value, low, high, n };
}
