import type { PoolQuestion } from "../../decision.ts";
import { isStarting, type ReplicaObservation } from "../../observation.ts";

/** The replicas of a pool, sorted by what can be expected of them. */
export interface Supply {
  /** Ready ones of our own. */
  readonly ready: readonly ReplicaObservation[];
  /** When each start on its way was asked for, the stuck ones left out. */
  readonly requestedMs: readonly number[];
  /** Starts that take longer than 99 of 100 do. */
  readonly stuck: number;
  /** All that work or will: fixed ones too, stuck ones not. */
  readonly usable: number;
}

export function supplyOf(
  { staying, coming, fixed }: PoolQuestion,
  stuckAfterMs: number,
  nowMs: number,
): Supply {
  const ready: ReplicaObservation[] = [];
  const requestedMs: number[] = [];
  let stuck = 0;
  for (const replica of staying) {
    const atMs = replica.requestedAtMs ?? replica.sinceMs;
    if (!isStarting(replica)) ready.push(replica);
    else if (nowMs - atMs > stuckAfterMs) stuck += 1;
    else requestedMs.push(atMs);
  }
  for (const { atMs } of coming) requestedMs.push(atMs);
  return { ready, requestedMs, stuck, usable: ready.length + requestedMs.length + fixed };
}

/** How many replicas' slots the tasks that run or wait would fill. */
export const levelOf = ({ demand }: PoolQuestion, slots: number): number =>
  Math.ceil((demand.ready + demand.leased) / Math.max(1, slots));
