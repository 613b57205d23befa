import type { Fact } from "../../facts.ts";
import { bucketOf, learnOutcome } from "../../forecast/calibration.ts";
import { learnStart } from "../../forecast/cold-start.ts";
import { learnPace, learnStage } from "../../forecast/pace.ts";
import { type Bucket, buckets } from "../../forecast/quality.ts";
import type { DocumentObservation } from "../../observation.ts";
import { recentUploads } from "./burst.ts";
import { pushed } from "./gaps.ts";
import { type JitState, type PoolState, type Watched, withPool } from "./state.ts";

/** Documents followed at once. More would only learn the same sooner. */
const watchedMax = 6;
/** One whose end nobody tells is given up. */
const watchedForMs = 6 * 3_600_000;
const pathsMax = 32;
/** The mean time of a task follows the last tasks, about this many. */
const tasksMax = 50;
/** The task whose slides are told one by one. */
const visualTask = "visual_analysis";

/** What the facts teach, in their order. Data that nothing was learned for keeps its identity. */
export function learn(state: JitState, facts: readonly Fact[]): JitState {
  let learned = state;
  for (const fact of facts) learned = learnFact(learned, fact);
  return learned;
}

function learnFact(state: JitState, fact: Fact): JitState {
  switch (fact.kind) {
    case "uploaded":
      return watch(
        { ...state, recentMs: pushed(state.recentMs, fact.atMs, recentUploads) },
        fact.pipeline,
        fact.atMs,
      );
    case "slide-done":
      return readSlide(state, fact.pipeline, fact.tookMs, fact.atMs);
    case "text-needed":
      return needText(state, fact.pipeline, fact.atMs);
    case "pipeline-ended":
      return unwatch(state, fact.pipeline);
    case "task-done":
      return fact.task === visualTask
        ? state
        : changed(state, fact.pool, (pool) => learnTask(pool, fact.tookMs));
    case "start-ended":
      return changed(state, fact.pool, (pool) => ({
        ...pool,
        starts: learnStart(pool.starts, fact),
        stoppedAtMs: fact.how === "ready" ? pool.stoppedAtMs : fact.atMs,
      }));
    case "replica-ended":
      return changed(state, fact.pool, (pool) => ({ ...pool, stoppedAtMs: fact.atMs }));
    default:
      return state;
  }
}

function changed(state: JitState, name: string, change: (pool: PoolState) => PoolState): JitState {
  const pool = state.pools[name];
  if (pool === undefined) return state;
  return { ...state, pools: withPool(state.pools, name, change(pool)) };
}

function learnTask(pool: PoolState, tookMs: number): PoolState {
  const tasks = Math.min(tasksMax, pool.tasks + 1);
  const taskMeanMs = Math.round(pool.taskMeanMs + (tookMs - pool.taskMeanMs) / tasks);
  return { ...pool, tasks, taskMeanMs };
}

/** Each document is judged in one bucket, in turn, so that all buckets learn and little is kept. */
function watch(state: JitState, pipeline: string, atMs: number): JitState {
  const isFull = state.watched.length >= watchedMax;
  if (isFull && state.watched.every((each) => atMs - each.uploadedAtMs < watchedForMs))
    return state;
  const followed = isFull
    ? state.watched.filter((each) => atMs - each.uploadedAtMs < watchedForMs)
    : state.watched;
  const bucket = buckets[Math.floor(atMs / 1_000) % buckets.length] ?? buckets[0];
  const watched: Watched = {
    pipeline,
    uploadedAtMs: atMs,
    slides: 0,
    sumLnSeconds: 0,
    sumSquaresLnSeconds: 0,
    sumMs: 0,
    lastSlideMs: null,
    bucket,
    foretold: null,
    foretoldAtMs: 0,
  };
  return { ...state, watched: [...followed, watched] };
}

const indexOf = (state: JitState, pipeline: string): number =>
  state.watched.findIndex((watched) => watched.pipeline === pipeline);

function readSlide(state: JitState, pipeline: string, tookMs: number, atMs: number): JitState {
  const index = indexOf(state, pipeline);
  const before = state.watched[index];
  if (before === undefined) return state;
  const ln = Math.log(Math.max(1, tookMs) / 1_000);
  return {
    ...state,
    watched: state.watched.with(index, {
      ...before,
      slides: before.slides + 1,
      sumLnSeconds: before.sumLnSeconds + ln,
      sumSquaresLnSeconds: before.sumSquaresLnSeconds + ln * ln,
      sumMs: before.sumMs + tookMs,
      lastSlideMs: atMs,
    }),
  };
}

function needText(state: JitState, pipeline: string, atMs: number): JitState {
  const index = indexOf(state, pipeline);
  const read = state.watched[index];
  if (read === undefined) return state;
  const watched = state.watched.toSpliced(index, 1);
  if (read.slides === 0 || read.lastSlideMs === null) return { ...state, watched };
  const pace = learnStage(learnPace(state.pace, read), (atMs - read.lastSlideMs) / 1_000);
  const calibration =
    read.foretold === null
      ? state.calibration
      : learnOutcome(
          state.calibration,
          read.bucket,
          read.foretold,
          (atMs - read.foretoldAtMs) / 1_000,
        );
  const pathsMs = pushed(state.pathsMs, read.sumMs, pathsMax);
  return { ...state, watched, pace, calibration, pathsMs };
}

function unwatch(state: JitState, pipeline: string): JitState {
  const index = indexOf(state, pipeline);
  return index < 0 ? state : { ...state, watched: state.watched.toSpliced(index, 1) };
}

/** Whether a forecast of this document is to be kept now: it stands in its bucket and none is. */
export function isAwaited(state: JitState, doc: DocumentObservation): boolean {
  const bucket: Bucket = bucketOf(doc);
  return state.watched.some(
    (watched) =>
      watched.pipeline === doc.pipeline && watched.foretold === null && watched.bucket === bucket,
  );
}
