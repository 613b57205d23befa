import type { Explanation, PoolQuestion, Question, Want } from "../../decision.ts";
import { stuckAfterMs } from "../../forecast/cold-start.ts";
import { type Thrift, thriftOf } from "./budget.ts";
import { type Model, type PoolModel, waitMicroUsdPerMs } from "./model.ts";
import type { JitState, PoolState } from "./state.ts";
import { type Supply, supplyOf } from "./supply.ts";

/** One pool at the moment of one question. */
export interface Scene {
  readonly model: Model;
  readonly question: Question;
  readonly nowMs: number;
  readonly state: JitState;
  readonly pool: PoolModel;
  readonly own: PoolState;
  readonly asked: PoolQuestion;
  readonly supply: Supply;
  readonly waitMicroUsdPerMs: number;
  readonly thrift: Thrift;
}

/** What a rule says, and whether it starts something that no ready work asks for. */
export interface Ruling {
  readonly want: Want;
  readonly isSpeculative: boolean;
}

export function sceneOf(
  model: Model,
  question: Question,
  state: JitState,
  pool: PoolModel,
): Scene | null {
  const asked = question.pools[pool.name];
  const own = state.pools[pool.name];
  if (asked === undefined || own === undefined) return null;
  const hasStarting = asked.staying.some(({ phase }) => phase !== "ready");
  const stuckMs = hasStarting ? stuckAfterMs(own.starts) : Number.POSITIVE_INFINITY;
  return {
    model,
    question,
    nowMs: question.nowMs,
    state,
    pool,
    own,
    asked,
    supply: supplyOf(asked, stuckMs, question.nowMs),
    waitMicroUsdPerMs: waitMicroUsdPerMs(model, state.budget.waitPrice),
    thrift: thriftOf(state.budget, model.settings.microUsdPerDay),
  };
}

/** Of our own, how many more the bounds allow. */
export const roomOf = ({ asked, pool }: Scene): number =>
  pool.scaling.maxReplicas - (asked.replicas - asked.fixed);

/**
 * Whether a start without ready work may be made now: none is on its way, the last stop is not just
 * over, the hour has had fewer than its bound, and the budget has something left for it.
 */
export function maySpeculate(scene: Scene): boolean {
  const { own, nowMs, model, supply, thrift } = scene;
  const { restPauseMs, speculativeStartsPerHour } = model.settings;
  return (
    thrift !== "reactive" &&
    supply.requestedMs.length === 0 &&
    roomOf(scene) > 0 &&
    own.speculative.length < speculativeStartsPerHour &&
    nowMs >= restedAtMs(own, restPauseMs)
  );
}

export const restedAtMs = ({ stoppedAtMs }: PoolState, restPauseMs: number): number =>
  stoppedAtMs === null ? Number.NEGATIVE_INFINITY : stoppedAtMs + restPauseMs;

/** As many as there are; nobody needs to hear of it where `quiet` is true. */
export function keepAll(
  { asked }: Scene,
  rule: string,
  quiet: boolean,
  againAtMs: number | null,
  explain: () => Partial<Explanation> & Pick<Explanation, "because">,
): Ruling {
  return {
    isSpeculative: false,
    want: {
      replicas: asked.replicas,
      rule,
      quiet,
      againAtMs,
      explain: () => ({
        verb: "started",
        inputs: {},
        alternative: "start or stop a replica now: the policy gives no reason to",
        ...explain(),
      }),
    },
  };
}

export function startOne(
  { asked }: Scene,
  rule: string,
  isSpeculative: boolean,
  explain: () => Explanation,
): Ruling {
  return {
    isSpeculative,
    want: { replicas: asked.replicas + 1, rule, quiet: false, againAtMs: null, explain },
  };
}

/** The earlier of two instants, where either may be none. */
export function earlier(one: number | null, other: number | null): number | null {
  if (one === null) return other;
  return other === null ? one : Math.min(one, other);
}
