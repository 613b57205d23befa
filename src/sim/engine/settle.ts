import { afterMove, closeTask } from "./advance.ts";
import { endWhenIdle } from "./fleet.ts";
import { failureOf, lease, makeReady, nameOf, release } from "./lease.ts";
import { progressTo } from "./progress.ts";
import { type Scene, type SimPipeline, type SimReplica, taskStates } from "./scene.ts";
import { goOn, spentOf } from "./setback.ts";
import { keepSlides } from "./slides.ts";

/** The end of a lease by its own work: well, or as the world has it. */
export function endTask(scene: Scene, pipeline: SimPipeline, task: number): void {
  const failure = failureOf(scene, pipeline, task);
  const replica = release(scene, pipeline, task);
  if (failure === null) settle(scene, pipeline, task, replica);
  else {
    keepSlides(scene, pipeline, task);
    const spent = spentOf(pipeline, task);
    pipeline.failures[task] = spent.failures + 1;
    goOn(scene, pipeline, task, { kind: "failed", retryable: failure.retryable }, spent);
  }
  if (replica !== null) endWhenIdle(scene, replica);
}

/** Done: what it frees goes to the same container first, as far as there is room. */
function settle(scene: Scene, pipeline: SimPipeline, task: number, by: SimReplica | null): void {
  pipeline.states[task] = taskStates.done;
  scene.journal?.note(`${nameOf(scene, pipeline, task)} is done`);
  tellDone(scene, pipeline, task);
  closeTask(scene, pipeline, task);
  pipeline.standpoint = scene.walk.done(pipeline.standpoint, task);
  for (const freed of pipeline.standpoint.ready) {
    makeReady(scene, pipeline, freed);
    const pool = scene.workOf[freed]?.pool;
    if (by !== null && by.pool === pool && by.leases < pool.slots)
      lease(scene, pipeline, freed, by);
  }
  afterMove(scene, pipeline);
}

function tellDone(scene: Scene, pipeline: SimPipeline, task: number): void {
  const { nowMs, stage, attention, textPool } = scene;
  if (task === stage.visual) {
    progressTo(scene, pipeline, nowMs);
    pipeline.textNeededMs = nowMs;
    pipeline.wasOnTime = textPool.readyReplicas > 0;
  }
  if (!attention.facts) return;
  scene.facts.push({
    kind: "task-done",
    atMs: nowMs,
    pipeline: pipeline.name,
    pool: scene.workOf[task]?.pool.name ?? "",
    task: stage.graph.names[task] ?? "",
    tookMs: nowMs - (pipeline.leasedAtMs[task] ?? nowMs),
  });
  if (task === stage.visual) {
    scene.facts.push({ kind: "text-needed", atMs: nowMs, pipeline: pipeline.name });
  }
}
