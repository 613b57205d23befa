/** Sorted values with their prefix sums: the mean of `min(G, t)` then costs one binary search. */
export interface Sorted {
  readonly values: Float64Array;
  /** `sums[i]`: the sum of the first `i` values. */
  readonly sums: Float64Array;
}

export function sorted(all: readonly number[]): Sorted {
  const values = Float64Array.from(all).sort();
  const sums = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i += 1) sums[i + 1] = at(sums, i) + at(values, i);
  return { values, sums };
}

export const at = (values: Float64Array, index: number): number => values[index] ?? 0;

/** How many values are at most `limit`. */
export function countUpTo(values: Float64Array, limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (at(values, middle) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The mean of `min(G, limit)`; 0 of nothing. */
export function meanUpTo({ values, sums }: Sorted, limit: number): number {
  if (values.length === 0) return 0;
  const within = countUpTo(values, limit);
  return (at(sums, within) + (values.length - within) * limit) / values.length;
}

/** Share of the values above `limit`; 0 of nothing. */
export const shareAbove = ({ values }: Sorted, limit: number): number =>
  values.length === 0 ? 0 : 1 - countUpTo(values, limit) / values.length;

/** The empirical quantile at `share`, 0..1. */
export const quantileOf = (values: Float64Array, share: number): number =>
  at(values, Math.min(values.length - 1, Math.max(0, Math.ceil(share * values.length) - 1)));
