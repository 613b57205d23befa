import { type NextMove, nextMove, type RetrySettings } from "../../core/pipeline/retry.ts";
import { readSpent } from "../../db/leases.ts";
import type { LeaseKey, SetbackMove, TaskMove } from "../../db/moves.ts";
import { storable } from "../../db/storable.ts";
import { type Failure, failureOf } from "../../errors/app-error.ts";
import { errorCodes } from "../../errors/codes.ts";
import type { ServiceContext } from "../context.ts";

export type WorkerOutcome =
  | {
      readonly kind: "done";
      readonly result: unknown;
      readonly gaps: readonly number[];
      readonly applicable: boolean;
      readonly reason: string | null;
      readonly engine: { readonly name: string; readonly model: string | null };
      /** Kept with the engine that it is about. */
      readonly usage?: object | undefined;
    }
  | ({ readonly kind: "failed" } & Failure)
  | { readonly kind: "released" };

/** How a worker says that a task ended. */
export interface Settlement {
  readonly key: LeaseKey;
  readonly outcome: WorkerOutcome;
}

/** The move for a decision of `nextMove`. */
export function moveOf(
  key: LeaseKey,
  next: NextMove,
  failure: Failure,
  lost: boolean,
): SetbackMove {
  const { epoch, id } = key;
  if (next.kind === "dead") return { kind: "dead", epoch, id, failure, lost };
  if (next.kind === "quarantine") {
    const detail = `${next.containersLost} containers were lost over it.`;
    const suspected: Failure = { code: "DOCUMENT_QUARANTINED", detail };
    return { kind: "quarantine", epoch, id, failure: suspected, lost: true };
  }
  const delay = { kind: "delay", epoch, id, afterMs: next.afterMs, failure, lost } as const;
  return next.round === null ? delay : { ...delay, round: next.round };
}

/** One move an outcome, in order; what PostgreSQL cannot store is made storable or refused here. */
export async function movesOf(
  context: ServiceContext,
  retry: RetrySettings,
  container: string,
  outcomes: readonly Settlement[],
): Promise<TaskMove[]> {
  const failed = outcomes
    .filter((entry) => entry.outcome.kind === "failed")
    .map((entry) => entry.key);
  const spent = failed.length > 0 ? await readSpent(context.sql, container, failed) : [];
  return outcomes.map(({ key, outcome }) =>
    outcome.kind === "done"
      ? doneMove(outcome, key, container)
      : { ...setbackFor(context, retry, spent, key, outcome), container },
  );
}

function setbackFor(
  context: ServiceContext,
  retry: RetrySettings,
  spent: Awaited<ReturnType<typeof readSpent>>,
  { epoch, id }: LeaseKey,
  outcome: Exclude<WorkerOutcome, { kind: "done" }>,
): SetbackMove {
  if (outcome.kind === "released") return { kind: "release", epoch, id };
  const known = spent.find((row) => row.id === id && row.epoch === epoch);
  const failure = storable({ code: outcome.code, detail: outcome.detail }) as Failure;
  if (!known) return { kind: "dead", epoch, id, failure, lost: false };
  const { retryable } = errorCodes[outcome.code];
  const policy = { ...known, ...retry };
  const next = nextMove({ kind: "failed", retryable }, known, policy, context.random);
  return moveOf({ epoch, id }, next, failure, false);
}

function doneMove(
  outcome: Extract<WorkerOutcome, { kind: "done" }>,
  { epoch, id }: LeaseKey,
  container: string,
): TaskMove {
  try {
    const { usage, ...done } = storable(outcome) as typeof outcome;
    const { kind, result, gaps, applicable, reason } = done;
    const engine = usage === undefined ? done.engine : { ...done.engine, usage };
    return { kind, epoch, id, container, result, gaps, applicable, reason, engine };
  } catch (error) {
    // Nested so deeply that it cannot be walked.
    return unstorableMove({ epoch, id, container }, error);
  }
}

/** The end of a task whose result cannot be stored. */
export function unstorableMove(
  { epoch, id, container }: LeaseKey & { container?: string },
  cause: unknown,
): SetbackMove {
  const failure: Failure = {
    code: "MODEL_OUTPUT_INVALID",
    detail: `It could not be stored: ${failureOf(cause).detail}`,
  };
  const dead = { kind: "dead", epoch, id, failure, lost: false } as const;
  return container === undefined ? dead : { ...dead, container };
}

/** SQLSTATE classes of data that is wrong, breaks a constraint, or is too large or too deep. */
export const isRefusal = (error: unknown): boolean =>
  error instanceof Error && "code" in error && /^(22|23|54)/.test(String(error.code));
