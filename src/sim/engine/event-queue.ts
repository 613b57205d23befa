import { createHeap, type Entry } from "./heap.ts";

/** What can be about to happen, in the order of one instant: machines first, then work, then looks. */
export const eventKinds = {
  startEnded: 0,
  machineLost: 1,
  machineGone: 2,
  taskEnded: 3,
  taskBack: 4,
  slideDone: 5,
} as const;

export interface EventQueue {
  /** Infinite when nothing is about to happen. */
  nextMs(): number;
  /**
   * `subject`: `slot * tasksMax + index` of a task, or the slot of a replica. `stamp`: the event is void
   * if the subject has another one by then.
   */
  push(atMs: number, kind: number, subject: number, stamp: number): void;
  /** Takes the first one out; what it is, by `kindOf`. */
  pop(): Entry;
}

const kindShare = 2 ** 45;

export const kindOf = ({ second }: Entry): number => Math.floor(second / kindShare);

/** Ties go by kind, then by what was put in first, so that a run is the same each time. */
export function createEventQueue(): EventQueue {
  const heap = createHeap();
  let pushes = 0;
  return {
    nextMs: heap.least,
    push(atMs, kind, subject, stamp) {
      pushes += 1;
      heap.push(atMs, kind * kindShare + pushes, subject, stamp);
    },
    pop: heap.pop,
  };
}
