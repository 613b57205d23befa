import { setTimeout as delay } from "node:timers/promises";
import type { Pace, Pool } from "../worker-pool.ts";

/** Tasks of a pipeline by pool. */
const tasksOf: Readonly<Record<Pool, number>> = { vision: 2, text: 4 };
/** A container gets about as many at a visit: two from each of three pipelines, or one and then three. */
const tasksOfVisit = 6;
/** Visits beyond what the rate needs. */
const reserve = 1.25;
const behindMsMax = 1000;

/**
 * Containers that come at fixed intervals and together take tasks at a fixed rate, however many wait: so
 * that a queue with a backlog and one without do the same work.
 */
export function createPace(pipelinesPerSecond: number, containersOfPool: number): Pace {
  const startedMs = performance.now();
  const taken: Record<Pool, number> = { vision: 0, text: 0 };
  const busiest = pipelinesPerSecond * Math.max(tasksOf.vision, tasksOf.text) * reserve;
  const visitMs = Math.min(1000, (1000 * containersOfPool * tasksOfVisit) / busiest);
  return {
    room(pool, slots) {
      const perMs = (pipelinesPerSecond * tasksOf[pool]) / 1000;
      const due = Math.floor(perMs * (performance.now() - startedMs));
      // What could not be taken in time is not made up for in one go.
      taken[pool] = Math.max(taken[pool], due - Math.ceil(perMs * behindMsMax));
      return Math.max(0, Math.min(slots, due - taken[pool]));
    },
    took(pool, tasks) {
      taken[pool] += tasks;
    },
    rest: () => delay(visitMs * (0.5 + Math.random())),
  };
}
