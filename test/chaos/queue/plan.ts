import { defaults } from "../../../src/config/schema.ts";
import type { GraphTask } from "../../support/queue.ts";
import type { FaultKind } from "./faults.ts";

/** Settings of the product that decide how fast it recovers, in milliseconds. */
export interface Timings {
  readonly heartbeatMs: number;
  readonly ttlMs: number;
  /** How long a container's question for work is held open. */
  readonly pollMs: number;
  readonly rescuerMs: number;
  readonly statementTimeoutMs: number;
  /** A worker's limit for one call; a question for work adds its wait. */
  readonly callMs: number;
}

/** The product's own defaults. */
export const productTimings: Timings = {
  heartbeatMs: defaults.timings.heartbeatMs,
  ttlMs: defaults.timings.containerTtlMs,
  pollMs: defaults.timings.leaseWaitMs,
  rescuerMs: defaults.timings.rescuerMs,
  statementTimeoutMs: 30_000,
  callMs: 10_000,
};

/** Everything a run is made of; the same plan gives the same faults in the same order. */
export interface Plan {
  readonly seed: number;
  readonly pipelines: number;
  /** Of them, how many hold a task whose result PostgreSQL refuses. */
  readonly poisonous: number;
  /** Submissions are spread over this time. */
  readonly submitMs: number;
  readonly workers: number;
  readonly timings: Timings;
  /** Faults in order; null: drawn from the seed until `submitMs` has passed, with one restore half-way. */
  readonly script: readonly FaultKind[] | null;
  /** Time between a recovery and the next fault: least and most. */
  readonly restMs: readonly [number, number];
  /** How long a fault lasts that lasts: least and most. */
  readonly lastMs: readonly [number, number];
  /** Without a finished pipeline for this long, the run is stuck. */
  readonly stuckMs: number;
}

export const packName = "chaos";

/** The request's graph: six tasks, two pools. Containers die all the time here, and no document is suspected of it. */
export const packTasks: readonly GraphTask[] = [
  { name: "visual_analysis" },
  { name: "slide_feedback" },
  { name: "extractions_and_template", pool: "text", after: "visual_analysis" },
  { name: "specialized_clinical", pool: "text", after: "extractions_and_template" },
  { name: "specialized_regulatory", pool: "text", after: "extractions_and_template" },
  { name: "specialized_science", pool: "text", after: "extractions_and_template" },
].map((task) => ({ ...task, lost: 10_000 }));

/** What a container says it can take on at once. */
export const containerLimits = { slots: 16, maxConcurrentPipelines: 16 } as const;

/** Each worker process hosts this many containers of each pool. */
export const containersOfPool = 2;
