/**
 * Draws in few numbers, so that a prediction can be kept until the truth is known: their quantiles
 * at `shares`, in seconds.
 */
export type Summary = readonly number[];

const shares = [0, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95, 1] as const;

/** Sorts the draws in place. */
export function summarise(draws: Float64Array): Summary {
  draws.sort();
  return shares.map((share) => Math.round(quantileOfSorted(draws, share) * 1000) / 1000);
}

/** Straight between two draws; of the draws the first is the quantile 0, the last the quantile 1. */
export function quantileOfSorted(sorted: Float64Array, share: number): number {
  const last = sorted.length - 1;
  const place = Math.min(1, Math.max(0, share)) * last;
  const below = Math.floor(place);
  const low = sorted[below] ?? 0;
  return low + (place - below) * ((sorted[Math.min(last, below + 1)] ?? low) - low);
}

/** The quantile at a share of 0..1. */
export function quantileOf(summary: Summary, share: number): number {
  for (let knot = 1; knot < shares.length; knot += 1) {
    const right = shares[knot] ?? 1;
    if (share > right && knot < shares.length - 1) continue;
    const left = shares[knot - 1] ?? 0;
    const low = summary[knot - 1] ?? 0;
    const part = Math.min(1, Math.max(0, (share - left) / (right - left)));
    return low + part * ((summary[knot] ?? low) - low);
  }
  return summary[0] ?? 0;
}

/** Share of the draws that lie at or below a value (the probability integral transform), 0..1. */
export function shareBelow(summary: Summary, value: number): number {
  if (value < (summary[0] ?? 0)) return 0;
  for (let knot = 1; knot < shares.length; knot += 1) {
    const high = summary[knot] ?? 0;
    if (value >= high) continue;
    const low = summary[knot - 1] ?? 0;
    const left = shares[knot - 1] ?? 0;
    return left + ((value - low) / (high - low)) * ((shares[knot] ?? 1) - left);
  }
  return 1;
}
