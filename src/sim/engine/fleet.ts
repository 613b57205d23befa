import type { Decision } from "../../core/autoscaler/decision.ts";
import { diffFleet, type SeenReplica } from "../../core/fleet/diff.ts";
import { eventKinds } from "./event-queue.ts";
import type { Scene, SimPool, SimReplica } from "./scene.ts";

/** Written down as production does: a start is wanted from now on, a stop no more. */
export function carryOut(scene: Scene, decisions: readonly Decision[]): void {
  for (const { pool, action, replica } of decisions) {
    const where = scene.pools.get(pool);
    if (where === undefined || replica === null || action === "hold") continue;
    reconcile(scene, where, action, replica);
  }
}

const installation = "sim";

/** What the provider is told for one pool, by the production's own comparison. */
function reconcile(scene: Scene, pool: SimPool, action: "start" | "stop", name: string): void {
  const stays = ({ phase }: SimReplica): boolean => phase !== "draining" && phase !== "failed";
  const wanted = pool.replicas
    .filter((replica) => stays(replica) && !(action === "stop" && replica.name === name))
    .map((replica) => ({ name: replica.name }));
  if (action === "start") wanted.push({ name });
  const seen = pool.replicas.filter(({ phase }) => phase !== "failed").map(sightingOf);
  for (const step of diffFleet(installation, wanted, seen)) {
    if (step.action === "start") start(scene, pool, step.replica.name);
    else drain(scene, step.replica.replica);
  }
}

interface Sighting extends SeenReplica {
  readonly replica: SimReplica;
}

const sightingOf = (replica: SimReplica): Sighting => ({
  name: replica.name,
  installation,
  state: stateOf(replica),
  replica,
});

function stateOf({ phase }: SimReplica): SeenReplica["state"] {
  if (phase === "ready") return "running";
  return phase === "draining" ? "stopping" : "starting";
}

function start(scene: Scene, pool: SimPool, name: string): void {
  const { nowMs, replicas } = scene;
  const free = replicas.indexOf(null);
  const slot = free < 0 ? replicas.length : free;
  const offSinceMs = pool.offSinceMs.get(name);
  scene.starts += 1;
  const replica: SimReplica = {
    slot,
    pool,
    number: Number(name.slice(pool.name.length + 1)),
    name,
    stamp: scene.starts,
    requestedMs: nowMs,
    offMs: offSinceMs === undefined ? null : nowMs - offSinceMs,
    phase: "loading",
    sinceMs: nowMs,
    readyMs: null,
    stoppedMs: null,
    leases: 0,
    held: [],
    heldLeases: [],
    idleSinceMs: null,
    waitsSinceMs: nowMs,
    busyMs: 0,
    busySinceMs: nowMs,
    tasks: 0,
    start: scene.world.start(pool.name, nowMs),
    shown: null,
  };
  replicas[slot] = replica;
  const place = pool.replicas.findIndex((other) => other.number > replica.number);
  pool.replicas.splice(place < 0 ? pool.replicas.length : place, 0, replica);
  pool.shown = null;
  scene.events.push(nowMs + replica.start.tookMs, eventKinds.startEnded, slot, replica.stamp);
  scene.journal?.note(`${name} is started`);
}

/** What is held is finished, then it ends; whoever holds nothing ends now. */
function drain(scene: Scene, replica: SimReplica): void {
  const { nowMs } = scene;
  const wasStarting = replica.phase === "loading";
  if (replica.phase === "ready") replica.pool.readyReplicas -= 1;
  replica.stoppedMs = nowMs;
  enter(replica, "draining", nowMs);
  scene.journal?.note(`${replica.name} is told to stop`);
  if (wasStarting) tellStart(scene, replica, "stopped");
  endWhenIdle(scene, replica);
}

export function endWhenIdle(scene: Scene, replica: SimReplica): void {
  if (replica.phase !== "draining" || replica.leases > 0) return;
  const { stopMs } = replica.pool;
  if (stopMs <= 0) endReplica(scene, replica, "stopped");
  else {
    scene.events.push(scene.nowMs + stopMs, eventKinds.machineGone, replica.slot, replica.stamp);
  }
}

function enter(replica: SimReplica, phase: SimReplica["phase"], nowMs: number): void {
  replica.phase = phase;
  replica.sinceMs = nowMs;
  touch(replica);
}

/** What was shown of it is out of date. */
export function touch(replica: SimReplica): void {
  replica.shown = null;
  replica.pool.shown = null;
}

export function endStart(scene: Scene, replica: SimReplica): void {
  if (replica.phase !== "loading") return;
  const { nowMs } = scene;
  const { how, lostAfterMs } = replica.start;
  tellStart(scene, replica, how);
  if (how === "failed") {
    endReplica(scene, replica, "failed");
    return;
  }
  enter(replica, "ready", nowMs);
  replica.readyMs = nowMs;
  replica.waitsSinceMs = nowMs;
  replica.pool.readyReplicas += 1;
  replica.pool.mayHandOut = true;
  scene.journal?.note(`${replica.name} is ready`);
  if (lostAfterMs !== null) {
    scene.events.push(nowMs + lostAfterMs, eventKinds.machineLost, replica.slot, replica.stamp);
  }
}

function tellStart(scene: Scene, replica: SimReplica, how: "ready" | "failed" | "stopped"): void {
  if (!scene.attention.facts) return;
  const { name, pool, requestedMs, offMs } = replica;
  const tookMs = scene.nowMs - requestedMs;
  scene.facts.push({
    kind: "start-ended",
    atMs: scene.nowMs,
    pool: pool.name,
    replica: name,
    how,
    tookMs,
    offMs,
  });
}

/** It is gone, and told. Its leases must have been taken back before. */
export function endReplica(
  scene: Scene,
  replica: SimReplica,
  how: "stopped" | "failed" | "lost" | "end of the simulation",
): void {
  const { nowMs, attention } = scene;
  const { pool, name, slot, readyMs, requestedMs, tasks } = replica;
  if (replica.phase === "ready") pool.readyReplicas -= 1;
  if (replica.leases > 0) replica.busyMs += nowMs - replica.busySinceMs;
  pool.replicas.splice(pool.replicas.indexOf(replica), 1);
  pool.offSinceMs.set(name, nowMs);
  scene.replicas[slot] = null;
  pool.shown = null;
  scene.journal?.note(`${name} ends: ${how}`);
  if (how === "failed" || how === "lost") {
    pool.broken.push({
      name,
      phase: "failed",
      sinceMs: nowMs,
      requestedAtMs: requestedMs,
      leases: 0,
      idleSinceMs: null,
    });
  }
  if (attention.facts && readyMs !== null) {
    scene.facts.push({
      kind: "replica-ended",
      atMs: nowMs,
      pool: pool.name,
      replica: name,
      how: how === "lost" ? "failed" : "stopped",
      worked: tasks > 0,
    });
  }
  scene.observer.onReplica?.({
    pool: pool.name,
    name,
    requestedMs,
    readyMs,
    stoppedMs: replica.stoppedMs ?? nowMs,
    endMs: nowMs,
    how,
    busyMs: replica.busyMs,
    tasks,
  });
}
