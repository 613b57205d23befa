import { heapify, takeFirst } from "./slots.ts";

/** Work of one pool as far as it is known. Times are milliseconds from now. */
export interface KnownWork {
  /** When each slot of the replicas there are is free. */
  readonly slotsFreeMs: readonly number[];
  /** In the order of the queue. */
  readonly jobs: readonly Job[];
}

export interface Job {
  readonly readyMs: number;
  readonly workMs: number;
  /** What waiting counts: 1 for a document that waits for this task alone. */
  readonly weight: number;
  /** Tasks that become ready, side by side, when this one is done, each as long as it says. */
  readonly next: number;
  readonly nextWorkMs: number;
}

export interface NewReplica {
  /** When it would take work. */
  readonly readyMs: number;
  readonly slots: number;
}

/** An analysis is one of three that a document waits for. */
const nextWeight = 1 / 3;

/** Waiting, in document-milliseconds, when the work is given to the first slot that is free, in order of readiness. */
export function waitingOf(work: KnownWork, extra: NewReplica | null): number {
  const own = work.slotsFreeMs.length;
  const slots = new Float64Array(own + (extra?.slots ?? 0));
  if (slots.length === 0) return 0;
  slots.set(work.slotsFreeMs);
  if (extra !== null) slots.fill(extra.readyMs, own);
  heapify(slots);
  const queue = work.jobs.toSorted((one, other) => one.readyMs - other.readyMs);
  let waiting = 0;
  for (let i = 0; i < queue.length; i += 1) {
    const job = queue[i];
    if (job === undefined) continue;
    const endMs = takeFirst(slots, job.workMs, job.readyMs);
    waiting += job.weight * (endMs - job.workMs - job.readyMs);
    for (let k = 0; k < job.next; k += 1) insert(queue, i + 1, follower(job, endMs));
  }
  return waiting;
}

const follower = (job: Job, readyMs: number): Job => ({
  readyMs,
  workMs: job.nextWorkMs,
  weight: nextWeight,
  next: 0,
  nextWorkMs: 0,
});

/** Into its place by readiness, behind those that are ready at the same time. */
function insert(queue: Job[], from: number, job: Job): void {
  let low = from;
  let high = queue.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((queue[middle]?.readyMs ?? 0) <= job.readyMs) low = middle + 1;
    else high = middle;
  }
  queue.splice(low, 0, job);
}

/** Document-milliseconds of waiting that one replica more would save. */
export const savedBy = (work: KnownWork, extra: NewReplica): number =>
  waitingOf(work, null) - waitingOf(work, extra);

/**
 * How much it must save to be worth its price: its start and its idle time afterwards are paid, so
 * `w saved > c (E[C] + keep)`.
 */
export const savedEnoughMs = (
  cost: { readonly microUsdPerMs: number; readonly startMs: number; readonly keepMs: number },
  waitMicroUsdPerMs: number,
): number => (cost.microUsdPerMs * (cost.startMs + cost.keepMs)) / waitMicroUsdPerMs;
