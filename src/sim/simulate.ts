import { type Decided, decide } from "../core/autoscaler/decide.ts";
import { initialState, type ScalerState } from "../core/autoscaler/memory.ts";
import { type Checks, createChecks } from "./check/checks.ts";
import { createJournal } from "./check/journal.ts";
import { acceptDocument } from "./engine/accept.ts";
import { createScene } from "./engine/create-scene.ts";
import { eventKinds, kindOf } from "./engine/event-queue.ts";
import { carryOut, endReplica, endStart } from "./engine/fleet.ts";
import { handOut } from "./engine/hand-out.ts";
import { makeReady } from "./engine/lease.ts";
import { look } from "./engine/look.ts";
import { createLooks } from "./engine/looks.ts";
import { callAtNextSlide, progressTo } from "./engine/progress.ts";
import { type Scene, tasksMax } from "./engine/scene.ts";
import { loseReplica } from "./engine/setback.ts";
import { endTask } from "./engine/settle.ts";
import type { SimDocument, SimSummary, Simulation } from "./model.ts";

/** How long nothing may happen but looks while documents wait: a policy that never starts anything. */
const patienceMs = 30 * 24 * 3_600_000;

/**
 * Plays the world on the stage until the last document has ended: what production decides is decided by its
 * own code (`decide`, `diffFleet`, `advance`, `admit`, `nextMove`), and only time, work and machines
 * are made up. All that happens in one instant is one happening, then the scaler looks once.
 * Instants are milliseconds. Throws Error where documents wait for ever, or an invariant is broken.
 */
export function simulate(simulation: Simulation): SimSummary {
  const { policy } = simulation;
  const checks = simulation.check === true ? createChecks(policy.pools, simulation.observer) : null;
  const scene = sceneOf(simulation, checks);
  const arrivals = simulation.world.documents()[Symbol.iterator]();
  let next = nextOf(arrivals);
  let state: ScalerState = initialState;
  const looks = createLooks(simulation.stage.looks);
  let events = 0;
  let decisions = 0;
  let movedMs = 0;
  for (;;) {
    const isOver = next === null && scene.onTheirWay === 0;
    if (isOver && simulation.windDown !== true) break;
    const arrivalMs = next === null ? Number.POSITIVE_INFINITY : next.arrivalMs;
    const nowMs = Math.max(scene.nowMs, Math.min(arrivalMs, scene.events.nextMs(), looks.nextMs()));
    if (isOver && nowMs === Number.POSITIVE_INFINITY) break;
    if (nowMs === Number.POSITIVE_INFINITY || nowMs - movedMs > patienceMs) {
      throw new Error(`${scene.onTheirWay} documents wait for ever: ${policy.name} starts nothing`);
    }
    checks?.timePasses(scene, nowMs);
    scene.nowMs = nowMs;
    const before = events;
    while (scene.events.nextMs() <= nowMs) {
      happen(scene);
      events += 1;
    }
    for (; next !== null && next.arrivalMs <= nowMs; next = nextOf(arrivals)) {
      acceptDocument(scene, next);
      checks?.accepted();
      events += 1;
    }
    if (events > before) {
      movedMs = nowMs;
      looks.happened(nowMs);
    }
    for (const pool of scene.poolList) if (pool.mayHandOut) handOut(scene, pool);
    if (looks.nextMs() > nowMs) {
      checks?.decided(scene, []);
      checks?.instant(scene, [], state);
      continue;
    }
    const decided = decideNow(scene, state, simulation, checks);
    state = simulation.carry?.(decided.state, nowMs) ?? decided.state;
    decisions += 1;
    looks.looked(nowMs, decided.againAtMs, scene.onTheirWay > 0);
  }
  for (const replica of scene.replicas) {
    if (replica !== null) endReplica(scene, replica, "end of the simulation");
  }
  checks?.end(scene);
  return { documents: scene.ended, events, decisions, endMs: scene.endMs };
}

function sceneOf(simulation: Simulation, checks: Checks | null): Scene {
  if (checks === null) return createScene(simulation, null);
  const journal = createJournal(() => scene.nowMs);
  const scene: Scene = createScene({ ...simulation, observer: checks.observer }, journal);
  return scene;
}

function nextOf(arrivals: Iterator<SimDocument>): SimDocument | null {
  const { done, value } = arrivals.next();
  return done === true ? null : value;
}

/** The scaler looks, decides, and what it decides is done. */
function decideNow(
  scene: Scene,
  state: ScalerState,
  { policy, observer }: Simulation,
  checks: Checks | null,
): Decided {
  const observation = look(scene);
  const decided = decide(state, observation, policy);
  checks?.decided(scene, observation.facts ?? []);
  if (decided.decisions.length > 0) {
    if (observer.onDecision !== undefined) {
      for (const decision of decided.decisions) observer.onDecision(decision, scene.nowMs);
    }
    carryOut(scene, decided.decisions);
  }
  checks?.instant(scene, decided.decisions, decided.state);
  return decided;
}

/** The next event of all, unless what it is about has changed since. */
function happen(scene: Scene): void {
  const entry = scene.events.pop();
  const { subject, stamp } = entry;
  const kind = kindOf(entry);
  if (kind <= eventKinds.machineGone) {
    const replica = scene.replicas[subject];
    if (replica === undefined || replica === null || replica.stamp !== stamp) return;
    if (kind === eventKinds.startEnded) endStart(scene, replica);
    else if (kind === eventKinds.machineLost) loseReplica(scene, replica);
    else endReplica(scene, replica, "stopped");
    return;
  }
  const pipeline = scene.pipelines[Math.floor(subject / tasksMax)];
  const task = subject % tasksMax;
  if (pipeline === undefined || pipeline.stamps[task] !== stamp) return;
  if (kind === eventKinds.taskEnded) endTask(scene, pipeline, task);
  else if (kind === eventKinds.taskBack) makeReady(scene, pipeline, task);
  else {
    progressTo(scene, pipeline, scene.nowMs);
    if (scene.attention.slides) callAtNextSlide(scene, pipeline);
  }
}
