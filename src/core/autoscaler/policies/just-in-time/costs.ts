import { failureShare, startMeanMs, startQuantileMs } from "../../forecast/cold-start.ts";
import { meanWorkSeconds } from "../../forecast/pace.ts";
import {
  breakEvenMs,
  fitJoint,
  fitKeep,
  type JointCost,
  type JointRange,
  type KeepCost,
  type MoneyBound,
  rangeOf,
} from "./keep-alive.ts";
import { type Model, type PoolModel, waitMicroUsdPerMs } from "./model.ts";
import type { JitState, KeepTimes, PoolState } from "./state.ts";

/** Shares at which distributions are taken for a mean over several of them. */
const shares = [1 / 16, 3 / 16, 5 / 16, 7 / 16, 9 / 16, 11 / 16, 13 / 16, 15 / 16];

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** Between two documents a pool has been off for long, as far as a keep-alive is concerned. */
const startsOf = (pool: PoolState): number[] =>
  shares.map((share) => startQuantileMs(pool.starts, share, null));

/** What is paid until one is ready: where a share of starts fails, as many more are made. */
const paidStartMs = ({ starts }: PoolState): number =>
  startMeanMs(starts, null) / (1 - failureShare(starts));

/** How long visual analysis takes: at the same shares of what was seen. */
function pathsOf(state: JitState): number[] {
  if (state.pathsMs.length < 5) return [meanWorkSeconds(state.pace, null) * 1_000];
  const sorted = state.pathsMs.toSorted((a, b) => a - b);
  return shares.map((share) => sorted[Math.floor(share * sorted.length)] ?? 0);
}

/** What cold pools cost at the next upload, in the states of scaling: waiting, and the price of lateness. */
function jointCost(model: Model, state: JitState, vision: PoolState, text: PoolState): JointCost {
  const perMs = waitMicroUsdPerMs(model, state.budget.waitPrice);
  const starts = { vision: startsOf(vision), text: startsOf(text) };
  const paths = pathsOf(state);
  const visionStartMs = paidStartMs(vision);
  let textMs = 0;
  let textLate = 0;
  let bothMs = 0;
  let bothLate = 0;
  for (const path of paths) {
    for (const start of starts.text) {
      textMs += Math.max(0, start - path);
      textLate += start > path ? 1 : 0;
      for (const before of starts.vision) {
        bothMs += Math.max(0, start - path - before);
        bothLate += start > path + before ? 1 : 0;
      }
    }
  }
  const pairs = paths.length * starts.text.length;
  const triples = pairs * starts.vision.length;
  const late = state.latePriceMicroUsd;
  return {
    visionMicroUsdPerMs: model.vision.microUsdPerMs,
    textMicroUsdPerMs: model.text.microUsdPerMs,
    visionStartMs,
    textStartMs: paidStartMs(text),
    textCold: (perMs * textMs + late * textLate) / pairs,
    visionCold: perMs * visionStartMs,
    bothCold: perMs * visionStartMs + (perMs * bothMs + late * bothLate) / triples,
  };
}

/** The last replica of each pool: what stopping it costs, the other pool warm. */
function lastCosts(cost: JointCost): { readonly vision: KeepCost; readonly text: KeepCost } {
  return {
    vision: {
      microUsdPerMs: cost.visionMicroUsdPerMs,
      startMs: cost.visionStartMs,
      waitMicroUsd: cost.visionCold,
    },
    text: {
      microUsdPerMs: cost.textMicroUsdPerMs,
      startMs: cost.textStartMs,
      waitMicroUsd: cost.textCold,
    },
  };
}

/** A further replica: without it work waits for the start, or for a task to end, whichever is first. */
export function extraCost(
  model: Model,
  state: JitState,
  { microUsdPerMs, name }: PoolModel,
  pool: PoolState,
): KeepCost {
  const startMs = paidStartMs(pool);
  const taskMs = name === model.text.name ? pool.taskMeanMs : mean(pathsOf(state));
  const perMs = waitMicroUsdPerMs(model, state.budget.waitPrice);
  return { microUsdPerMs, startMs, waitMicroUsd: perMs * Math.min(startMs, taskMs) };
}

const hourMs = 3_600_000;

/**
 * From which rate of uploads on holding pays, when the pools would be cold without: price over what one
 * upload saves. Vision alone saves little, since text would then be what is waited for; so where vision
 * alone needs a higher rate than text beside it, both are held from their common rate on, or none.
 */
