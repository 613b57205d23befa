import type { TaskState } from "./life-cycle.ts";

/** Where a slide stands: `not_read` is one that nobody will read until a retry or a rerun. */
export type SlideState = "waits" | "read" | "failed" | "not_read";

export interface SlideFacts {
  readonly hasReading: boolean;
  readonly hasFailure: boolean;
  /** Of the task that reads slides; null: the pack has none. */
  readonly task: TaskState | null;
  readonly hasEnded: boolean;
}

const over: readonly (TaskState | null)[] = ["done", "dead", "skipped", "cancelled", null];

export function slideState({ hasReading, hasFailure, task, hasEnded }: SlideFacts): SlideState {
  if (hasFailure) return "failed";
  if (hasReading) return "read";
  return hasEnded || over.includes(task) ? "not_read" : "waits";
}

/** What is to be said of slides that nobody will read; "" where there are none. */
export function unreadWords(count: number): string {
  if (count <= 0) return "";
  return count === 1
    ? "1 slide was not read; a retry reads it."
    : `${count} slides were not read; a retry reads them.`;
}
