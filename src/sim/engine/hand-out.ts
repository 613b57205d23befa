import { lease } from "./lease.ts";
import {
  type Scene,
  type SimPipeline,
  type SimPool,
  type SimReplica,
  taskStates,
  tasksMax,
} from "./scene.ts";

const roomOf = (replica: SimReplica): number =>
  replica.phase === "ready" || replica.phase === "draining"
    ? replica.pool.slots - replica.leases
    : 0;

/** Pipelines more that it may begin with; one that drains begins with none. */
const seatsOf = (replica: SimReplica): number =>
  replica.phase === "ready"
    ? Math.min(roomOf(replica), replica.pool.pipelinesMax - replica.held.length)
    : 0;

/**
 * As SQL `hand_out` does: whoever holds a pipeline goes on with it first; what is left goes by rank, each
 * pipeline to one container, the one that has waited longest first, and every container gets
 * one before any gets a second. Round by round, until nobody can take more.
 */
export function handOut(scene: Scene, pool: SimPool): void {
  pool.mayHandOut = false;
  while (isWaitedFor(pool)) {
    for (const replica of pool.replicas) {
      if (replica.held.length > 0 && roomOf(replica) > 0) goOnWithOwn(scene, replica);
    }
    if (!seatRound(scene, pool)) break;
  }
  noteDrained(scene, pool);
}

function isWaitedFor({ works }: SimPool): boolean {
  for (const { ready } of works) if (ready > 0) return true;
  return false;
}

function goOnWithOwn(scene: Scene, replica: SimReplica): void {
  for (;;) {
    const next = firstOwn(scene, replica);
    if (next === null || roomOf(replica) <= 0) return;
    handTo(scene, next, firstReady(scene, next, replica.pool), replica);
  }
}

/** Of the pipelines it holds, the first by rank that has something ready here. */
function firstOwn(scene: Scene, { held, pool }: SimReplica): SimPipeline | null {
  let first: SimPipeline | null = null;
  for (const one of held) {
    if (one.ready === 0 || firstReady(scene, one, pool) < 0) continue;
    const isEarlier =
      first === null ||
      one.rank < first.rank ||
      (one.rank === first.rank && one.document.id < first.document.id);
    if (isEarlier) first = one;
  }
  return first;
}

function firstReady({ workOf }: Scene, pipeline: SimPipeline, pool: SimPool): number {
  const { states } = pipeline;
  for (let task = 0; task < states.length; task += 1) {
    if (states[task] === taskStates.ready && workOf[task]?.pool === pool) return task;
  }
  return -1;
}

/** Seats of one round, used again. */
const seats: SimReplica[] = [];

/** Gives whether another round may place more. */
function seatRound(scene: Scene, pool: SimPool): boolean {
  takeSeats(pool);
  if (seats.length === 0) return false;
  const { queue } = pool;
  let seat = -1;
  let seated: SimPipeline | null = null;
  let leftOver: number[] | null = null;
  for (;;) {
    const subject = queue.first();
    if (subject < 0) break;
    const pipeline = scene.pipelines[Math.floor(subject / tasksMax)];
    if (pipeline === undefined) continue;
    const task = subject % tasksMax;
    const isNext: boolean = pipeline !== seated;
    const host = seats[isNext ? seat + 1 : seat];
    if (host === undefined) break;
    if (isNext && roomOf(host) <= 0) {
      // Its host was filled by others of this round: from here on all wait for the next one.
      putBack(scene, pool, leftOver);
      return true;
    }
    queue.take();
    if (isNext) {
      seat += 1;
      seated = pipeline;
    }
    if (roomOf(host) > 0) handTo(scene, pipeline, task, host);
    else {
      leftOver ??= [];
      leftOver.push(subject);
    }
  }
  putBack(scene, pool, leftOver);
  return leftOver !== null;
}

function putBack(
  { pipelines }: Scene,
  { queue }: SimPool,
  subjects: readonly number[] | null,
): void {
  if (subjects === null) return;
  for (const subject of subjects) {
    const pipeline = pipelines[Math.floor(subject / tasksMax)];
    if (pipeline !== undefined) queue.add(pipeline, subject % tasksMax);
  }
}

/** First a seat in each container that has one, then a second in each, and so on. */
function takeSeats({ replicas }: SimPool): void {
  seats.length = 0;
  let most = 0;
  for (const replica of replicas) {
    const free = seatsOf(replica);
    if (free > 0) seats.push(replica);
    most = Math.max(most, free);
  }
  longestWaitingFirst();
  const hosts = seats.length;
  for (let place = 2; place <= most; place += 1) {
    for (let at = 0; at < hosts; at += 1) {
      const host = seats[at];
      if (host !== undefined && seatsOf(host) >= place) seats.push(host);
    }
  }
}

/** By insertion: there are few, and they are nearly in order. Their numbers decide where times are equal. */
function longestWaitingFirst(): void {
  for (let from = 1; from < seats.length; from += 1) {
    const host = seats[from];
    let at = from;
    for (; host !== undefined && at > 0; at -= 1) {
      const before = seats[at - 1];
      if (before === undefined || before.waitsSinceMs <= host.waitsSinceMs) break;
      seats[at] = before;
    }
    if (host !== undefined) seats[at] = host;
  }
}

function handTo(scene: Scene, pipeline: SimPipeline, task: number, to: SimReplica): void {
  if (task === scene.stage.visual) scene.order.handedOutMs = pipeline.rank;
  lease(scene, pipeline, task, to);
}

/** Nothing of the first kind of work waits any more: what `admit` has to know. */
function noteDrained(scene: Scene, pool: SimPool): void {
  const first = scene.workOf[scene.stage.visual];
  if (first?.pool === pool && first.ready === 0) scene.order.drainedAtMs = scene.nowMs;
}
