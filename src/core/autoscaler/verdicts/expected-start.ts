/** A start that became ready. Instants are milliseconds of one clock. */
export interface MeasuredStart {
  readonly requestedMs: number;
  readonly tookMs: number;
}

const nearestCounted = 5;

/**
 * What a start at a moment would have taken: the median of the five measured ones nearest to it in
 * time, since images, regions and providers change over days. Null: none was ever measured.
 * @param starts in the order of their requests
 */
export function expectedStartMs(starts: readonly MeasuredStart[], atMs: number): number | null {
  let low = firstFrom(starts, atMs);
  let high = low;
  const distanceMs = (start: MeasuredStart | undefined): number =>
    start === undefined ? Number.POSITIVE_INFINITY : Math.abs(start.requestedMs - atMs);
  while (high - low < Math.min(nearestCounted, starts.length)) {
    if (distanceMs(starts[low - 1]) <= distanceMs(starts[high])) low -= 1;
    else high += 1;
  }
  const times = starts.slice(low, high).map(({ tookMs }) => tookMs);
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? null;
}

/** Index of the first one requested at or after a moment; the length if there is none. */
function firstFrom(starts: readonly MeasuredStart[], atMs: number): number {
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((starts[middle]?.requestedMs ?? 0) < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
