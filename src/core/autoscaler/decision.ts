import type { PhaseDeadlines } from "../fleet/deadlines.ts";
import type { Fact } from "./facts.ts";
import type { Command } from "./memory.ts";
import type { Demand, DocumentObservation, ReplicaObservation } from "./observation.ts";

/** What a decision looked at: flat, so that it can be stored and shown as a table. */
export type Inputs = Readonly<Record<string, number | string | null>>;

/** One choice about one pool. `hold` is said once, when its reason (`rule`) changes. */
export interface Decision {
  readonly pool: string;
  readonly action: "start" | "stop" | "hold";
  /** `vision-1`; null for a hold, which concerns the whole pool. */
  readonly replica: string | null;
  /** Which rule chose: `work-ready`, `backlog`, `pre-warm-progress`, `idle`, ... */
  readonly rule: string;
  /** One sentence with numbers, for people. */
  readonly sentence: string;
  readonly inputs: Inputs;
  /** What would have happened otherwise, as a sentence. */
  readonly alternative: string;
}

/** Bounds that hold whatever a policy wants. */
export interface PoolLimits {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly startupTimeoutMs: number;
  /** Within that, how long each phase of a start may last; absent: the whole alone counts. */
  readonly phaseDeadlines?: PhaseDeadlines;
}

/** One pool, as a policy is asked about it. */
export interface PoolQuestion {
  readonly pool: string;
  /** Replicas that run or start and are not on their way out, fixed ones included. */
  readonly replicas: number;
  /** How many of them are fixed: they work, and the bounds do not count them. */
  readonly fixed: number;
  /** Those of our own that stay, as they were seen; ones just asked for are not among them yet. */
  readonly staying: readonly ReplicaObservation[];
  /** Asked for, and not seen yet. */
  readonly coming: readonly Command[];
  /** On their way out: they take no work, and their places are not free yet. */
  readonly leaving: number;
  readonly demand: Demand;
  /** Since when no pipeline has needed this pool; null while one does. */
  readonly unneededSinceMs: number | null;
}

/** Everything a policy may look at. A pool that was not seen is missing. */
export interface Question {
  readonly nowMs: number;
  readonly pools: Readonly<Record<string, PoolQuestion>>;
  /** Documents in the system; empty for a policy that does not look at them. */
  readonly documents: readonly DocumentObservation[];
  /** What has happened since the last question, in order of time, each fact once. */
  readonly facts: readonly Fact[];
}

/** Why a policy wants what it wants. Made only when it is told or stored: most answers change nothing. */
export interface Explanation {
  /** The verb of a start (`started`, `started early`); nothing else uses it. */
  readonly verb: string;
  /** The rest of the sentence: "1 document waits and no vision container runs". */
  readonly because: string;
  readonly inputs: Inputs;
  readonly alternative: string;
}

/** A policy's answer about one pool. The bounds are applied afterwards. */
export interface Want {
  /** How many replicas, with the fixed ones. */
  readonly replicas: number;
  readonly rule: string;
  /** A hold for this reason is not worth a row: nothing waits and nothing is kept for later. */
  readonly quiet: boolean;
  /** When the answer may change though nothing happens; null: never. */
  readonly againAtMs: number | null;
  /** Pure: it may be called later, or never. */
  readonly explain: () => Explanation;
}

export interface Answer {
  /** By pool. One that is missing is kept as it is. */
  readonly wants: Readonly<Record<string, Want>>;
  readonly state: Json;
}

/** Plain data: it can be stored, read back and compared. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/** What a policy has to be shown; what is not asked for need not be gathered. */
export interface Attention {
  readonly documents: boolean;
  readonly facts: boolean;
  /** Asked again at each finished slide; else only where a document passes one of `milestones`. */
  readonly slides: boolean;
  /** Shares of visual analysis, 0..1. */
  readonly milestones: readonly number[];
}

/**
 * How many replicas are wanted. A policy is a value: what it remembers is in its state, which is plain
 * data, and its chance comes from a seed in that state. Asked twice with the same question and state,
 * it answers the same.
 */
export interface Policy {
  readonly name: string;
  /** By pool; a pool that is not named here is left alone. */
  readonly pools: Readonly<Record<string, PoolLimits>>;
  readonly attention: Attention;
  /** What it remembers before it was ever asked. */
  readonly initial: Json;
  want(question: Question, state: Json): Answer;
}
