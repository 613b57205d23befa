import type { PoolQuestion } from "../../decision.ts";
import { startMeanMs } from "../../forecast/cold-start.ts";
import { meanWorkSeconds } from "../../forecast/pace.ts";
import type { DocumentObservation } from "../../observation.ts";
import { expectedUploadsMs } from "./burst.ts";
import type { Model, PoolModel } from "./model.ts";
import { expectedNeedsMs, upstreamOf, upstreamPool } from "./needs.ts";
import type { Job, KnownWork } from "./scale-out.ts";
import type { JitState, PoolState } from "./state.ts";
import type { Supply } from "./supply.ts";

/** Documents beyond this change no answer: by then another replica is worth its price many times over. */
const mostOf = ({ scaling }: PoolModel): number => Math.max(64, 4 * scaling.maxReplicas);
/** An analysis is one of three that a document waits for. */
const analysisWeight = 1 / 3;

export interface WorkQuestion {
  readonly model: Model;
  readonly state: JitState;
  readonly nowMs: number;
  readonly documents: readonly DocumentObservation[];
  readonly pools: Readonly<Record<string, PoolQuestion>>;
}

/**
 * What is known of a pool's work: what runs, what waits, documents on their way to it, and uploads to
 * come should a burst go on, as far as `withinMs`: for so long a replica started now would be on.
 */
export function knownWork(
  question: WorkQuestion,
  pool: PoolModel,
  supply: Supply,
  withinMs: number,
): KnownWork | null {
  const asked = question.pools[pool.name];
  const own = question.state.pools[pool.name];
  if (asked === undefined || own === undefined) return null;
  const { model, state, nowMs } = question;
  const uploadsMs = expectedUploadsMs(state.recentMs, nowMs, withinMs);
  const doesText = pool.name === model.text.name;
  const jobsMax = mostOf(pool);
  const jobs: Job[] = [];
  let ready = asked.demand.ready;
  let running: readonly number[] = [];
  if (pool.name === model.vision.name) {
    const visual = visualWork(question, jobsMax);
    running = visual.running;
    ready = Math.max(0, ready - visual.waits);
    // The other task of a document stands behind its visual analysis, before the next document.
    const others = doesText ? 0 : Math.min(jobsMax, ready);
    // Where one pool does both kinds of work, a document's text tasks come back to the same slots.
    const next = doesText ? { next: state.textTasks, nextWorkMs: own.taskMeanMs } : {};
    for (let i = 0; i < Math.max(others, visual.waiting.length); i += 1) {
      const job = visual.waiting[i];
      if (job !== undefined) jobs.push({ ...job, ...next });
      if (i < others) jobs.push(single(own.taskMeanMs, 0));
    }
    for (const readyMs of doesText ? running : []) {
      jobs.push({
        ...{ ...single(own.taskMeanMs, 1), readyMs },
        ...{ next: Math.max(0, state.textTasks - 1), nextWorkMs: own.taskMeanMs },
      });
    }
    for (const readyMs of uploadsMs) {
      jobs.push(
        { ...single(visual.usualMs, 1), ...next, readyMs },
        { ...single(own.taskMeanMs, 0), readyMs },
      );
    }
  }
  if (doesText) {
    addTextJobs({ question, own, ready, uploadsMs, withinMs, jobsMax }, jobs);
  }
  return { slotsFreeMs: slotsOf(question, pool, own, supply, running), jobs };
}

const single = (workMs: number, weight: number): Job => ({
  readyMs: 0,
  workMs,
  weight,
  next: 0,
  nextWorkMs: 0,
});

/** Visual analyses that run, by the time they still take, and those that wait, as jobs. */
function visualWork(
  { state, documents }: WorkQuestion,
  most: number,
): {
  readonly running: readonly number[];
  /** How many wait, and the first of them as jobs. */
  readonly waits: number;
  readonly waiting: readonly Job[];
  readonly usualMs: number;
} {
  const slideMs = meanWorkSeconds(state.pace, 1) * 1_000;
  const usualMs = meanWorkSeconds(state.pace, null) * 1_000;
  const running: number[] = [];
  const waiting: Job[] = [];
  let waits = 0;
  for (const doc of documents) {
    if (doc.visual === "done") continue;
    if (doc.visual === "waiting") waits += 1;
    if (doc.visual === "waiting" && waits > most) continue;
    const left =
      doc.slides === null ? usualMs : Math.max(0.5, doc.slides - doc.slidesDone) * slideMs;
    if (doc.visual === "running") running.push(left);
    else waiting.push(single(left, 1));
  }
  return { running, waits, waiting, usualMs };
}

