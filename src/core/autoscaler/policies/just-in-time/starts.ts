import { startMeanMs, startQuantileMs } from "../../forecast/cold-start.ts";
import { count, earlyVerb, seconds } from "../../words.ts";
import { keepExtraMs } from "./costs.ts";
import { knownWork, offMs } from "./known-work.ts";
import { savedBy, savedEnoughMs } from "./scale-out.ts";
import { maySpeculate, type Ruling, roomOf, type Scene, startOne } from "./scene.ts";
import { inputsOf } from "./stops.ts";
import { chanceAbove, rateAt } from "./week.ts";

/** What the reference would do here with a pool that has none: no start of ours is later than its. */
export function guard(scene: Scene): Ruling | null {
  const { model, nowMs, asked, pool, supply } = scene;
  // Stuck replicas are no replicas: the question is put as if they were not there.
  const question = { ...asked, replicas: supply.usable };
  const { wants } = model.reference.want(
    { nowMs, pools: { [pool.name]: question }, documents: [], facts: [] },
    null,
  );
  const want = wants[pool.name];
  if (want === undefined || want.replicas <= supply.usable || roomOf(scene) <= 0) return null;
  return startOne(scene, want.rule, false, want.explain);
}

/** When the reference would start by the clock alone, though nothing happens; null: never. */
export function guardAtMs({ model, nowMs, asked, pool }: Scene): number | null {
  const pools = { [pool.name]: asked };
  const { wants } = model.reference.want({ nowMs, pools, documents: [], facts: [] }, null);
  return wants[pool.name]?.againAtMs ?? null;
}

/** Whether one replica more is worth its start and its idle time afterwards: `w saved > c (E[C] + keep)`. */
export function scaleOut(scene: Scene): Ruling | null {
  const { model, state, nowMs, question, pool, own, supply, asked } = scene;
  if (roomOf(scene) <= 0 || supply.usable === 0) return null;
  if (fits(scene)) return null;
  const { documents, pools } = question;
  const startMs = startMeanMs(own.starts, offMs(own, nowMs));
  const keepMs = keepExtraMs(model, state, pool, asked.replicas + 1);
  const asking = { model, state, nowMs, documents, pools };
  const work = knownWork(asking, pool, supply, startMs + keepMs);
  if (work === null) return null;
  const savedMs = savedBy(work, { readyMs: startMs, slots: pool.scaling.slots });
  const enoughMs = savedEnoughMs(
    { microUsdPerMs: pool.microUsdPerMs, startMs, keepMs },
    scene.waitMicroUsdPerMs,
  );
  if (savedMs <= enoughMs) return null;
  const isSpeculative = asked.demand.ready === 0;
  if (isSpeculative && !maySpeculate(scene)) return null;
  return startOne(scene, "scale-out", isSpeculative, () => ({
    verb: isSpeculative ? earlyVerb : "started",
    because: `one more saves documents ${seconds(savedMs)} of waiting, and ${seconds(enoughMs)} would pay for it; ${count(asked.demand.ready, "task")} ready, ${asked.demand.leased} at work on ${count(supply.usable, "replica")}`,
    alternative: `hold: documents would wait ${seconds(savedMs)} longer in all`,
    inputs: {
      ...inputsOf(scene),
      savedMs: Math.round(savedMs),
      enoughMs: Math.round(enoughMs),
      startMs: Math.round(startMs),
      keepMs: Math.round(keepMs),
    },
  }));
}

/** Whether every task that runs, waits or is on its way has a slot of its own: nobody would wait. */
function fits({ asked, model, pool, state, supply, question }: Scene): boolean {
  const { ready, leased, blocked } = asked.demand;
  const coming = pool.name === model.text.name ? Math.min(blocked, question.documents.length) : 0;
  const perDocument = Math.max(1, state.textTasks - 1);
  return ready + leased + coming * perDocument <= supply.usable * pool.scaling.slots;
}

/** From this certainty on the warm pool begins to hold a replica, and below this it ends. */
const holdFrom = 0.6;
const holdUntil = 0.4;

export interface Warmth {
  readonly isWarm: boolean;
  /** Whether it is for an hour that has not begun: as early as nine in ten starts take. */
  readonly chance: number;
  readonly perHour: number;
}

/** Whether this hour, or the one a start made now would be ready in, is known to bring enough uploads. */
export function warmthOf(scene: Scene): Warmth {
  const { model, state, own, nowMs, pool, thrift } = scene;
  const off = { isWarm: false, chance: 0, perHour: 0 };
  if (!model.settings.warmPool || state.week.hours.length === 0) return off;
  if (thrift !== "free") return off;
  const { keep } = state.idle;
  if (keep === null) return off;
  const isVision = pool.name === model.vision.name;
  const perHour = isVision ? keep.warmVisionPerHour : keep.warmTextPerHour;
  const aheadMs = startQuantileMs(own.starts, 0.9, null);
  const chance = Math.max(
    chanceAbove(rateAt(state.week, nowMs), perHour),
    chanceAbove(rateAt(state.week, nowMs + aheadMs), perHour),
  );
  return { isWarm: chance >= (own.isWarm ? holdUntil : holdFrom), chance, perHour };
}

export function warmStart(scene: Scene, { chance, perHour }: Warmth): Ruling | null {
  if (!maySpeculate(scene)) return null;
  return startOne(scene, "warm-hour", true, () => ({
    verb: earlyVerb,
    because: `uploads at this hour of the week come more often than the ${perHour.toFixed(1)} an hour that pay for it, with a chance of ${Math.round(chance * 100)} %`,
    alternative: "wait for the next document: it would wait for a cold start",
    inputs: { ...inputsOf(scene), chance, perHour },
  }));
}
