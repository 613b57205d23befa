import type { Question } from "../../decision.ts";
import { isNeeded } from "../../observation.ts";
import { spend } from "./budget.ts";
import { extraCost, fittedIdle } from "./costs.ts";
import { isFitDue, type LevelGaps, observeLevel, pushed } from "./gaps.ts";
import { breakEvenMs, fitKeep, rangeOf } from "./keep-alive.ts";
import type { Model, PoolModel } from "./model.ts";
import { type JitState, type PoolState, withPool } from "./state.ts";
import { levelOf } from "./supply.ts";
import { passTime } from "./week.ts";

const hourMs = 3_600_000;

/**
 * What the pools show now: gaps of need, what runs and costs, what has become of starts. It depends
 * on the time and on what is seen, never on how often somebody asks: the same question again
 * changes nothing.
 */
export function observe(state: JitState, question: Question, model: Model): JitState {
  let seen = observeIdle(state, question, model);
  for (const name in model.pools) {
    const pool = model.pools[name];
    const before = seen.pools[name];
    const asked = question.pools[name];
    if (pool === undefined || before === undefined || asked === undefined) continue;
    const after = observePool(seen, question, model, pool, before);
    seen = after === before ? seen : { ...seen, pools: withPool(seen.pools, name, after) };
  }
  return observeSpending(seen, question, model);
}

/** An upload ends the time in which nothing was needed: one pair of gaps. */
function observeIdle(state: JitState, question: Question, model: Model): JitState {
  const { nowMs } = question;
  const vision = question.pools[model.vision.name];
  const text = question.pools[model.text.name];
  if (vision === undefined || text === undefined) return state;
  const { idle } = state;
  const visionSinceMs = vision.unneededSinceMs;
  const textSinceMs = text.unneededSinceMs;
  const endsIdle = idle.visionSinceMs !== null && visionSinceMs === null;
  const week = passTime(state.week, idle.visionSinceMs, nowMs, endsIdle);
  if (
    visionSinceMs === idle.visionSinceMs &&
    textSinceMs === idle.textSinceMs &&
    week === state.week
  ) {
    return state;
  }
  const now = { ...idle, visionSinceMs, textSinceMs };
  if (!endsIdle) return { ...state, week, idle: now };
  const sinceMs = (ms: number | null): number => (ms === null ? 0 : Math.max(0, nowMs - ms));
  const learned: JitState = {
    ...state,
    week,
    idle: {
      ...now,
      visionMs: pushed(idle.visionMs, sinceMs(idle.visionSinceMs)),
      textMs: pushed(idle.textMs, sinceMs(idle.textSinceMs)),
      fresh: idle.fresh + 1,
    },
  };
  const isDue = isFitDue(learned.idle.visionMs.length, learned.idle.fresh);
  return isDue ? { ...learned, idle: fittedIdle(model, learned) } : learned;
}

function observePool(
  state: JitState,
  question: Question,
  model: Model,
  pool: PoolModel,
  before: PoolState,
): PoolState {
  const { nowMs } = question;
  const asked = question.pools[pool.name];
  if (asked === undefined) return before;
  let after = before;
  const level = levelOf(asked, pool.scaling.slots);
  const levels = observeLevels(after.levels, level, nowMs, (gaps) => {
    const cost = extraCost(model, state, pool, before);
    const { robustness, minOnMs } = model.settings;
    return fitKeep(gaps, cost, rangeOf(breakEvenMs(cost), robustness, minOnMs));
  });
  if (levels !== after.levels) after = { ...after, levels };
  // Wanted is not done: an order of an operator or a pause may have kept it from being started.
  const wasStarted = (atMs: number): boolean =>
    atMs === nowMs ||
    asked.coming.some((command) => command.atMs === atMs) ||
    asked.staying.some((replica) => (replica.requestedAtMs ?? replica.sinceMs) >= atMs);
  const last = after.speculative.at(-1);
  const isVoid = last !== undefined && nowMs - last < commandMs && !wasStarted(last);
  const isOld = (after.speculative[0] ?? nowMs) <= nowMs - hourMs;
  if (isVoid || isOld) {
    const kept = isVoid ? after.speculative.slice(0, -1) : after.speculative;
    after = { ...after, speculative: kept.filter((atMs) => atMs > nowMs - hourMs) };
  }
  return after;
}

/** A start shows up within this time, or it was never made. */
const commandMs = 10_000;

function observeLevels(
  levels: readonly LevelGaps[],
  level: number,
  nowMs: number,
  fitted: (gaps: readonly number[]) => number,
): readonly LevelGaps[] {
  let changed: LevelGaps[] | null = null;
  for (let i = 0; i < levels.length; i += 1) {
    const before = levels[i];
    if (before === undefined) continue;
    let after = observeLevel(before, level >= i + 2, nowMs);
    if (after === before) continue;
    if (isFitDue(after.gaps.length, after.fresh)) {
      after = { ...after, fresh: 0, keepMs: Math.round(fitted(after.gaps)) };
    }
    changed ??= levels.slice();
    changed[i] = after;
  }
  return changed ?? levels;
}

function observeSpending(state: JitState, question: Question, model: Model): JitState {
  const { microUsdPerDay } = model.settings;
  if (microUsdPerDay === null) return state;
  let rate = 0;
  let speculativeRate = 0;
  for (const name in model.pools) {
    const price = model.pools[name]?.microUsdPerMs ?? 0;
    const asked = question.pools[name];
    if (asked === undefined) continue;
    const idle = asked.staying.filter((replica) => replica.leases === 0).length;
    const isIdle = !isNeeded(asked.demand) || asked.demand.ready + asked.demand.leased === 0;
    // One that was just told to go runs all the same; one that was just asked for is not paid yet.
    rate += price * (asked.staying.length + asked.leaving);
    speculativeRate += isIdle ? price * (idle + asked.leaving) : 0;
  }
  const budget = spend(state.budget, { rate, speculativeRate }, question.nowMs, microUsdPerDay);
  return budget === state.budget ? state : { ...state, budget };
}
