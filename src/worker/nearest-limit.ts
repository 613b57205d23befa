/** A limit that only ever comes nearer: the soonest one given is the one that counts. */
export interface NearestLimit {
  bring(ms: number): void;
  /** Nothing is called any more. */
  clear(): void;
}

/** A timer of Node that is longer fires at once. */
const timerMsMax = 2 ** 31 - 1;

/** @param reached called when the soonest limit is over; may be called again by a later one */
export function nearestLimit(reached: () => void): NearestLimit {
  const timers = new Set<NodeJS.Timeout>();
  let cleared = false;
  return {
    bring(ms) {
      if (!cleared) timers.add(setTimeout(reached, Math.min(timerMsMax, Math.max(0, ms))));
    },
    clear() {
      cleared = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
