/** How old what is shown may look: a clock, a warning, a strip above it. */
export type Staleness = "fresh" | "aging" | "old" | "stale";

const seconds = { aging: 5, old: 15, stale: 60 } as const;

export function stalenessOf(ageMs: number): Staleness {
  const age = ageMs / 1000;
  if (age > seconds.stale) return "stale";
  if (age > seconds.old) return "old";
  return age > seconds.aging ? "aging" : "fresh";
}

/** Between two tries of what could not be loaded. */
export const retryMs = 5000;

/** Seconds until the next try, counted down; 0 once it is due. */
export const retryInSeconds = (failedAtMs: number, nowMs: number): number =>
  Math.max(0, Math.ceil((failedAtMs + retryMs - nowMs) / 1000));

/** "Still loading, 6 s" once it takes longer than people expect; null before. */
export const loadingWords = (sinceMs: number, nowMs: number): string | null => {
  const age = Math.floor((nowMs - sinceMs) / 1000);
  return age < 5 ? null : `Still loading, ${age} s`;
};
