import type { Json } from "../../decision.ts";
import { type CalibrationState, emptyCalibration } from "../../forecast/calibration.ts";
import { emptyStarts, type StartsState } from "../../forecast/cold-start.ts";
import { emptyPace, type PaceState } from "../../forecast/pace.ts";
import type { Bucket } from "../../forecast/quality.ts";
import type { Summary } from "../../forecast/summary.ts";
import { type BudgetState, emptyBudget } from "./budget.ts";
import { emptyGaps, type LevelGaps } from "./gaps.ts";
import type { Model, PoolModel } from "./model.ts";
import { emptyWeek, type WeekState } from "./week.ts";

/** A document followed from its upload, so that forecasts learn from it. */
export type Watched = {
  readonly pipeline: string;
  readonly uploadedAtMs: number;
  readonly slides: number;
  readonly sumLnSeconds: number;
  readonly sumSquaresLnSeconds: number;
  readonly sumMs: number;
  readonly lastSlideMs: number | null;
  /** The one bucket of progress in which a forecast of it is kept, to be judged later. */
  readonly bucket: Bucket;
  /** Draws of the seconds from `foretoldAtMs` until it needs text; null: not made yet. */
  readonly foretold: Summary | null;
  readonly foretoldAtMs: number;
};

/** How long vision and text had been unneeded at past uploads, pairwise, and the times fitted to that. */
export type IdleState = {
  readonly visionMs: readonly number[];
  readonly textMs: readonly number[];
  readonly fresh: number;
  /** Since when each has been unneeded, as seen last; null: it is needed. */
  readonly visionSinceMs: number | null;
  readonly textSinceMs: number | null;
  /** null: too few gaps were seen. */
  readonly keep: KeepTimes | null;
};

export type KeepTimes = {
  readonly visionMs: number;
  readonly textMs: number;
  /** From how many uploads an idle hour on it pays to hold a replica all the time. */
  readonly warmVisionPerHour: number;
  readonly warmTextPerHour: number;
};

/** What is remembered of one pool. */
export type PoolState = {
  readonly starts: StartsState;
  /** By level, from the second on: demand that needs that many replicas. */
  readonly levels: readonly LevelGaps[];
  /** Mean time of a task, `visual_analysis` apart, and how many it is learned from. */
  readonly taskMeanMs: number;
  readonly tasks: number;
  /** When the last replica was seen to go. */
  readonly stoppedAtMs: number | null;
  /** When starts without ready work were wanted, in the last hour. */
  readonly speculative: readonly number[];
  /** Whether the warm pool holds a replica now: it is held on to with less certainty than it is begun. */
  readonly isWarm: boolean;
};

/** All that the policy remembers. Plain JSON of bounded size. */
export type JitState = {
  readonly version: 1;
  readonly seed: number;
  readonly pace: PaceState;
  readonly calibration: CalibrationState;
  readonly watched: readonly Watched[];
  /** When the last documents were uploaded: whether a burst is on. */
  readonly recentMs: readonly number[];
  /** How long visual analysis took, document by document. */
  readonly pathsMs: readonly number[];
  /** The most text tasks that were seen of one document: what each of them brings. */
  readonly textTasks: number;
  /** Price of a late document (the `pi` of the goal), in millionths of a dollar. */
  readonly latePriceMicroUsd: number;
  readonly idle: IdleState;
  readonly week: WeekState;
  readonly budget: BudgetState;
  readonly pools: Readonly<Record<string, PoolState>>;
};

/** Believed of a task before any was seen. */
const taskPriorMs = 20_000;

const emptyPool = ({ scaling }: PoolModel): PoolState => ({
  starts: emptyStarts(scaling.startupTimeoutMs),
  levels: Array.from({ length: Math.max(0, scaling.maxReplicas - 1) }, () => emptyGaps),
  taskMeanMs: taskPriorMs,
  tasks: 0,
  stoppedAtMs: null,
  speculative: [],
  isWarm: false,
});

export const emptyState = (model: Model): JitState => ({
  version: 1,
  seed: model.settings.seed,
  pace: emptyPace,
  calibration: emptyCalibration,
  watched: [],
  recentMs: [],
  pathsMs: [],
  textTasks: 1,
  latePriceMicroUsd: 0,
  idle: {
    visionMs: [],
    textMs: [],
    fresh: 0,
    visionSinceMs: null,
    textSinceMs: null,
    keep: null,
  },
  week: emptyWeek,
  budget: emptyBudget(model.settings.waitPrice),
  pools: Object.fromEntries(Object.values(model.pools).map((pool) => [pool.name, emptyPool(pool)])),
});

/** The state behind its plain form; one of another version or of no policy of this kind begins anew. */
export function stateOf(state: Json, empty: JitState): JitState {
  const isOurs = typeof state === "object" && state !== null && "version" in state;
  return isOurs && state.version === empty.version ? (state as JitState) : empty;
}

/** The pools with one of them changed; the same object when nothing did. */
export function withPool(
  pools: JitState["pools"],
  name: string,
  pool: PoolState | undefined,
): JitState["pools"] {
  return pool === undefined || pools[name] === pool ? pools : { ...pools, [name]: pool };
}