function warmRates(cost: JointCost): Pick<KeepTimes, "warmVisionPerHour" | "warmTextPerHour"> {
  const { visionMicroUsdPerMs, textMicroUsdPerMs } = cost;
  const saved = {
    vision: cost.bothCold - cost.textCold + visionMicroUsdPerMs * cost.visionStartMs,
    text: cost.textCold + textMicroUsdPerMs * cost.textStartMs,
  };
  const vision = (hourMs * visionMicroUsdPerMs) / Math.max(1e-9, saved.vision);
  const text = (hourMs * textMicroUsdPerMs) / saved.text;
  if (vision <= text) return { warmVisionPerHour: vision, warmTextPerHour: text };
  const both = (hourMs * (visionMicroUsdPerMs + textMicroUsdPerMs)) / (saved.vision + saved.text);
  return { warmVisionPerHour: both, warmTextPerHour: both };
}

/** A goal is pursued with a bounded part of money: measured by what the reference would spend. */
function boundOf({ settings, vision, text }: Model): MoneyBound | null {
  if (settings.goal === null || settings.goalCostMax === null) return null;
  return {
    visionMs: vision.scaling.scaleDownDelayMs,
    textMs: text.scaling.scaleDownDelayMs,
    times: settings.goalCostMax,
  };
}

/** The pair of keep-alive times for the last replicas; in the shared topology the two are one. */
export function fittedIdle(model: Model, state: JitState): JitState["idle"] {
  const vision = state.pools[model.vision.name];
  const text = state.pools[model.text.name];
  if (vision === undefined || text === undefined) return state.idle;
  const { robustness, minOnMs } = model.settings;
  const cost = jointCost(model, state, vision, text);
  const last = lastCosts(cost);
  const breakEven = { vision: breakEvenMs(last.vision), text: breakEvenMs(last.text) };
  if (model.isShared) {
    const range = rangeOf(breakEven.vision, robustness, minOnMs);
    const ms = Math.round(fitKeep(state.idle.visionMs, last.vision, range));
    const perHour = hourMs / breakEven.vision;
    const warm = { warmVisionPerHour: perHour, warmTextPerHour: perHour };
    return { ...state.idle, fresh: 0, keep: { ...warm, visionMs: ms, textMs: ms } };
  }
  const range: JointRange = {
    vision: rangeOf(breakEven.vision, robustness, minOnMs),
    text: rangeOf(breakEven.text, robustness, minOnMs),
  };
  const keep = fitJoint(state.idle, cost, range, boundOf(model));
  return {
    ...state.idle,
    fresh: 0,
    keep: {
      ...warmRates(cost),
      visionMs: Math.round(keep.visionMs),
      textMs: Math.round(keep.textMs),
    },
  };
}

/** How long the last replica of a pool is kept without need. */
export function keepLastMs(model: Model, state: JitState, pool: PoolModel): number {
  const { keep } = state.idle;
  if (keep !== null) return pool.name === model.vision.name ? keep.visionMs : keep.textMs;
  const vision = state.pools[model.vision.name];
  const text = state.pools[model.text.name];
  if (vision === undefined || text === undefined) return pool.scaling.scaleDownDelayMs;
  const last = lastCosts(jointCost(model, state, vision, text));
  return breakEvenMs(pool.name === model.vision.name ? last.vision : last.text);
}

/** How long an idle text replica is worth keeping, vision being warm, whatever the gaps were. */
export function breakEvenTextMs(model: Model, state: JitState): number {
  const vision = state.pools[model.vision.name];
  const text = state.pools[model.text.name];
  if (vision === undefined || text === undefined) return model.text.scaling.scaleDownDelayMs;
  return breakEvenMs(lastCosts(jointCost(model, state, vision, text)).text);
}

/** How long a further replica is kept while demand does not need it; `level` from 2 on. */
export function keepExtraMs(model: Model, state: JitState, pool: PoolModel, level: number): number {
  const own = state.pools[pool.name];
  const fitted = own?.levels[level - 2]?.keepMs ?? null;
  if (own === undefined || fitted !== null) return fitted ?? pool.scaling.scaleDownDelayMs;
  return breakEvenMs(extraCost(model, state, pool, own));
}
