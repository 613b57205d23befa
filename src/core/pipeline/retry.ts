import type { Random } from "../../lib/random.ts";

/** Limits of one task, from its pack. `attemptsMax` counts tries that failed by their own fault. */
export interface RetryPolicy {
  readonly attemptsMax: number;
  /** Tries lost with their container, counted apart: a preempted GPU is not the document's fault. */
  readonly lostMax: number;
  readonly backoffMs: number;
  readonly backoffMaxMs: number;
}

export interface Spent {
  readonly failures: number;
  readonly lost: number;
}

export type Ending =
  | { readonly kind: "failed"; readonly retryable: boolean }
  | { readonly kind: "lost" };

export type NextMove =
  | { readonly kind: "delay"; readonly afterMs: number }
  | { readonly kind: "dead" };

/**
 * What becomes of a task that did not end well: delayed until when, or dead. `spent` is before this
 * try. Backoff doubles from `backoffMs` to `backoffMaxMs` with full jitter on its upper half; a lost
 * container costs no wait, since another one can start at once.
 */
export function nextMove(
  ending: Ending,
  spent: Spent,
  policy: RetryPolicy,
  random: Random,
): NextMove {
  if (ending.kind === "lost") {
    return spent.lost + 1 < policy.lostMax ? { kind: "delay", afterMs: 0 } : { kind: "dead" };
  }
  if (!ending.retryable || spent.failures + 1 >= policy.attemptsMax) return { kind: "dead" };
  const full = Math.min(policy.backoffMaxMs, policy.backoffMs * 2 ** spent.failures);
  return { kind: "delay", afterMs: Math.round(full / 2 + (full / 2) * random.next()) };
}
