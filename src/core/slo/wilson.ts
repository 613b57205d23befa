/** A share with the interval that holds it: `low` and `high` in 0..1. */
export interface Share {
  readonly hits: number;
  readonly of: number;
  /** `hits / of`; null for none. */
  readonly share: number | null;
  readonly low: number;
  readonly high: number;
}

/** The standard normal quantile at 0.975. */
const z95 = 1.959963984540054;

/** The Wilson score interval of a share (Wilson, JASA 22, 1927); of none it is everything. `z` is 95 % two-sided by default. */
export function wilson(hits: number, of: number, z = z95): Share {
  if (of === 0) return { hits, of, share: null, low: 0, high: 1 };
  const share = hits / of;
  const square = z * z;
  const middle = (share + square / (2 * of)) / (1 + square / of);
  const half =
    (z / (1 + square / of)) * Math.sqrt((share * (1 - share)) / of + square / (4 * of * of));
  return {
    hits,
    of,
    share,
    low: hits === 0 ? 0 : Math.max(0, middle - half),
    high: hits === of ? 1 : Math.min(1, middle + half),
  };
}
