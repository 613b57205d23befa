import type { ReplicaPhase } from "../pipeline/life-cycle.ts";
import type { Fact } from "./facts.ts";

/** Everything a decision may look at. All instants are milliseconds of one clock. */
export interface Observation {
  readonly nowMs: number;
  /** By pool name. A pool that is missing was not seen: it is left as it is. */
  readonly pools: Readonly<Record<string, PoolObservation>>;
  /** Documents in the system; absent where the policy does not look at them. */
  readonly documents?: readonly DocumentObservation[];
  /** What has happened since the last observation that was decided on; absent: nothing told. */
  readonly facts?: readonly Fact[];
}

/** A document on its way, from its acceptance to the end of its pipeline. */
export interface DocumentObservation {
  readonly pipeline: string;
  readonly uploadedAtMs: number;
  /** Pages to be read; null when that is not known yet. */
  readonly slides: number | null;
  /** Where `visual_analysis` stands. */
  readonly visual: "waiting" | "running" | "done";
  readonly slidesDone: number;
  /** When the slide in progress began: the start of visual analysis, or the end of the slide before. */
  readonly slideSinceMs: number | null;
  /** Sum over the finished slides of ln(seconds): what its own pace is estimated from. */
  readonly sumLnSeconds: number;
  /** Unfinished tasks that a text container does. 0: it needs none any more. */
  readonly textTasksLeft: number;
}

export interface PoolObservation {
  /** At most one a name. One that has ended may be left out or shown once more. */
  readonly replicas: readonly ReplicaObservation[];
  readonly demand: Demand;
  /** What operators want of this pool; absent: nothing. */
  readonly orders?: Orders;
}

/** Orders of people. They hold until they are taken back, except a drain, which ends with its replica. */
export interface Orders {
  /** No start, whatever the policy, the minimum or another order wants. What runs is left alone. */
  readonly paused: { readonly reason: string } | null;
  /** At least this many replicas run, within the maximum; fixed ones do not count. */
  readonly extra: number;
  /** Names of replicas that must go. Until the order has ended their names are not used again. */
  readonly drain: readonly string[];
}

export const noOrders: Orders = { paused: null, extra: 0, drain: [] };

export interface ReplicaObservation {
  /** `vision-1` */
  readonly name: string;
  readonly phase: ReplicaPhase;
  /** When it entered this phase. */
  readonly sinceMs: number;
  /** When it was asked for; null when nobody knows (then `sinceMs` is used). */
  readonly requestedAtMs: number | null;
  readonly leases: number;
  /** When its last lease ended; null while it works or before it ever did. */
  readonly idleSinceMs: number | null;
  /**
   * A machine that is always there: it works like any other, but the bounds do not count it and
   * nothing but an operator's drain stops it. Absent: no.
   */
  readonly isFixed?: boolean;
}

/** The work of one pool. The four counts are tasks of active pipelines, each counted once. */
export interface Demand {
  readonly ready: number;
  readonly leased: number;
  readonly delayed: number;
  readonly blocked: number;
  /** Active pipelines with at least one unfinished task of this pool. */
  readonly pipelines: number;
  /** When the oldest ready task became ready. */
  readonly oldestReadyMs: number | null;
  /** Pipelines whose work for this pool still waits for visual analysis. Empty for vision and a shared pool. */
  readonly upstream: readonly VisualProgress[];
}

export interface VisualProgress {
  readonly pipeline: string;
  /** Share of `visual_analysis` that is done, 0..1. */
  readonly fraction: number;
  /** When visual analysis is expected to end; null when that is not known yet. */
  readonly expectedEndMs: number | null;
}

export const noDemand: Demand = {
  ready: 0,
  leased: 0,
  delayed: 0,
  blocked: 0,
  pipelines: 0,
  oldestReadyMs: null,
  upstream: [],
};

/** Whether any pipeline in the system still needs this pool, now or later. */
export const isNeeded = (demand: Demand): boolean =>
  demand.pipelines > 0 || demand.ready + demand.leased + demand.delayed + demand.blocked > 0;

/** It exists, or is about to: it counts against the maximum and its name is taken. */
export const isLive = (replica: ReplicaObservation): boolean =>
  replica.phase !== "stopped" && replica.phase !== "failed";

/** On its way to `ready`. */
export const isStarting = (replica: ReplicaObservation): boolean =>
  isLive(replica) && replica.phase !== "ready" && replica.phase !== "draining";
