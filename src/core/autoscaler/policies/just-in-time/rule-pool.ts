import type { PoolQuestion, Question } from "../../decision.ts";
import { farOffMs } from "./far-off.ts";
import { firstText } from "./first-text.ts";
import type { Model, PoolModel } from "./model.ts";
import { earlier, keepAll, type Ruling, roomOf, type Scene, sceneOf } from "./scene.ts";
import { guard, guardAtMs, scaleOut, warmStart, warmthOf } from "./starts.ts";
import { type JitState, withPool } from "./state.ts";
import { idleOnes, stops } from "./stops.ts";

interface Ruled {
  readonly ruling: Ruling;
  readonly state: JitState;
}

/** What one pool is to have, by the first rule that has something to say. */
export function rulePool(
  model: Model,
  question: Question,
  state: JitState,
  pool: PoolModel,
): Ruled | null {
  const scene = sceneOf(model, question, state, pool);
  if (scene === null) return null;
  const ruled = scene.supply.usable === 0 ? ruleNone(scene) : ruleSome(scene);
  const noted = marked(ruled, scene);
  if (ruled.ruling.want.replicas <= scene.asked.replicas) return { ...ruled, state: noted };
  return { state: noted, ruling: withMore(scene, ruled.ruling) };
}

/**
 * As many more as are worth it once the first has been asked for: asked again, nothing is left to start.
 * Each saves less than the one before, so the number is found by halving.
 */
function withMore(scene: Scene, first: Ruling): Ruling {
  const { pool, model, question, state } = scene;
  const asked = first.want.replicas;
  const moreAfter = (more: number): Ruling | null => {
    const next = sceneOf(model, afterwards(question, pool, asked + more), state, pool);
    return next === null ? null : scaleOut(next);
  };
  let last = moreAfter(0);
  if (last === null) return first;
  let wanted = 1;
  let least = Math.max(1, roomOf(scene) - 1);
  while (wanted < least) {
    const middle = (wanted + least) >> 1;
    const more = moreAfter(middle);
    if (more === null) least = middle;
    else {
      last = more;
      wanted = middle + 1;
    }
  }
  const { explain } = last.want;
  const replicas = asked + wanted;
  const both = () => {
    const { because, ...rest } = first.want.explain();
    return { ...rest, because: `${because}; ${explain().because}` };
  };
  return { ...first, want: { ...first.want, replicas, explain: both } };
}

/** The question as it will be once a pool has as many replicas as it was told to have. */
export function afterwards(question: Question, pool: PoolModel, replicas: number): Question {
  const asked = question.pools[pool.name];
  if (asked === undefined || asked.replicas === replicas) return question;
  const more = Math.max(0, replicas - asked.replicas);
  const going = idleOnes(asked, pool).slice(0, Math.max(0, asked.replicas - replicas));
  const then: PoolQuestion = {
    ...asked,
    replicas,
    staying: asked.staying.filter((replica) => !going.includes(replica)),
    coming: [...asked.coming, ...startsOf(pool.name, more, question.nowMs)],
    leaving: asked.leaving + going.length,
  };
  return { ...question, pools: { ...question.pools, [pool.name]: then } };
}

const startsOf = (replica: string, many: number, atMs: number): PoolQuestion["coming"] =>
  Array.from({ length: many }, () => ({ action: "start", replica, atMs }));

/** A start without ready work is on the list of its hour as soon as it is wanted, and a stop is noted. */
function marked({ ruling, state }: Ruled, { pool, nowMs, asked }: Scene): JitState {
  const own = state.pools[pool.name];
  if (own === undefined) return state;
  const isStop = ruling.want.replicas < asked.replicas;
  const isNew = ruling.isSpeculative && own.speculative.at(-1) !== nowMs;
  if (!isNew && !isStop) return state;
  const after = {
    ...own,
    speculative: isNew ? [...own.speculative, nowMs] : own.speculative,
    stoppedAtMs: isStop ? nowMs : own.stoppedAtMs,
  };
  return { ...state, pools: withPool(state.pools, pool.name, after) };
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
  if (asked.unneededSinceMs === null) {
    const farMs = farOffMs(scene);
    return { state, ruling: stops(scene, farMs === null ? Math.max(1, least) : least, farMs) };
  }
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
