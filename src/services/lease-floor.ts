import type { Clock } from "../lib/clock.ts";

/**
 * An id below which no lease lives. Behind a snapshot that is held open, leases that ended long ago cannot
 * be removed, and whoever looks through all of them would pass them by one by one. It is a hint: now and
 * then everything is looked through, so that a lease that was committed late is found.
 */
export interface LeaseFloor {
  /** 0: look through everything. */
  next(): number;
  /** The lowest lease found at or above what `next` said; null: there was none. */
  note(lowest: number | null): void;
}

/** Somebody may have drawn an id and not committed yet: the floor is raised only this much later. */
export const lagMs = 2000;
export const lookMs = 60_000;

export function createLeaseFloor(clock: Clock): LeaseFloor {
  let floor = 0;
  let coming: { id: number; sinceMs: number } | null = null;
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  return {
    next() {
      const nowMs = clock.nowMs();
      if (nowMs - lookedAtMs < lookMs) return floor;
      lookedAtMs = nowMs;
      coming = null;
      return 0;
    },
    note(lowest) {
      if (lowest === null) return;
      const nowMs = clock.nowMs();
      coming ??= { id: lowest, sinceMs: nowMs };
      if (nowMs - coming.sinceMs < lagMs) return;
      floor = coming.id;
      coming = { id: lowest, sinceMs: nowMs };
    },
  };
}
