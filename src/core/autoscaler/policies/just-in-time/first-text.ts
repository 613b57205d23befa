import { seededRandom } from "../../../../lib/random.ts";
import type { Explanation } from "../../decision.ts";
import { driftOf } from "../../forecast/calibration.ts";
import { sampleStarts } from "../../forecast/cold-start.ts";
import { summarise } from "../../forecast/summary.ts";
import type { DocumentObservation } from "../../observation.ts";
import { count, earlyVerb, seconds } from "../../words.ts";
import { offMs } from "./known-work.ts";
import { isAwaited } from "./learn.ts";
import {
  calibrateNeed,
  drawsMax,
  firstByNeed,
  sampleNeeds,
  upstreamOf,
  upstreamPool,
} from "./needs.ts";
import { keepAll, maySpeculate, type Ruling, restedAtMs, type Scene, startOne } from "./scene.ts";
import { quantileOf } from "./sorted.ts";
import { startInMs, startNow, startOdds } from "./start-rule.ts";
import type { JitState } from "./state.ts";

/** The answer is looked at again after this, though nothing happened: a backstop. */
const tickMs = 15_000;
const tickMinMs = 1_000;

/** What was weighed, for the sentence. Milliseconds. */
interface Weighed {
  readonly upstream: number;
  readonly sampled: number;
  readonly early: number;
  readonly late: number;
  readonly lateChance: number;
  readonly need10: number;
  readonly need50: number;
  readonly need90: number;
  readonly cold50: number;
  readonly cold90: number;
  readonly fires: "waiting-costs-more" | "goal" | null;
  readonly inMs: number;
}

export interface FirstText {
  readonly ruling: Ruling;
  /** With the forecasts that were made, to be judged when the truth is known. */
  readonly state: JitState;
}

/**
 * Whether the first text replica starts now, before any text task is ready: when waiting another
 * instant is expected to cost more in documents' time than it saves in the replica's, or when the goal
 * would be missed. Asked only while none is on or starting.
 */
export function firstText(scene: Scene): FirstText | null {
  const { question, nowMs, state } = scene;
  const documents = upstreamOf(question.documents);
  if (documents.length === 0) return null;
  if (driftOf(state.calibration) === "fall-back") {
    return { state, ruling: startIfAllowed(scene, "upload", () => ofDrift(documents.length)) };
  }
  const { weighed, state: after } = weigh(scene, documents);
  const explain = () => explanationOf(scene, weighed);
  if (weighed.fires !== null) {
    const rule = weighed.fires === "goal" ? "goal" : "just-in-time";
    return { state: after, ruling: startIfAllowed(scene, rule, explain) };
  }
  const againAtMs = nowMs + Math.min(tickMs, Math.max(tickMinMs, weighed.inMs));
  const ruling = keepAll(scene, "just-in-time-wait", false, againAtMs, () => ({
    ...explain(),
    because: waitingOf(scene, weighed),
    alternative: `start now: it would stand idle, ${seconds(weighed.need50 - weighed.cold50)} on average`,
  }));
  return { state: after, ruling };
}

function startIfAllowed(scene: Scene, rule: string, explain: () => Explanation): Ruling {
  if (maySpeculate(scene)) return startOne(scene, rule, true, explain);
  const againAtMs = restedAtMs(scene.own, scene.model.settings.restPauseMs);
  const isResting = againAtMs > scene.nowMs;
  return keepAll(scene, "start-bound", false, isResting ? againAtMs : null, () => ({
    ...explain(),
    because: isResting
      ? `the last one stopped less than ${seconds(scene.model.settings.restPauseMs)} ago and no text task is ready`
      : "as many early starts as an hour and the budget allow were made, and no text task is ready",
  }));
}

