import type { Random } from "../../lib/random.ts";

/** What holds for all tasks, from the settings. */
export interface RetrySettings {
  /** Rounds of attempts after the first one. */
  readonly roundsExtra: number;
  /** From the end of one round to the beginning of the next. */
  readonly roundDelayMs: number;
  readonly backoffMaxMs: number;
}

/** Limits of one task, from its pack. `attemptsMax` counts tries of a round that failed by their own fault. */
export interface RetryPolicy extends RetrySettings {
  readonly attemptsMax: number;
  /** Containers that may be lost over a task, or over its pipeline, before the document is suspected. */
  readonly lostMax: number;
  readonly backoffMs: number;
}

/** Counted since a person last opened the task again; all rounds together. */
export interface Spent {
  readonly failures: number;
  /** Tries lost with their container, counted apart: a preempted GPU is not the document's fault. */
  readonly lost: number;
  /** Containers lost while they worked on any task of this pipeline. */
  readonly containersLost: number;
}

export type Ending =
  | { readonly kind: "failed"; readonly retryable: boolean }
  | { readonly kind: "lost" };

export type NextMove =
  /** `round`: the round that begins then, from 2; null within a round. */
  | { readonly kind: "delay"; readonly afterMs: number; readonly round: number | null }
  | { readonly kind: "dead" }
  /** The document itself is suspected: nothing of its pipeline is tried again until a person says so. */
  | { readonly kind: "quarantine"; readonly containersLost: number };

/** The round that a task is in after so many failures, from 1. */
export const roundOf = (failures: number, attemptsMax: number): number =>
  1 + Math.floor(failures / attemptsMax);

/**
 * What becomes of a task that did not end well; `spent` is before this try. A failure is tried again
 * within its round, then in another round, then the task is dead. A lost container costs no wait,
 * since another one can start at once, until too many were lost.
 */
export function nextMove(
  ending: Ending,
  spent: Spent,
  policy: RetryPolicy,
  random: Random,
): NextMove {
  if (ending.kind === "lost") return afterLoss(spent, policy);
  if (!ending.retryable) return { kind: "dead" };
  const failures = spent.failures + 1;
  if (failures % policy.attemptsMax !== 0) {
    return { kind: "delay", afterMs: backoffOf(spent.failures, policy, random), round: null };
  }
  const round = roundOf(failures, policy.attemptsMax);
  if (round > 1 + policy.roundsExtra) return { kind: "dead" };
  // Never sooner than promised, and not all that failed together at the same moment.
  const afterMs = Math.round(policy.roundDelayMs * (1 + random.next() / 10));
  return { kind: "delay", afterMs, round };
}

function afterLoss(spent: Spent, policy: RetryPolicy): NextMove {
  // A task is lost once a container; the pipeline's number may still be the smaller one where
  // history was dropped.
  const containersLost = Math.max(spent.lost, spent.containersLost) + 1;
  return containersLost < policy.lostMax
    ? { kind: "delay", afterMs: 0, round: null }
    : { kind: "quarantine", containersLost };
}

/** Doubles within a round, up to `backoffMaxMs`, with full jitter on its upper half. */
function backoffOf(failures: number, policy: RetryPolicy, random: Random): number {
  const inRound = failures % policy.attemptsMax;
  const full = Math.min(policy.backoffMaxMs, policy.backoffMs * 2 ** inRound);
  return Math.round(full / 2 + (full / 2) * random.next());
}
