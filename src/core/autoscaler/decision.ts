import type { PhaseDeadlines } from "../fleet/deadlines.ts";
import type { Demand } from "./observation.ts";

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

/** What a policy is asked about one pool. */
export interface PoolQuestion {
  readonly pool: string;
  readonly nowMs: number;
  /** Replicas that run or start and are not on their way out, fixed ones included. */
  readonly replicas: number;
  /** How many of them are fixed: they work, and the bounds do not count them. */
  readonly fixed: number;
  readonly demand: Demand;
  /** Since when no pipeline has needed this pool; null while one does. */
  readonly unneededSinceMs: number | null;
}

/** A policy's answer: how many replicas with the fixed ones, and why. The bounds are applied afterwards. */
export interface Want {
  readonly replicas: number;
  readonly rule: string;
  /** The verb of a start (`started`, `started early`); nothing else uses it. */
  readonly verb: string;
  /** The rest of the sentence: "1 document waits and no vision container runs". */
  readonly because: string;
  readonly inputs: Inputs;
  readonly alternative: string;
  /** A hold for this reason is not worth a row: nothing waits and nothing is kept for later. */
  readonly quiet: boolean;
}

export interface Policy {
  readonly name: string;
  /** By pool; a pool that is not named here is left alone. */
  readonly pools: Readonly<Record<string, PoolLimits>>;
  want(question: PoolQuestion): Want;
}
