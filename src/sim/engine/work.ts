import { nextMove } from "../../core/pipeline/retry.ts";
import { closePipeline } from "./close.ts";
import { eventKinds } from "./event-queue.ts";
import { endReplica, endWhenIdle, touch } from "./fleet.ts";
import { progressTo, startVisual } from "./progress.ts";
import { type Scene, type SimPipeline, type SimReplica, taskStates, tasksMax } from "./scene.ts";

const nameOf = (scene: Scene, { document }: SimPipeline, task: number): string =>
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

/** Work that is left of a task other than the visual one. */
function leftMs(scene: Scene, { document, slidesKept }: SimPipeline, task: number): number {
  const wholeMs = document.taskMs[task] ?? 0;
  const kept = slidesKept[task] ?? 0;
  if (kept === 0 || scene.isEachSlide[task] !== true) return wholeMs;
  return Math.max(1, Math.round(wholeMs * (1 - shareOf(document.slideMs, kept))));
}

function shareOf(slideMs: readonly number[], slides: number): number {
  let part = 0;
  let whole = 0;
  for (let slide = 0; slide < slideMs.length; slide += 1) {
    const ms = slideMs[slide] ?? 0;
    whole += ms;
    if (slide < slides) part += ms;
  }
  return whole > 0 ? part / whole : 0;
}

/** Slides that are whole after so much of the time of all. */
function slidesIn(slideMs: readonly number[], share: number): number {
  let slides = 0;
  while (slides < slideMs.length && shareOf(slideMs, slides + 1) <= share) slides += 1;
  return slides;
}

function failureOf(scene: Scene, { document, failures, lost }: SimPipeline, task: number) {
  const { fails } = scene.world;
  if (fails === undefined) return null;
  return fails(document.id, task, 1 + (failures[task] ?? 0) + (lost[task] ?? 0));
}

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

function release(scene: Scene, pipeline: SimPipeline, task: number): SimReplica | null {
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

/** One unfinished task less. */
function closeTask(scene: Scene, pipeline: SimPipeline, task: number): void {
  const work = scene.workOf[task];
  if (work === undefined) return;
  const open = (pipeline.open[work.index] ?? 1) - 1;
  pipeline.open[work.index] = open;
  if (open === 0) work.pipelines -= 1;
  work.shown = null;
  pipeline.shown = null;
}

/** What an advance of the graph skipped, and whether all has ended. */
function afterMove(scene: Scene, pipeline: SimPipeline): void {
  for (const skipped of pipeline.standpoint.skipped) {
    const work = scene.workOf[skipped];
    if (pipeline.states[skipped] === taskStates.blocked && work !== undefined) work.blocked -= 1;
    pipeline.states[skipped] = taskStates.skipped;
    closeTask(scene, pipeline, skipped);
  }
  const { end } = pipeline.standpoint;
  if (end !== null) closePipeline(scene, pipeline, end);
}

const spentOf = ({ failures, lost, containersLost }: SimPipeline, task: number) => ({
  failures: failures[task] ?? 0,
  lost: lost[task] ?? 0,
  containersLost,
});

/** What becomes of a task that did not end well, by the production's own rule. */
function goOn(
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

/** Slides that are finished are not done again. */
function keepSlides(scene: Scene, pipeline: SimPipeline, task: number): void {
  const { nowMs, stage } = scene;
  if (task === stage.visual) {
    progressTo(scene, pipeline, nowMs);
    pipeline.slideSinceMs = Number.NaN;
    pipeline.shown = null;
    pipeline.shownProgress = null;
    return;
  }
  if (scene.isEachSlide[task] !== true) return;
  const { document, slidesKept, leasedAtMs } = pipeline;
  const wholeMs = document.taskMs[task] ?? 0;
  const before = shareOf(document.slideMs, slidesKept[task] ?? 0);
  const share = before + (nowMs - (leasedAtMs[task] ?? nowMs)) / Math.max(1, wholeMs);
  slidesKept[task] = Math.max(slidesKept[task] ?? 0, slidesIn(document.slideMs, share));
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
