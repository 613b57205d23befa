import { problemOf } from "../api/client.ts";
import type { GroupRetryAnswer } from "./types.ts";

export interface Run {
  readonly opened: number;
  /** As they were counted when it was begun: what was opened is in no later count. */
  readonly total: number;
  readonly isOver: boolean;
  readonly error: unknown;
}

export const countOf = ({ documents, left }: GroupRetryAnswer): number => documents.length + left;

/** A server that is started anew is asked so often again. */
const patience = { times: 6, ms: 10_000 };

/**
 * Steps of a retry, one after the other with their pause, until none is left. Never throws.
 * @param ask one step
 * @param signal nothing is asked once it is aborted
 * @param tell how far it has come
 */
export async function openInSteps(
  preview: GroupRetryAnswer,
  ask: () => Promise<GroupRetryAnswer>,
  signal: AbortSignal,
  tell: (run: Run) => void,
): Promise<void> {
  const total = countOf(preview);
  let opened = 0;
  tell({ opened, total, isOver: false, error: null });
  try {
    for (;;) {
      const step = await patiently(ask, signal);
      opened += step.documents.length;
      tell({ opened, total, isOver: step.left === 0, error: null });
      if (step.left === 0) return;
      await pause(step.stepSeconds * 1000, signal);
    }
  } catch (error) {
    if (!signal.aborted) tell({ opened, total, isOver: true, error });
  }
}

/** A server that is being started anew comes back: what is under way goes on after it. */
async function patiently<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let left = patience.times; ; left -= 1) {
    signal.throwIfAborted();
    try {
      return await ask();
    } catch (error) {
      if (left === 0 || !problemOf(error).retryable) throw error;
    }
    await pause(patience.ms, signal);
  }
}

/** Ends at once when the signal is aborted. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });
}
