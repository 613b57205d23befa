import type { Answer, Json, Policy, Question } from "../../decision.ts";
import type { PolicyBase } from "../base.ts";
import { firstText } from "./first-text.ts";
import { learnAll } from "./learn-all.ts";
import { type Model, modelOf, type PoolModel } from "./model.ts";
import { observe } from "./observe.ts";
import { earlier, keepAll, type Ruling, type Scene, sceneOf } from "./scene.ts";
import type { JustInTimeSettings } from "./settings.ts";
import { guard, guardAtMs, scaleOut, warmStart, warmthOf } from "./starts.ts";
import { emptyState, type JitState, stateOf, withPool } from "./state.ts";
import { stops } from "./stops.ts";

/**
 * Starts text just in time and keeps both pools for as long as that pays. Vision starts at upload as
 * the reference does; text by one-step look-ahead over joint draws of what documents still need and of
 * how long a start takes, and never later than the reference would; further replicas by their marginal
 * value. Last replicas are kept by thresholds fitted to past gaps, both pools together; further ones
 * by thresholds of their own. It learns from facts alone, so a scaler that starts anew and is told the
 * facts again knows the same.
 */
export function justInTimePolicy(base: PolicyBase, settings: JustInTimeSettings): Policy {
  const model = modelOf(base, settings);
  const empty = emptyState(model);
  const milestones = Object.values(model.pools).flatMap(({ scaling }) =>
    scaling.startAtFraction > 0 ? [scaling.startAtFraction] : [],
  );
  return {
    name: "just-in-time",
    pools: Object.fromEntries(
      Object.values(model.pools).map(({ name, scaling }) => [name, scaling]),
    ),
    attention: { documents: true, facts: true, slides: true, milestones },
    initial: empty as unknown as Json,
    want: (question, state) => answer(model, question, stateOf(state, empty)),
  };
}

function answer(model: Model, question: Question, before: JitState): Answer {
  let state = learnAll(before, question, model);
  state = observe(state, question, model);
  const wants: Answer["wants"] = {};
  const given: Record<string, Ruling["want"]> = wants;
  for (const name in model.pools) {
    const pool = model.pools[name];
    if (pool === undefined || question.pools[name] === undefined) continue;
    const ruled = rule(model, question, state, pool);
    if (ruled === null) continue;
    state = ruled.state;
    given[name] = ruled.ruling.want;
  }
  return { wants, state: state as unknown as Json };
}

interface Ruled {
  readonly ruling: Ruling;
  readonly state: JitState;
}

function rule(model: Model, question: Question, state: JitState, pool: PoolModel): Ruled | null {
  const scene = sceneOf(model, question, state, pool);
  if (scene === null) return null;
  const ruled = scene.supply.usable === 0 ? ruleNone(scene) : ruleSome(scene);
  return ruled.ruling.isSpeculative ? { ...ruled, state: marked(ruled.state, scene) } : ruled;
}

/** A start without ready work is on the list of its hour as soon as it is wanted. */
function marked(state: JitState, { pool, nowMs }: Scene): JitState {
  const own = state.pools[pool.name];
  if (own === undefined || own.speculative.at(-1) === nowMs) return state;
  const speculative = [...own.speculative, nowMs];
  return { ...state, pools: withPool(state.pools, pool.name, { ...own, speculative }) };
}

/** None is on or on its way. */
function ruleNone(scene: Scene): Ruled {
  const { state, model, pool } = scene;
  const guarded = guard(scene);
  if (guarded !== null) return { state, ruling: guarded };
  const held = holdWarm(scene);
  if (held.ruling !== null) return { state: held.state, ruling: held.ruling };
  if (pool.name === model.text.name && !model.isShared) {
    const first = firstText({ ...scene, state: held.state });
    if (first !== null) return { ...first, ruling: sooner(first.ruling, guardAtMs(scene)) };
  }
  return { state: held.state, ruling: stops(scene, scene.asked.fixed) };
}

const sooner = (ruling: Ruling, atMs: number | null): Ruling => ({
  ...ruling,
  want: { ...ruling.want, againAtMs: earlier(ruling.want.againAtMs, atMs) },
});

function ruleSome(scene: Scene): Ruled {
  const { state, asked, pool } = scene;
  const more = scaleOut(scene);
  if (more !== null) return { state, ruling: more };
  const least = Math.max(asked.fixed, pool.scaling.minReplicas);
  if (asked.unneededSinceMs === null) return { state, ruling: stops(scene, Math.max(1, least)) };
  const held = holdWarm(scene);
  const floor = held.isWarm ? Math.max(1, least) : least;
  if (held.isWarm && asked.replicas <= floor) {
    const ruling = keepAll(scene, "warm-hour", true, null, () => ({
      because: "uploads at this hour of the week come often enough to hold it",
    }));
    return { state: held.state, ruling };
  }
  return { state: held.state, ruling: stops(scene, floor) };
}

/** The warm pool: what it says, remembered. */
function holdWarm(scene: Scene): {
  readonly state: JitState;
  readonly isWarm: boolean;
  readonly ruling: Ruling | null;
} {
  const { state, own, pool } = scene;
  const warmth = warmthOf(scene);
  const after =
    warmth.isWarm === own.isWarm
      ? state
      : {
          ...state,
          pools: withPool(state.pools, pool.name, { ...own, isWarm: warmth.isWarm }),
        };
  const ruling = warmth.isWarm && scene.supply.usable === 0 ? warmStart(scene, warmth) : null;
  return { state: after, isWarm: warmth.isWarm, ruling };
}
