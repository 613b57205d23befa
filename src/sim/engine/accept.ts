import { admit, type QueueClock } from "../../core/pipeline/order.ts";
import type { SimDocument } from "../model.ts";
import { makeReady } from "./lease.ts";
import { type Scene, type SimPipeline, taskStates } from "./scene.ts";

/** A document comes in: its pipeline gets its place in the order and its first tasks are ready. */
export function acceptDocument(scene: Scene, document: SimDocument): void {
  const pipeline = scene.freePipelines.pop() ?? createPipeline(scene);
  begin(scene, pipeline, document);
  pipeline.before = scene.newest;
  if (scene.newest === null) scene.oldest = pipeline;
  else scene.newest.after = pipeline;
  scene.newest = pipeline;
  scene.onTheirWay += 1;
  for (const work of scene.works) {
    pipeline.open[work.index] = work.tasks.length;
    work.pipelines += 1;
    work.blocked += work.tasks.length;
    work.shown = null;
  }
  scene.journal?.note(`document ${document.id} arrives`);
  if (scene.attention.facts) {
    scene.facts.push({
      kind: "uploaded",
      atMs: scene.nowMs,
      pipeline: pipeline.name,
      slides: document.slideMs.length,
    });
  }
  for (const task of pipeline.standpoint.ready) makeReady(scene, pipeline, task);
}

function createPipeline(scene: Scene): SimPipeline {
  const tasks = scene.stage.graph.names.length;
  const pipeline: SimPipeline = {
    slot: scene.pipelines.length,
    document: { id: -1, arrivalMs: 0, slideMs: [], taskMs: [] },
    name: "",
    rank: 0,
    standpoint: scene.walk.first,
    states: new Uint8Array(tasks),
    stamps: new Int32Array(tasks),
    readySinceMs: new Float64Array(tasks),
    leasedAtMs: new Float64Array(tasks),
    holders: new Array(tasks).fill(null),
    failures: new Int32Array(tasks),
    lost: new Int32Array(tasks),
    containersLost: 0,
    slidesKept: new Int32Array(tasks),
    open: new Int32Array(scene.works.length),
    ready: 0,
    slidesDone: 0,
    slideSinceMs: Number.NaN,
    sumLnSeconds: 0,
    visualStartMs: Number.NaN,
    textNeededMs: Number.NaN,
    textStartMs: Number.NaN,
    wasReadyAtUpload: false,
    wasOnTime: false,
    before: null,
    after: null,
    shown: null,
    shownProgress: null,
  };
  scene.pipelines.push(pipeline);
  return pipeline;
}

function begin(scene: Scene, pipeline: SimPipeline, document: SimDocument): void {
  pipeline.document = document;
  pipeline.name = String(document.id);
  pipeline.rank = rankOf(scene);
  pipeline.standpoint = scene.walk.first;
  pipeline.states.fill(taskStates.blocked);
  pipeline.failures.fill(0);
  pipeline.lost.fill(0);
  pipeline.slidesKept.fill(0);
  pipeline.containersLost = 0;
  pipeline.ready = 0;
  pipeline.slidesDone = 0;
  pipeline.slideSinceMs = Number.NaN;
  pipeline.sumLnSeconds = 0;
  pipeline.visualStartMs = Number.NaN;
  pipeline.textNeededMs = Number.NaN;
  pipeline.textStartMs = Number.NaN;
  pipeline.wasReadyAtUpload = scene.textPool.readyReplicas > 0;
  pipeline.wasOnTime = false;
  pipeline.after = null;
  pipeline.shown = null;
  pipeline.shownProgress = null;
}

const neutralPriority = 5;

/** By the production's own rule, for one workspace whose documents all have the same priority. */
function rankOf(scene: Scene): number {
  const { nowMs, order, workOf, stage } = scene;
  const first = workOf[stage.visual];
  const clock: QueueClock | null =
    order.handedOutMs === null
      ? null
      : {
          virtualMs: order.handedOutMs,
          isEmpty: first === undefined || first.ready === 0,
          drainedAtMs: order.drainedAtMs,
        };
  const admitted = admit({ nowMs, clock, share: order.share, priority: neutralPriority, count: 1 });
  order.share = admitted.share;
  return admitted.firstRank;
}
