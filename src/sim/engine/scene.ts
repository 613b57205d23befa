import type { Attention } from "../../core/autoscaler/decision.ts";
import type { Fact } from "../../core/autoscaler/facts.ts";
import type {
  Demand,
  DocumentObservation,
  ReplicaObservation,
  VisualProgress,
} from "../../core/autoscaler/observation.ts";
import type { ReplicaPhase } from "../../core/pipeline/life-cycle.ts";
import type { Share } from "../../core/pipeline/order.ts";
import type { Random } from "../../lib/random.ts";
import type { Observer, SimDocument, SimStart, Stage, World } from "../model.ts";
import type { EventQueue } from "./event-queue.ts";
import type { GraphWalk, Standpoint } from "./graph-walk.ts";
import type { ReadyQueue } from "./ready-queue.ts";

export const taskStates = {
  blocked: 0,
  ready: 1,
  leased: 2,
  delayed: 3,
  done: 4,
  dead: 5,
  skipped: 6,
} as const;

/** A pack has at most 63 tasks: `slot * 64 + index` names one task of all that are on their way. */
export const tasksMax = 64;

/** One pipeline on its way. Used again for another document once it has ended: memory stays flat. */
export interface SimPipeline {
  readonly slot: number;
  document: SimDocument;
  /** What observations and facts call it. */
  name: string;
  rank: number;
  standpoint: Standpoint;
  /** By task, as are the next ones: one of `taskStates`. */
  readonly states: Uint8Array;
  /** Rises with every lease and every delay: what is about an older one is void. */
  readonly stamps: Int32Array;
  readonly readySinceMs: Float64Array;
  readonly leasedAtMs: Float64Array;
  readonly holders: (SimReplica | null)[];
  /** Tries so far, by what became of them. */
  readonly failures: Int32Array;
  readonly lost: Int32Array;
  containersLost: number;
  /** Of tasks that are done slide by slide: slides that need not be done again. Not of the visual one. */
  readonly slidesKept: Int32Array;
  /** Unfinished tasks, by kind of work. */
  readonly open: Int32Array;
  /** Ready tasks in all. */
  ready: number;

  /** Where `visual_analysis` stands; looked up to date by `progressTo`. */
  slidesDone: number;
  slideSinceMs: number;
  sumLnSeconds: number;

  visualStartMs: number;
  textNeededMs: number;
  textStartMs: number;
  wasReadyAtUpload: boolean;
  wasOnTime: boolean;

  /** Those that came before and after it and are still on their way. */
  before: SimPipeline | null;
  after: SimPipeline | null;
  /** As it was last shown; null once that is out of date. */
  shown: DocumentObservation | null;
  shownProgress: VisualProgress | null;
}

/** One life of a replica. */
export interface SimReplica {
  readonly slot: number;
  readonly pool: SimPool;
  readonly number: number;
  readonly name: string;
  readonly stamp: number;
  readonly requestedMs: number;
  readonly offMs: number | null;
  phase: ReplicaPhase;
  sinceMs: number;
  readyMs: number | null;
  stoppedMs: number | null;
  leases: number;
  /** Pipelines it holds a lease of, and how many leases of each. */
  readonly held: SimPipeline[];
  readonly heldLeases: number[];
  idleSinceMs: number | null;
  /** When it last took or gave anything: who waits longest is served first. */
  waitsSinceMs: number;
  busyMs: number;
  busySinceMs: number;
  tasks: number;
  readonly start: SimStart;
  shown: ReplicaObservation | null;
}

/** A pool of containers. */
export interface SimPool {
  readonly name: string;
  readonly slots: number;
  readonly pipelinesMax: number;
  readonly stopMs: number;
  /** Those that exist, in the order of their numbers. */
  readonly replicas: SimReplica[];
  /** Ready ones; one that drains is not. */
  readyReplicas: number;
  readonly queue: ReadyQueue;
  /** What it does: one kind, or both in the shared topology. */
  readonly works: SimWork[];
  /** Whether something became ready, or room was made, since work was last handed out. */
  mayHandOut: boolean;
  /** When each name was last off. */
  readonly offSinceMs: Map<string, number>;
  /** As last shown; null once out of date. */
  shown: readonly ReplicaObservation[] | null;
  /** Those that ended by themselves since the last look: they are shown once more. */
  broken: ReplicaObservation[];
}

/** The demand of one kind of work: `vision` or `text`, also where one pool does both. */
export interface SimWork {
  readonly name: string;
  /** Its place in `SimPipeline.open`. */
  readonly index: number;
  readonly pool: SimPool;
  /** Whether some of it waits for the visual task, which is another kind of work. */
  readonly isDownstream: boolean;
  readonly tasks: readonly number[];
  ready: number;
  leased: number;
  delayed: number;
  blocked: number;
  pipelines: number;
  shown: Demand | null;
}

/** What `admit` looks at. */
export interface SimOrder {
  share: Share | null;
  /** Rank that was handed out last from the queue of the first task. */
  handedOutMs: number | null;
  drainedAtMs: number;
}

/** A task, with those it waits for. */
export interface Needed {
  readonly task: number;
  readonly after: readonly number[];
}

/** All that a simulation is made of while it goes on. */
export interface Scene {
  readonly world: World;
  readonly stage: Stage;
  readonly observer: Observer;
  readonly attention: Attention;
  readonly walk: GraphWalk;
  readonly events: EventQueue;
  readonly random: Random;
  nowMs: number;
  /** By name, and in the same order as a list. */
  readonly pools: ReadonlyMap<string, SimPool>;
  readonly poolList: readonly SimPool[];
  readonly works: readonly SimWork[];
  /** By task. */
  readonly workOf: readonly SimWork[];
  /** Where text is done: whose replicas have to be ready in time. */
  readonly textPool: SimPool;
  readonly textWork: SimWork;
  readonly isEachSlide: readonly boolean[];
  /** By slot; null is free. */
  readonly pipelines: SimPipeline[];
  readonly freePipelines: SimPipeline[];
  readonly replicas: (SimReplica | null)[];
  /** Starts so far. */
  starts: number;
  /** In order of arrival. */
  oldest: SimPipeline | null;
  newest: SimPipeline | null;
  onTheirWay: number;
  /** Documents that have ended, and when the last one had. */
  ended: number;
  endMs: number;
  readonly order: SimOrder;
  /** In an order in which what is waited for comes first. */
  readonly needed: readonly Needed[];
  facts: Fact[];
  /** Told instead of the events themselves when something breaks; null where nobody checks. */
  readonly journal: Journal | null;
}

/** The last happenings, for whoever has to find out why. */
export interface Journal {
  note(text: string): void;
  tell(): string;
}
