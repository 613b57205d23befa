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

/**
 * Shares go on beyond the draws, so that what lies outside them can be spoken of too: below 0 and above
 * 1 values go on as they went from the middle to the end. Values never fall below 0.
 */
function outside(share: number, first: number, middle: number, last: number): number {
  return share > 1
    ? last + 2 * (share - 1) * (last - middle)
    : Math.max(0, first + 2 * share * (middle - first));
}

/** No share lies further out. */
const shareMin = -1;
const shareMax = 4;

/** Straight between two draws; of the draws the first is the quantile 0, the last the quantile 1. */
export function quantileOfSorted(sorted: Float64Array, share: number): number {
  const last = sorted.length - 1;
  if (share < 0 || share > 1) {
    return outside(share, sorted[0] ?? 0, sorted[last >> 1] ?? 0, sorted[last] ?? 0);
  }
  const place = share * last;
  const below = Math.floor(place);
  const low = sorted[below] ?? 0;
  return low + (place - below) * ((sorted[Math.min(last, below + 1)] ?? low) - low);
}

const middleKnot = shares.indexOf(0.5);
const lastKnot = shares.length - 1;

/** The quantile at a share: of the draws in 0..1, beyond them outside. */
export function quantileOf(summary: Summary, share: number): number {
  const first = summary[0] ?? 0;
  const last = summary[lastKnot] ?? first;
  if (share < 0 || share > 1) return outside(share, first, summary[middleKnot] ?? first, last);
  let knot = 1;
  while (share > (shares[knot] ?? 1)) knot += 1;
  const left = shares[knot - 1] ?? 0;
  const low = summary[knot - 1] ?? 0;
  const part = (share - left) / ((shares[knot] ?? 1) - left);
  return low + part * ((summary[knot] ?? low) - low);
}

/**
 * Share of the draws that lie at or below a value (the probability integral transform): 0..1, or
 * outside that for a value that none of them reached; `shareMin`..`shareMax`.
 */
export function shareBelow(summary: Summary, value: number): number {
  const first = summary[0] ?? 0;
  const last = summary[lastKnot] ?? first;
  const middle = summary[middleKnot] ?? first;
  if (value < first) {
    return middle > first ? Math.max(shareMin, (value - first) / (2 * (middle - first))) : 0;
  }
  if (value >= last) {
    return last > middle ? Math.min(shareMax, 1 + (value - last) / (2 * (last - middle))) : 1;
  }
  let knot = 1;
  while (value >= (summary[knot] ?? last)) knot += 1;
  const low = summary[knot - 1] ?? 0;
  const left = shares[knot - 1] ?? 0;
  return left + ((value - low) / ((summary[knot] ?? 0) - low)) * ((shares[knot] ?? 1) - left);
}
