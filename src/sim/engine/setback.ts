import { nextMove } from "../../core/pipeline/retry.ts";
import { afterMove, closeTask } from "./advance.ts";
import { eventKinds } from "./event-queue.ts";
import { endReplica, endWhenIdle } from "./fleet.ts";
import { makeReady, nameOf, release } from "./lease.ts";
import { type Scene, type SimPipeline, type SimReplica, taskStates, tasksMax } from "./scene.ts";
import { keepSlides } from "./slides.ts";

export const spentOf = ({ failures, lost, containersLost }: SimPipeline, task: number) => ({
  failures: failures[task] ?? 0,
  lost: lost[task] ?? 0,
  containersLost,
});

/** What becomes of a task that did not end well, by the production's own rule. */
export function goOn(
  scene: Scene,
  pipeline: SimPipeline,
  task: number,
  ending: Parameters<typeof nextMove>[0],
  spent: Parameters<typeof nextMove>[1],
): void {
  const work = scene.workOf[task];
  const policy = scene.stage.retry[task];
  if (work === undefined || policy === undefined) return;
  const move = nextMove(ending, spent, policy, scene.random);
  scene.journal?.note(`${nameOf(scene, pipeline, task)}: ${ending.kind}, then ${move.kind}`);
  if (move.kind === "delay") {
    pipeline.states[task] = taskStates.delayed;
    work.delayed += 1;
    if (move.afterMs <= 0) makeReady(scene, pipeline, task);
    else {
      const stamp = (pipeline.stamps[task] ?? 0) + 1;
      pipeline.stamps[task] = stamp;
      const subject = pipeline.slot * tasksMax + task;
      scene.events.push(scene.nowMs + move.afterMs, eventKinds.taskBack, subject, stamp);
    }
    return;
  }
  giveUp(scene, pipeline, task);
  if (move.kind === "quarantine") giveUpAll(scene, pipeline);
}

function giveUp(scene: Scene, pipeline: SimPipeline, task: number): void {
  pipeline.states[task] = taskStates.dead;
  closeTask(scene, pipeline, task);
  pipeline.standpoint = scene.walk.dead(pipeline.standpoint, task);
  afterMove(scene, pipeline);
}

/** A document in quarantine: nothing of it is tried again. What others hold of it ends as well. */
function giveUpAll(scene: Scene, pipeline: SimPipeline): void {
  const { id } = pipeline.document;
  for (let task = 0; task < pipeline.states.length; task += 1) {
    const state = pipeline.states[task];
    const work = scene.workOf[task];
    const isOpen = state !== undefined && state < taskStates.done;
    if (pipeline.document.id !== id || !isOpen || work === undefined) continue;
    if (state === taskStates.blocked) work.blocked -= 1;
    if (state === taskStates.delayed) work.delayed -= 1;
    if (state === taskStates.ready) {
      work.ready -= 1;
      pipeline.ready -= 1;
    }
    if (state === taskStates.leased) {
      const replica = release(scene, pipeline, task);
      if (replica !== null) endWhenIdle(scene, replica);
    }
    pipeline.stamps[task] = (pipeline.stamps[task] ?? 0) + 1;
    giveUp(scene, pipeline, task);
  }
}

/** The machine is gone, with all that ran on it. */
export function loseReplica(scene: Scene, replica: SimReplica): void {
  const held = [...replica.held];
  const leased = held.flatMap((pipeline) =>
    pipeline.holders.flatMap((holder, task) => (holder === replica ? [{ pipeline, task }] : [])),
  );
  const spent = leased.map(({ pipeline, task }) => spentOf(pipeline, task));
  for (const { pipeline, task } of leased) {
    keepSlides(scene, pipeline, task);
    release(scene, pipeline, task);
    pipeline.lost[task] = (pipeline.lost[task] ?? 0) + 1;
  }
  for (const pipeline of held) pipeline.containersLost += 1;
  endReplica(scene, replica, "lost");
  for (const [at, { pipeline, task }] of leased.entries()) {
    const before = spent[at];
    // A sibling's quarantine may have ended it already.
    if (before === undefined || pipeline.states[task] !== taskStates.leased) continue;
    goOn(scene, pipeline, task, { kind: "lost" }, before);
  }
}