interface TextQuestion {
  readonly question: WorkQuestion;
  readonly own: PoolState;
  readonly ready: number;
  readonly uploadsMs: readonly number[];
  readonly withinMs: number;
  readonly jobsMax: number;
}

function addTextJobs(asked: TextQuestion, jobs: Job[]): void {
  const { question, own, ready, uploadsMs, withinMs, jobsMax } = asked;
  const { documents, state } = question;
  const next = Math.max(0, state.textTasks - 1);
  const workMs = own.taskMeanMs;
  const first = (readyMs: number): Job => ({
    readyMs,
    workMs,
    weight: 1,
    next,
    nextWorkMs: workMs,
  });
  let begun = 0;
  for (const doc of documents) {
    if (doc.visual === "done" && doc.textTasksLeft === state.textTasks) begun += 1;
  }
  const waiting = Math.min(begun, ready, jobsMax);
  for (let i = 0; i < waiting; i += 1) jobs.push(first(0));
  for (let i = 0; i < Math.min(jobsMax, ready - waiting); i += 1) {
    jobs.push(single(workMs, analysisWeight));
  }
  // First tasks that run: what follows them comes when they end, in half their time on average.
  for (let i = 0; i < Math.min(jobsMax, begun - waiting); i += 1) {
    for (let k = 0; k < next; k += 1) {
      jobs.push({ ...single(workMs, analysisWeight), readyMs: workMs / 2 });
    }
  }
  for (const readyMs of arrivalsMs(question, uploadsMs, withinMs, jobsMax))
    jobs.push(first(readyMs));
}

/** When documents still in visual analysis, or not uploaded yet, reach the text pool. */
function arrivalsMs(
  { model, state, nowMs, documents, pools }: WorkQuestion,
  uploadsMs: readonly number[],
  withinMs: number,
  most: number,
): number[] {
  const coming = upstreamOf(documents).slice(0, most);
  const vision = state.pools[model.vision.name];
  // In the shared topology the same slots do both, and the visual jobs are in the list already.
  if (vision === undefined || model.isShared) return [];
  const running = coming.filter((doc) => doc.visual === "running").length;
  const { slots, maxReplicas } = model.vision.scaling;
  const upstream = upstreamPool(pools[model.vision.name], vision, slots, state, running, nowMs);
  const needs = [...expectedNeedsMs(coming, upstream)];
  // The vision pool passes on no more than all of its slots can do.
  const usualMs = meanWorkSeconds(state.pace, null) * 1_000;
  const everyMs = (usualMs + vision.taskMeanMs) / Math.max(1, slots * maxReplicas);
  let atMs = needs.length === 0 ? 0 : Math.max(...needs);
  for (const uploadMs of uploadsMs) {
    atMs = Math.max(atMs + everyMs, uploadMs + usualMs);
    needs.push(atMs);
  }
  return needs.filter((ms) => ms <= withinMs);
}

export const offMs = ({ stoppedAtMs }: PoolState, nowMs: number): number | null =>
  stoppedAtMs === null ? null : Math.max(0, nowMs - stoppedAtMs);

function slotsOf(
  { pools, nowMs }: WorkQuestion,
  pool: PoolModel,
  own: PoolState,
  supply: Supply,
  running: readonly number[],
): number[] {
  const { slots } = pool.scaling;
  const asked = pools[pool.name];
  const working = (supply.ready.length + (asked?.fixed ?? 0)) * slots;
  const leased = Math.min(working, asked?.demand.leased ?? 0);
  const free = running.slice(0, leased);
  while (free.length < leased) free.push(own.taskMeanMs / 2);
  while (free.length < working) free.push(0);
  const startMs = startMeanMs(own.starts, offMs(own, nowMs));
  for (const atMs of supply.requestedMs) {
    const ms = Math.max(startMs / 10, startMs - (nowMs - atMs));
    for (let i = 0; i < slots; i += 1) free.push(ms);
  }
  return free;
}
