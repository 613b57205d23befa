/** Uploads that are remembered to tell whether a burst is on. */
export const recentUploads = 16;
/** As far back as a burst is looked for. */
const windowMs = 300_000;
/** So many uploads to come are enough to see whether another replica pays. */
const forecastMax = 24;

/**
 * When the next uploads are to be expected if they go on as in the last five minutes, in milliseconds from
 * now and as far as `withinMs`. The last upload is what made somebody look, so it does not count.
 */
export function expectedUploadsMs(
  recentMs: readonly number[],
  nowMs: number,
  withinMs: number,
): number[] {
  let first = recentMs.length;
  while (first > 0 && nowMs - (recentMs[first - 1] ?? 0) < windowMs) first -= 1;
  const seen = recentMs.length - first - 1;
  if (seen < 1) return [];
  const isFull = first === 0 && recentMs.length === recentUploads;
  const spanMs = isFull ? Math.max(1, nowMs - (recentMs[0] ?? 0)) : windowMs;
  const everyMs = spanMs / seen;
  const many = Math.min(forecastMax, Math.floor(withinMs / everyMs));
  return Array.from({ length: many }, (_, i) => (i + 1) * everyMs);
}
