import type { PipelineState, TaskState } from "./life-cycle.ts";

export interface TaskPart {
  readonly weight: number;
  readonly state: TaskState;
  /** High-water mark of the running task, 0..1. */
  readonly fraction: number;
}

/** 0..1: what this task counts for. */
export function fractionOf(part: TaskPart): number {
  if (part.state === "done") return 1;
  // A task that still runs never counts whole: its result is not committed yet.
  return Math.min(0.99, Math.max(0, part.fraction));
}

/**
 * The PRD's sum(weight x task progress / 100), as whole percent, rounded down. 100 only once the
 * pipeline has ended with all that will come: `done` or `done_with_gaps`.
 */
export function percentOf(state: PipelineState, parts: readonly TaskPart[]): number {
  if (state === "done" || state === "done_with_gaps") return 100;
  const all = parts.reduce((sum, part) => sum + part.weight, 0);
  if (all <= 0) return 0;
  const got = parts.reduce((sum, part) => sum + part.weight * fractionOf(part), 0);
  return Math.min(99, Math.floor((100 * got) / all));
}

/** In which state a task tells best how far its pipeline is. */
const telling: readonly TaskState[] = ["leased", "ready", "delayed", "blocked"];

/** The task that tells how far it is: the first that runs, else the first that waits; undefined once all ended. */
export const stageOf = <T extends { readonly state: TaskState }>(
  tasks: readonly T[],
): T | undefined => telling.flatMap((state) => tasks.filter((task) => task.state === state))[0];

/** Less than this share done says nothing yet about the rest. */
export const tellingFraction = 0.1;

/**
 * When a task that is `fraction` done (0..1) after `runningMs` will end, by the rule of three; null
 * while nobody works on it (`runningMs` null) or too little is done.
 */
export function expectedEndMs(
  fraction: number,
  runningMs: number | null,
  nowMs: number,
): number | null {
  if (runningMs === null || fraction < tellingFraction) return null;
  return nowMs + (runningMs * (1 - fraction)) / fraction;
}
