import type { EndState, Masks } from "../../src/core/pipeline/graph.ts";
import type { LeaseKey } from "../../src/db/moves.ts";
import type { ContainerShape, ModelPack } from "./shapes.ts";

/** A task that is in the queue and has not ended. */
export interface Queued {
  place: "ready" | "delayed" | "leased";
  readonly generation: number;
  attempt: number;
  /** When a delayed one may come back, in milliseconds. */
  runAtMs: number;
}

export interface ModelPipeline {
  readonly id: number;
  readonly pack: ModelPack;
  /** Given by the database; for life. */
  readonly rank: number;
  state: "active" | "cancelled" | EndState;
  generation: number;
  masks: Masks;
  readonly queue: Map<number, Queued>;
  readonly spent: Map<number, { failures: number; lost: number }>;
  /** High-water marks, by "index generation". */
  readonly marks: Map<string, { fraction: number; done: number | null; total: number | null }>;
}

export interface ModelLease extends LeaseKey {
  readonly pipeline: number;
  readonly index: number;
  readonly container: string;
  readonly attempt: number;
  readonly generation: number;
  readonly leasedAtMs: number;
  progressedAtMs: number;
}

export interface ModelContainer extends ContainerShape {
  readonly id: string;
  drain: boolean;
  silent: boolean;
  ended: boolean;
}

/** What the database should tell of a step; `pipeline` null: of a container. */
export interface ToldEvent {
  readonly pipeline: number | null;
  readonly type: string;
  readonly index: number | null;
}

/** A try that ended in this step. */
export interface EndedTry extends ModelLease {
  readonly outcome: "done" | "delayed" | "dead" | "released" | "cancelled";
  readonly lost: boolean;
}
