import {
  type Demand,
  type DocumentObservation,
  noDemand,
  type Observation,
  type PoolObservation,
  type ReplicaObservation,
  type VisualProgress,
} from "../../core/autoscaler/observation.ts";
import { sharedDemand } from "../../core/autoscaler/topology.ts";
import { expectedEndMs } from "../../core/pipeline/progress.ts";
import { progressTo } from "./progress.ts";
import {
  type Scene,
  type SimPipeline,
  type SimPool,
  type SimReplica,
  type SimWork,
  taskStates,
} from "./scene.ts";

/** What the scaler sees now. Parts that have not changed are the same objects as last time. */
export function look(scene: Scene): Observation {
  const { nowMs, attention } = scene;
  const pools: Record<string, PoolObservation> = {};
  const upstream = upstreamOf(scene);
  for (const pool of scene.poolList) {
    pools[pool.name] = { replicas: replicasOf(pool), demand: demandOf(pool, upstream) };
  }
  if (!attention.documents && !attention.facts) return { nowMs, pools };
  return {
    nowMs,
    pools,
    ...(attention.documents ? { documents: documentsOf(scene) } : {}),
    ...(attention.facts ? { facts: takeFacts(scene) } : {}),
  };
}

function replicasOf(pool: SimPool): readonly ReplicaObservation[] {
  if (pool.broken.length > 0) {
    const all = [...pool.replicas.map(replicaOf), ...pool.broken];
    pool.broken = [];
    return all;
  }
  pool.shown ??= pool.replicas.map(replicaOf);
  return pool.shown;
}

function replicaOf(replica: SimReplica): ReplicaObservation {
  const { name, phase, sinceMs, requestedMs, leases, idleSinceMs } = replica;
  replica.shown ??= { name, phase, sinceMs, requestedAtMs: requestedMs, leases, idleSinceMs };
  return replica.shown;
}

const nobody: readonly VisualProgress[] = [];

function demandOf({ works }: SimPool, upstream: readonly VisualProgress[]): Demand {
  const [first, second] = works;
  if (first === undefined) return noDemand;
  // Where one pool does both kinds of work nothing waits for another pool.
  if (second !== undefined) {
    return sharedDemand(workDemand(first, nobody), workDemand(second, nobody));
  }
  return workDemand(first, first.isDownstream ? upstream : nobody);
}

function workDemand(work: SimWork, upstream: readonly VisualProgress[]): Demand {
  const known = work.shown;
  if (known !== null && known.upstream.length === 0 && upstream.length === 0) return known;
  const shown: Demand = {
    ready: work.ready,
    leased: work.leased,
    delayed: work.delayed,
    blocked: work.blocked,
    pipelines: work.pipelines,
    oldestReadyMs: work.ready === 0 ? null : work.pool.queue.oldestMs(),
    upstream,
  };
  work.shown = shown;
  return shown;
}

/** The production looks no further either. */
const pipelinesMax = 250;

/** Written over by each look. */
const scratch: VisualProgress[] = [];

/** Those whose visual analysis is not done, the oldest first. */
function upstreamOf(scene: Scene): readonly VisualProgress[] {
  const { oldest, nowMs, stage } = scene;
  if (oldest === null || stage.topology === "shared") return nobody;
  let looked = 0;
  let found = 0;
  for (let at: SimPipeline | null = oldest; at !== null && looked < pipelinesMax; at = at.after) {
    looked += 1;
    const state = at.states[stage.visual] ?? taskStates.done;
    if (state >= taskStates.done) continue;
    scratch[found] = state === taskStates.leased ? runningAt(scene, at, nowMs) : waitingAt(at);
    found += 1;
  }
  return found === 0 ? nobody : scratch.slice(0, found);
}

function waitingAt(pipeline: SimPipeline): VisualProgress {
  pipeline.shownProgress ??= {
    pipeline: pipeline.name,
    fraction: fractionOf(pipeline),
    expectedEndMs: null,
  };
  return pipeline.shownProgress;
}

const fractionOf = ({ slidesDone, document }: SimPipeline): number =>
  slidesDone / document.slideMs.length;

function runningAt(scene: Scene, pipeline: SimPipeline, nowMs: number): VisualProgress {
  progressTo(scene, pipeline, nowMs);
  const fraction = fractionOf(pipeline);
  const runningMs = nowMs - (pipeline.leasedAtMs[scene.stage.visual] ?? nowMs);
  return {
    pipeline: pipeline.name,
    fraction,
    expectedEndMs: expectedEndMs(fraction, runningMs, nowMs),
  };
}

function documentsOf(scene: Scene): readonly DocumentObservation[] {
  const documents: DocumentObservation[] = [];
  for (let at = scene.oldest; at !== null; at = at.after) {
    if (at.states[scene.stage.visual] === taskStates.leased) progressTo(scene, at, scene.nowMs);
    at.shown ??= documentOf(scene, at);
    documents.push(at.shown);
  }
  return documents;
}

function documentOf(scene: Scene, pipeline: SimPipeline): DocumentObservation {
  const { stage, works, textWork } = scene;
  const state = pipeline.states[stage.visual] ?? taskStates.blocked;
  const isRunning = state === taskStates.leased;
  return {
    pipeline: pipeline.name,
    uploadedAtMs: pipeline.document.arrivalMs,
    slides: pipeline.document.slideMs.length,
    visual: isRunning ? "running" : state >= taskStates.done ? "done" : "waiting",
    slidesDone: pipeline.slidesDone,
    slideSinceMs: isRunning ? pipeline.slideSinceMs : null,
    sumLnSeconds: pipeline.sumLnSeconds,
    textTasksLeft: pipeline.open[works.indexOf(textWork)] ?? 0,
  };
}

/** Each once, in order of time: slides are told when somebody looks, so they come late to the list. */
function takeFacts(scene: Scene): Scene["facts"] {
  const { facts } = scene;
  for (let at = scene.oldest; at !== null; at = at.after) {
    if (at.states[scene.stage.visual] === taskStates.leased) progressTo(scene, at, scene.nowMs);
  }
  scene.facts = [];
  let isSorted = true;
  for (let at = 1; at < facts.length; at += 1) {
    if ((facts[at]?.atMs ?? 0) < (facts[at - 1]?.atMs ?? 0)) isSorted = false;
  }
  return isSorted ? facts : facts.toSorted((a, b) => a.atMs - b.atMs);
}
