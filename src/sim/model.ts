import type { Decision, Policy } from "../core/autoscaler/decision.ts";
import type { ScalerState } from "../core/autoscaler/memory.ts";
import type { Topology } from "../core/autoscaler/topology.ts";
import type { EndState, Graph } from "../core/pipeline/graph.ts";
import type { RetryPolicy } from "../core/pipeline/retry.ts";

/**
 * A document to come, with everything that chance decides about it. It is fixed before the simulation
 * begins and keyed by the document alone, so that every policy meets the same one.
 */
export interface SimDocument {
  /** From 0, in order of arrival. */
  readonly id: number;
  /** Milliseconds from the start of the simulation. */
  readonly arrivalMs: number;
  /** Work of `visual_analysis`, slide by slide. */
  readonly slideMs: readonly number[];
  /** Work of each task of the graph, by its index; that of `visual_analysis` is the sum of its slides. */
  readonly taskMs: readonly number[];
}

/** What chance decides about one start of a replica. */
export interface SimStart {
  /** From the request to `ready`, or to the failure. */
  readonly tookMs: number;
  readonly how: "ready" | "failed";
  /** From `ready` to the loss of the machine (a spot machine taken away, a crash); null: it never is. */
  readonly lostAfterMs: number | null;
}

/** Traffic and machines, as far as no policy can change them. Pure: asked twice, it answers the same. */
export interface World {
  readonly name: string;
  /** In order of arrival; made one by one, so that a million need no memory. */
  documents(): Iterable<SimDocument>;
  /**
   * Keyed by the pool and the ten seconds the start falls in, so that two policies that start at the
   * same moment get the same cold start (common random numbers).
   */
  start(pool: string, atMs: number): SimStart;
  /** Whether this try of a task (from 1) fails by its own fault; absent: none ever does. */
  fails?(document: number, task: number, attempt: number): SimFailure | null;
}

/** A try that goes wrong: when, as a share of the task's work (0..1), and whether another try can help. */
export interface SimFailure {
  readonly afterShare: number;
  readonly retryable: boolean;
}

/** What is simulated: the pipeline, the containers and their limits. */
export interface Stage {
  readonly graph: Graph;
  /** Index of `visual_analysis` in the graph: the task whose slides are told. */
  readonly visual: number;
  /** Tasks done slide by slide: a successor goes on at the slide where a lost container broke off. */
  readonly eachSlide: readonly number[];
  /** What a failed or lost try of each task leads to, by its index. */
  readonly retry: readonly RetryPolicy[];
  readonly topology: Topology;
  /** By pool. */
  readonly containers: Readonly<Record<string, ContainerShape>>;
  /** How often the scaler looks; absent: whenever something happens, and when its policy asked to. */
  readonly looks?: LookPace;
}

/** The scaler's round, as production makes it: woken by what happens, but never two without a pause. */
export interface LookPace {
  /** Shortest pause between two looks. */
  readonly pauseMs: number;
  /** Longest one, while anything is there to look at. */
  readonly everyMs: number;
  /** From what happens to the look that it wakes. */
  readonly delayMs: number;
}

export interface ContainerShape {
  /** Tasks it works on at once. */
  readonly slots: number;
  /** Pipelines it works on at once. */
  readonly pipelinesMax: number;
  /** From the order to stop to the end of the machine, when it is idle. */
  readonly stopMs: number;
}

/** How one document went. Instants are milliseconds from the start of the simulation. */
export interface DocumentOutcome {
  readonly id: number;
  readonly arrivalMs: number;
  readonly slides: number;
  readonly visualStartMs: number;
  /** `visual_analysis` was done: from here on a text container is needed. */
  readonly textNeededMs: number;
  readonly textStartMs: number;
  readonly endMs: number;
  /** How it ended. Only of one that is `done` do all instants mean what they say. */
  readonly end: EndState;
  /** Its work along the longest path: no policy can be quicker. */
  readonly criticalPathMs: number;
  /** A text replica was ready, perhaps busy, when it was needed. */
  readonly onTime: boolean;
  /** One was ready at the upload, or a start at the upload would have been ready in time. */
  readonly feasible: boolean;
}

/** One life of a replica, from its request to its end. Cold starts are paid for. */
export interface ReplicaLife {
  readonly pool: string;
  /** `text-1` */
  readonly name: string;
  readonly requestedMs: number;
  /** null: it never was. */
  readonly readyMs: number | null;
  /** When the order to stop came, or when it failed or was lost. */
  readonly stoppedMs: number;
  /** When it was gone: up to here it is paid for. */
  readonly endMs: number;
  readonly how: "stopped" | "failed" | "lost" | "end of the simulation";
  /** Time in which it worked on at least one task. */
  readonly busyMs: number;
  readonly tasks: number;
}

/** Told while the simulation goes on; nothing is kept by the simulation itself. */
export interface Observer {
  onDocument?(outcome: DocumentOutcome): void;
  onReplica?(life: ReplicaLife): void;
  onDecision?(decision: Decision, atMs: number): void;
}

export interface Simulation {
  readonly world: World;
  readonly stage: Stage;
  readonly policy: Policy;
  readonly observer: Observer;
  /** Invariants are checked all along; a broken one throws with what happened before. */
  readonly check?: boolean;
  /** Goes on after the last document until nothing happens any more: replicas are kept, and stopped. */
  readonly windDown?: boolean;
  /** The scaler's state after a decision, as the next one finds it; absent: the same. For restarts. */
  readonly carry?: (state: ScalerState, atMs: number) => ScalerState;
}

export interface SimSummary {
  readonly documents: number;
  readonly events: number;
  readonly decisions: number;
  /** When the last document had ended. */
  readonly endMs: number;
}
