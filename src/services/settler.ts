import { type NextMove, nextMove } from "../core/pipeline/retry.ts";
import { readSpent } from "../db/leases.ts";
import { applyMoves, type LeaseKey, type TaskMove } from "../db/moves.ts";
import { storable } from "../db/storable.ts";
import { type Failure, failureOf } from "../errors/app-error.ts";
import { errorCodes } from "../errors/codes.ts";
import { announce, type ServiceContext } from "./context.ts";

export type WorkerOutcome =
  | {
      readonly kind: "done";
      readonly result: unknown;
      readonly gaps: readonly number[];
      readonly applicable: boolean;
      readonly reason: string | null;
      readonly engine: { readonly name: string; readonly model: string | null };
    }
  | ({ readonly kind: "failed" } & Failure)
  | { readonly kind: "released" };

export interface Settler {
  /** One answer an outcome, in order: false when its lease was gone. */
  settle(
    container: string,
    outcomes: readonly { readonly key: LeaseKey; readonly outcome: WorkerOutcome }[],
  ): Promise<boolean[]>;
}

/** The move for a decision of `nextMove`. */
export function moveOf(key: LeaseKey, next: NextMove, failure: Failure, lost: boolean): TaskMove {
  const { epoch, id } = key;
  return next.kind === "delay"
    ? { kind: "delay", epoch, id, afterMs: next.afterMs, failure, lost }
    : { kind: "dead", epoch, id, failure, lost };
}

interface Pending {
  readonly moves: readonly TaskMove[];
  resolve(accepted: boolean[]): void;
  reject(error: unknown): void;
}

/**
 * Settles in natural batches: at once when nothing is being written, else together with all that
 * came meanwhile. A batch that fails is split, so that one poisonous result ends its own task only.
 */
export function createSettler(context: ServiceContext, backoffMaxMs: number): Settler {
  let queue: Pending[] = [];
  let writing = false;

  const flush = async (): Promise<void> => {
    writing = true;
    try {
      while (queue.length > 0) {
        const batch = queue;
        queue = [];
        await write(context, batch);
        announce(context);
      }
    } finally {
      writing = false;
    }
  };
  const submit = (moves: readonly TaskMove[]): Promise<boolean[]> =>
    new Promise((resolve, reject) => {
      queue.push({ moves, resolve, reject });
      if (!writing) void flush();
    });
  return {
    async settle(container, outcomes) {
      if (outcomes.length === 0) return [];
      return submit(await movesOf(context, backoffMaxMs, container, outcomes));
    },
  };
}

async function write(context: ServiceContext, batch: readonly Pending[]): Promise<void> {
  try {
    const accepted = await applyMoves(
      context.sql,
      batch.flatMap((entry) => entry.moves),
    );
    let at = 0;
    for (const entry of batch) {
      entry.resolve(accepted.slice(at, at + entry.moves.length));
      at += entry.moves.length;
    }
  } catch {
    if (batch.length > 1) for (const entry of batch) await write(context, [entry]);
    else for (const entry of batch) await writeSingly(context, entry);
  }
}

/** One entry failed as a whole: each move alone, and a result that cannot be stored ends its task. */
async function writeSingly(context: ServiceContext, entry: Pending): Promise<void> {
  try {
    const accepted: boolean[] = [];
    for (const move of entry.moves) {
      accepted.push(
        ...(await applyMoves(context.sql, [move]).catch((error) =>
          endPoisonous(context, move, error),
        )),
      );
    }
    entry.resolve(accepted);
  } catch (error) {
    entry.reject(error);
  }
}

/** Only a value that the database refuses ends its task; a database that is away is the caller's to retry. */
function endPoisonous(context: ServiceContext, move: TaskMove, cause: unknown): Promise<boolean[]> {
  if (move.kind !== "done" || !isRefusal(cause)) throw cause;
  const failure = unstorable(failureOf(cause).detail);
  const { epoch, id, container } = move;
  const dead = { kind: "dead", epoch, id, failure, lost: false } as const;
  return applyMoves(context.sql, [container === undefined ? dead : { ...dead, container }]);
}

const unstorable = (detail: string | null): Failure => ({
  code: "MODEL_OUTPUT_INVALID",
  detail: `It could not be stored: ${detail}`,
});

/** SQLSTATE classes of data that is wrong, breaks a constraint, or is too large or too deep. */
const isRefusal = (error: unknown): boolean =>
  error instanceof Error && "code" in error && /^(22|23|54)/.test(String(error.code));

async function movesOf(
  context: ServiceContext,
  backoffMaxMs: number,
  container: string,
  outcomes: Parameters<Settler["settle"]>[1],
): Promise<TaskMove[]> {
  const failed = outcomes
    .filter((entry) => entry.outcome.kind === "failed")
    .map((entry) => entry.key);
  const spent = failed.length > 0 ? await readSpent(context.sql, container, failed) : [];
  return outcomes.map(({ key, outcome }) => ({
    ...moveFor(context, backoffMaxMs, spent, key, outcome),
    container,
  }));
}

function moveFor(
  context: ServiceContext,
  backoffMaxMs: number,
  spent: Awaited<ReturnType<typeof readSpent>>,
  { epoch, id }: LeaseKey,
  outcome: WorkerOutcome,
): TaskMove {
  if (outcome.kind === "released") return { kind: "release", epoch, id };
  if (outcome.kind === "done") return doneMove(outcome, { epoch, id });
  const known = spent.find((row) => row.id === id && row.epoch === epoch);
  const failure = storable({ code: outcome.code, detail: outcome.detail }) as Failure;
  if (!known) return { kind: "dead", epoch, id, failure, lost: false };
  const { retryable } = errorCodes[outcome.code];
  const policy = { ...known, backoffMaxMs };
  const next = nextMove({ kind: "failed", retryable }, known, policy, context.random);
  return moveOf({ epoch, id }, next, failure, false);
}

function doneMove(
  outcome: Extract<WorkerOutcome, { kind: "done" }>,
  { epoch, id }: LeaseKey,
): TaskMove {
  try {
    return { ...(storable(outcome) as typeof outcome), epoch, id };
  } catch (error) {
    // Nested so deeply that it cannot be walked.
    return { kind: "dead", epoch, id, failure: unstorable(failureOf(error).detail), lost: false };
  }
}