function weigh(
  scene: Scene,
  documents: readonly DocumentObservation[],
): { readonly weighed: Weighed; readonly state: JitState } {
  const { model, question, nowMs, own, pool } = scene;
  const { pace, calibration, seed } = scene.state;
  // One stream of chance for as long as the same documents wait: no start by a lucky draw.
  const random = seededRandom(seed + Math.imul(documents[0]?.uploadedAtMs ?? 0, 0x9e3779b1));
  const start = new Float64Array(drawsMax);
  sampleStarts(own.starts, 0, offMs(own, nowMs), random, start);
  const running = documents.filter((doc) => doc.visual === "running").length;
  const vision = scene.state.pools[model.vision.name] ?? own;
  const upstream = upstreamPool(
    question.pools[model.vision.name],
    vision,
    model.vision.scaling.slots,
    { pace, calibration },
    running,
    nowMs,
  );
  const most = Math.max(model.settings.jointDocumentsMax, 4 * pool.scaling.maxReplicas);
  const { first, laterMs } = firstByNeed(documents, upstream, most);
  const needs = sampleNeeds(first, upstream, nowMs, random);
  const state = keepForecasts(scene.state, first, needs, nowMs);
  first.forEach((doc, i) => {
    const draws = needs[i];
    if (draws !== undefined) calibrateNeed(doc, upstream, random, draws);
  });
  const prices = { replica: pool.microUsdPerMs, waiting: scene.waitMicroUsdPerMs };
  const odds = startOdds(needs, start, laterMs);
  const { goal } = model.settings;
  const soonest = soonestOf(needs);
  const cold = start.toSorted();
  return {
    state,
    weighed: {
      ...odds,
      upstream: documents.length,
      sampled: first.length,
      need10: quantileOf(soonest, 0.1),
      need50: quantileOf(soonest, 0.5),
      need90: quantileOf(soonest, 0.9),
      cold50: quantileOf(cold, 0.5),
      cold90: quantileOf(cold, 0.9),
      fires: startNow(odds, prices, goal),
      inMs: startInMs(needs, start, prices, goal),
    },
  };
}

/** When the first of them needs text, in each draw; sorted. */
function soonestOf(needs: readonly Float64Array[]): Float64Array {
  const soonest = new Float64Array(drawsMax).fill(Number.POSITIVE_INFINITY);
  for (const draws of needs) {
    for (let s = 0; s < drawsMax; s += 1) {
      soonest[s] = Math.min(soonest[s] ?? 0, draws[s] ?? 0);
    }
  }
  return soonest.sort();
}

/** The raw draws of documents that are followed and in their bucket, in seconds. */
function keepForecasts(
  state: JitState,
  documents: readonly DocumentObservation[],
  needs: readonly Float64Array[],
  nowMs: number,
): JitState {
  let watched = state.watched;
  documents.forEach((doc, i) => {
    const draws = needs[i];
    if (draws === undefined || !isAwaited(state, doc)) return;
    const foretold = summarise(draws.map((ms) => ms / 1_000));
    watched = watched.map((each) =>
      each.pipeline === doc.pipeline ? { ...each, foretold, foretoldAtMs: nowMs } : each,
    );
  });
  return watched === state.watched ? state : { ...state, watched };
}

function explanationOf(scene: Scene, weighed: Weighed): Explanation {
  const { upstream, lateChance, cold50 } = weighed;
  const many = upstream === 1 ? "" : `, ${count(upstream, "document")} on their way`;
  return {
    verb: earlyVerb,
    because: `needed in about ${seconds(weighed.need50)}, cold start p90 ${seconds(weighed.cold90)}${many}; started now it would come too late in ${percent(lateChance)} of cases`,
    alternative: `wait: a cold start takes ${seconds(cold50)} in half of all cases, and a document that waits is worth ${scene.state.budget.waitPrice.toFixed(1)} replicas`,
    inputs: {
      upstream,
      sampled: weighed.sampled,
      early: weighed.early,
      late: weighed.late,
      lateChance,
      needMs10: Math.round(weighed.need10),
      needMs50: Math.round(weighed.need50),
      needMs90: Math.round(weighed.need90),
      coldMs50: Math.round(weighed.cold50),
      coldMs90: Math.round(weighed.cold90),
      waitPrice: scene.state.budget.waitPrice,
      goal: scene.model.settings.goal,
      latePriceMicroUsd: Math.round(scene.state.latePriceMicroUsd),
    },
  };
}

const waitingOf = ({ pool }: Scene, { need10, need50, cold90 }: Weighed): string =>
  `${pool.name} is needed in about ${seconds(need50)}, at the earliest in ${seconds(need10)}; a cold start takes up to ${seconds(cold90)}`;

const ofDrift = (upstream: number): Explanation => ({
  verb: earlyVerb,
  because: `forecasts have missed too often of late, so text starts at upload; ${count(upstream, "document")} on the way`,
  alternative: "trust the forecast: more than three in ten have been too short",
  inputs: { upstream },
});

const percent = (share: number): string => `${Math.round(share * 100)} %`;
