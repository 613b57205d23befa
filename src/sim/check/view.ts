import type { Decision, PoolLimits } from "../../core/autoscaler/decision.ts";
import type { Fact } from "../../core/autoscaler/facts.ts";
import type { ScalerState } from "../../core/autoscaler/memory.ts";
import type { Scene } from "../engine/scene.ts";
import type { ReplicaLife } from "../model.ts";

/** How a pipeline stood at the end of the instant before. */
export interface Snapshot {
  readonly document: number;
  readonly states: Uint8Array;
  readonly slidesDone: number;
  readonly slidesKept: Int32Array;
  readonly percent: number;
}

/** Time of replicas, added up as it goes by: what the bill must come to. */
export interface Ledger {
  readonly existedMs: number;
  readonly workedMs: number;
}

/** Everything that an invariant may look at, at the end of an instant. */
export interface View {
  readonly scene: Scene;
  readonly limits: Readonly<Record<string, PoolLimits>>;
  /** What was decided in this instant, and on how many leases of each replica. */
  readonly decisions: readonly Decision[];
  readonly leasesBefore: ReadonlyMap<string, number>;
  readonly state: ScalerState;
  readonly facts: readonly Fact[];
  /** By slot. */
  readonly before: readonly (Snapshot | undefined)[];
}

/** What an invariant may look at when all is over. */
export interface FinalView {
  readonly scene: Scene;
  readonly accepted: number;
  readonly told: readonly number[];
  readonly lives: readonly ReplicaLife[];
  readonly ledger: Ledger;
}
