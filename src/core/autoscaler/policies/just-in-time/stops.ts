import type { PoolQuestion } from "../../decision.ts";
import { isStarting, type ReplicaObservation } from "../../observation.ts";
import { seconds } from "../../words.ts";
import { keepExtraMs, keepLastMs } from "./costs.ts";
import type { PoolModel } from "./model.ts";
import { earlier, keepAll, type Ruling, type Scene } from "./scene.ts";

/** The keep-alive that a budget without anything left for idling allows. */
const shortKeepMs = 45_000;

/** One replica, counted from the highest: since when demand has not needed it, and how long it is kept. */
interface Spare {
  readonly level: number;
  readonly sinceMs: number;
  readonly keepMs: number;
  /** It goes because work for it comes no sooner than in this time. */
  readonly farMs?: number;
}

/** How many replicas to give back now, and when to look again. */
export function stops(scene: Scene, floor: number, farMs: number | null = null): Ruling {
  const { asked, nowMs } = scene;
  const idle = idleOnes(asked, scene.pool);
  let replicas = asked.replicas;
  let againAtMs: number | null = null;
  let spare: Spare | null = null;
  for (const replica of idle) {
    if (replicas <= floor) break;
    const next = spareOf(scene, replicas, replica, farMs);
    if (next === null) break;
    spare = next;
    const dueMs = dueAtMs(scene, next, replica);
    if (dueMs > nowMs) {
      againAtMs = dueMs;
      break;
    }
    replicas -= 1;
  }
  if (replicas === asked.replicas || spare === null) {
    return spare === null ? restOf(scene, floor) : keepOf(scene, spare, againAtMs);
  }
  return stopOf(scene, spare, replicas, againAtMs);
}

/** In the order in which `decide` gives them back. None while a start is on its way, which would go first. */
export function idleOnes(asked: PoolQuestion, pool: PoolModel): readonly ReplicaObservation[] {
  if (asked.staying.length === 0 || asked.coming.length > 0) return [];
  const isCold = asked.staying.some(isStarting) && !asked.staying.every(isStarting);
  if (isCold && asked.unneededSinceMs === null) return [];
  const slotOf = (replica: ReplicaObservation) => Number(replica.name.slice(pool.name.length + 1));
  const rank = (replica: ReplicaObservation) =>
    (slotOf(replica) > pool.scaling.maxReplicas ? 2_000_000 : 0) +
    (isStarting(replica) ? 1_000_000 : 0) +
    slotOf(replica);
  const idle = asked.staying.filter((replica) => replica.leases === 0);
  return idle.length > 1 ? idle.toSorted((a, b) => rank(b) - rank(a)) : idle;
}

function spareOf(
  scene: Scene,
  level: number,
  replica: ReplicaObservation,
  farMs: number | null,
): Spare | null {
  const { asked, model, state, pool, own, thrift } = scene;
  const shorten = (ms: number): number =>
    thrift === "short-keep" || thrift === "reactive" ? Math.min(ms, shortKeepMs) : ms;
  if (farMs !== null) return { level, sinceMs: scene.nowMs, keepMs: 0, farMs };
  if (level <= 1) {
    if (asked.unneededSinceMs === null) return null;
    const keepMs = shorten(keepLastMs(model, state, pool));
    return { level, sinceMs: asked.unneededSinceMs, keepMs };
  }
  const gaps = own.levels[level - 2];
  if (gaps?.reached && gaps.belowSinceMs === null) return null;
  const sinceMs = gaps?.belowSinceMs ?? asked.unneededSinceMs ?? replica.sinceMs;
  return { level, sinceMs, keepMs: shorten(keepExtraMs(model, state, pool, level)) };
}

/**
 * When this replica goes: after its keep-alive, at least `minOnMs` after it became ready, and with a
 * billing quantum shortly before the end of one, for stopping inside it saves nothing. The keep-alive
 * is rounded to the nearest of these ends.
 */
function dueAtMs({ model, nowMs }: Scene, spare: Spare, replica: ReplicaObservation): number {
  const { minOnMs, quantumMarginMs } = model.settings;
  const onUntilMs = isStarting(replica) ? 0 : replica.sinceMs + minOnMs;
  const keptUntilMs = spare.sinceMs + spare.keepMs;
  const { quantumMs } = model;
  if (quantumMs <= 0) return Math.max(onUntilMs, keptUntilMs);
  const marginMs = Math.min(quantumMarginMs, quantumMs / 2);
  const requestedMs = replica.requestedAtMs ?? replica.sinceMs;
  const earliestMs = Math.max(onUntilMs, keptUntilMs - quantumMs / 2, requestedMs);
  const endOf = (ms: number): number =>
    requestedMs + Math.max(1, Math.ceil((ms - requestedMs) / quantumMs)) * quantumMs;
  const endMs = endOf(Math.max(earliestMs, nowMs));
  return Math.max(endMs - marginMs, earliestMs);
}

function restOf(scene: Scene, floor: number): Ruling {
  const { asked } = scene;
  const isIdle = asked.unneededSinceMs !== null && asked.replicas <= floor;
  return keepAll(scene, isIdle ? "no-work" : "enough", true, null, () => ({
    because: isIdle ? "nothing needs it" : "what runs is enough",
    inputs: inputsOf(scene),
  }));
}

function keepOf(scene: Scene, spare: Spare, againAtMs: number | null): Ruling {
  const { nowMs, pool, asked } = scene;
  const isLast = spare.level <= 1;
  return keepAll(scene, isLast ? "keep-alive" : "keep-extra", !isLast, againAtMs, () => ({
    because: isLast
      ? `no pipeline needs ${pool.name} any more; the next document is worth keeping it ${seconds(spare.keepMs)} for`
      : `work for ${asked.replicas} replicas was there ${seconds(nowMs - spare.sinceMs)} ago; it often comes back within ${seconds(spare.keepMs)}`,
    inputs: { ...inputsOf(scene), keepMs: spare.keepMs, idleMs: nowMs - spare.sinceMs },
    alternative: "stop it now: the next document would wait for a cold start",
  }));
}

function stopOf(scene: Scene, spare: Spare, replicas: number, againAtMs: number | null): Ruling {
  const { nowMs, pool } = scene;
  const idleMs = nowMs - spare.sinceMs;
  const isLast = spare.level <= 1;
  return {
    isSpeculative: false,
    want: {
      replicas,
      rule: spare.farMs !== undefined ? "far-off" : isLast ? "idle" : "extra-idle",
      quiet: false,
      againAtMs: earlier(againAtMs, null),
      explain: () => ({
        verb: "started",
        because:
          spare.farMs !== undefined
            ? `no document needs ${pool.name} sooner than in ${seconds(spare.farMs)}, which is more than a new start costs`
            : isLast
              ? `no pipeline has needed ${pool.name} for ${seconds(idleMs)}, and keeping it pays for ${seconds(spare.keepMs)}`
              : `work has fitted on ${replicas === 1 ? "1 replica" : `${replicas} replicas`} for ${seconds(idleMs)}, and another pays for ${seconds(spare.keepMs)}`,
        inputs: { ...inputsOf(scene), keepMs: spare.keepMs, idleMs },
        alternative:
          "keep it: its idle time goes on being paid, the next document saves a cold start",
      }),
    },
  };
}

export const inputsOf = ({ asked, state, nowMs }: Scene) => ({
  ready: asked.demand.ready,
  leased: asked.demand.leased,
  pipelines: asked.demand.pipelines,
  unneededMs: asked.unneededSinceMs === null ? null : nowMs - asked.unneededSinceMs,
  waitPrice: state.budget.waitPrice,
});
