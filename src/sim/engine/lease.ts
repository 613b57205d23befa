import { eventKinds } from "./event-queue.ts";
import { touch } from "./fleet.ts";
import { startVisual } from "./progress.ts";
import { type Scene, type SimPipeline, type SimReplica, taskStates, tasksMax } from "./scene.ts";
import { leftMs } from "./slides.ts";

export const nameOf = (scene: Scene, { document }: SimPipeline, task: number): string =>
  `${scene.stage.graph.names[task]} of ${document.id}`;

/** A task that stood still may be worked on. */
export function makeReady(scene: Scene, pipeline: SimPipeline, task: number): void {
  const work = scene.workOf[task];
  if (work === undefined) return;
  if (pipeline.states[task] === taskStates.delayed) work.delayed -= 1;
  else work.blocked -= 1;
  pipeline.states[task] = taskStates.ready;
  pipeline.readySinceMs[task] = scene.nowMs;
  pipeline.ready += 1;
  work.ready += 1;
  work.shown = null;
  work.pool.queue.add(pipeline, task);
  work.pool.mayHandOut = true;
  scene.journal?.note(`${nameOf(scene, pipeline, task)} is ready`);
}

/** Gives a ready task to a container that has room for it. */
export function lease(scene: Scene, pipeline: SimPipeline, task: number, to: SimReplica): void {
  const { nowMs, stage } = scene;
  const work = scene.workOf[task];
  if (work === undefined) return;
  work.ready -= 1;
  work.leased += 1;
  work.shown = null;
  pipeline.ready -= 1;
  pipeline.states[task] = taskStates.leased;
  pipeline.holders[task] = to;
  pipeline.leasedAtMs[task] = nowMs;
  take(to, pipeline, nowMs);
  scene.journal?.note(`${nameOf(scene, pipeline, task)} goes to ${to.name}`);
  const stamp = (pipeline.stamps[task] ?? 0) + 1;
  pipeline.stamps[task] = stamp;
  if (work === scene.textWork) beginText(scene, pipeline);
  const endMs =
    task === stage.visual ? startVisual(scene, pipeline) : nowMs + leftMs(scene, pipeline, task);
  const subject = pipeline.slot * tasksMax + task;
  const failure = failureOf(scene, pipeline, task);
  const whenMs =
    failure === null ? endMs : nowMs + Math.round((endMs - nowMs) * failure.afterShare);
  scene.events.push(whenMs, eventKinds.taskEnded, subject, stamp);
}

function beginText({ attention, facts, nowMs }: Scene, pipeline: SimPipeline): void {
  if (!Number.isNaN(pipeline.textStartMs)) return;
  pipeline.textStartMs = nowMs;
  if (attention.facts) facts.push({ kind: "text-started", atMs: nowMs, pipeline: pipeline.name });
}

function take(replica: SimReplica, pipeline: SimPipeline, nowMs: number): void {
  const at = replica.held.indexOf(pipeline);
  if (at < 0) {
    replica.held.push(pipeline);
    replica.heldLeases.push(1);
  } else replica.heldLeases[at] = (replica.heldLeases[at] ?? 0) + 1;
  if (replica.leases === 0) replica.busySinceMs = nowMs;
  replica.leases += 1;
  replica.tasks += 1;
  replica.idleSinceMs = null;
  replica.waitsSinceMs = nowMs;
  touch(replica);
}

function give(replica: SimReplica, pipeline: SimPipeline, nowMs: number): void {
  const at = replica.held.indexOf(pipeline);
  const left = (replica.heldLeases[at] ?? 1) - 1;
  if (left > 0) replica.heldLeases[at] = left;
  else {
    replica.held.splice(at, 1);
    replica.heldLeases.splice(at, 1);
  }
  replica.leases -= 1;
  if (replica.leases === 0) {
    replica.busyMs += nowMs - replica.busySinceMs;
    replica.idleSinceMs = nowMs;
  }
  replica.waitsSinceMs = nowMs;
  replica.pool.mayHandOut = true;
  touch(replica);
}

export function failureOf(scene: Scene, { document, failures, lost }: SimPipeline, task: number) {
  const { fails } = scene.world;
  if (fails === undefined) return null;
  return fails(document.id, task, 1 + (failures[task] ?? 0) + (lost[task] ?? 0));
}

export function release(scene: Scene, pipeline: SimPipeline, task: number): SimReplica | null {
  const work = scene.workOf[task];
  const replica = pipeline.holders[task] ?? null;
  if (work === undefined || replica === null) return null;
  work.leased -= 1;
  work.shown = null;
  pipeline.holders[task] = null;
  // What was to happen under this lease does not happen any more.
  pipeline.stamps[task] = (pipeline.stamps[task] ?? 0) + 1;
  give(replica, pipeline, scene.nowMs);
  return replica;
}
