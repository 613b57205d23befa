import type { Clock } from "../../lib/clock.ts";
import type { WorkTopic } from "../../lib/wake.ts";

/**
 * By class, a rank below which nothing waits. Behind a snapshot that is held open, rows that were handed
 * out long ago cannot be removed, and every claim would pass them by one by one; a floor skips them. It is
 * a hint: now and then the queue is looked through from its beginning, so that what a floor has hidden (a
 * commit that came late, a claim that was rolled back) is found. Losing a floor costs time, never a row.
 */
export interface RankFloors {
  /** Floors for a claim; none when it is time to look through everything. */
  next(): readonly WorkTopic[];
  /** What a claim saw (rank 0: nothing), and how long it took. */
  note(seen: readonly WorkTopic[], tookMs: number): void;
  /** New work stands there; without topics, anywhere. */
  lower(topics?: readonly WorkTopic[]): void;
}

/** Somebody may have drawn a rank and not committed yet: a floor is raised only this much later. */
const lagMs = 1000;
const lookMsMin = 2000;
const lookMsMax = 60_000;
/** Looking through everything takes at most this share of the time. */
const lookShare = 1 / 50;

interface Floor {
  rank: number;
  next: { rank: number; sinceMs: number };
}

export function createRankFloors(clock: Clock): RankFloors {
  const floors = new Map<number, Floor>();
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let everyMs = lookMsMin;
  let isLooking = false;
  return {
    next() {
      const nowMs = clock.nowMs();
      isLooking = nowMs - lookedAtMs >= everyMs;
      if (!isLooking) return [...floors].map(([classId, { rank }]) => ({ classId, rank }));
      lookedAtMs = nowMs;
      return [];
    },
    note(seen, tookMs) {
      const nowMs = clock.nowMs();
      if (isLooking) everyMs = Math.min(lookMsMax, Math.max(lookMsMin, tookMs / lookShare));
      isLooking = false;
      for (const { classId, rank } of seen) if (rank > 0) raise(floors, classId, rank, nowMs);
    },
    lower(topics) {
      if (topics === undefined) floors.clear();
      for (const { classId, rank } of topics ?? []) {
        const floor = floors.get(classId);
        if (!floor) continue;
        floor.rank = Math.min(floor.rank, rank);
        floor.next.rank = Math.min(floor.next.rank, rank);
      }
    },
  };
}

function raise(floors: Map<number, Floor>, classId: number, rank: number, nowMs: number): void {
  const floor = floors.get(classId);
  const next = { rank, sinceMs: nowMs };
  if (!floor) floors.set(classId, { rank: Number.MIN_SAFE_INTEGER, next });
  else if (nowMs - floor.next.sinceMs >= lagMs) {
    floor.rank = floor.next.rank;
    floor.next = next;
  }
}
