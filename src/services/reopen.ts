import { bitOf, compileGraph, type Masks } from "../core/pipeline/graph.ts";
import { type Reopenable, rerunMask, retryMask } from "../core/pipeline/reopen.ts";
import type { DocumentRow, TaskRow } from "../db/documents.ts";
import { applyMoves } from "../db/moves.ts";
import { AppError } from "../errors/app-error.ts";
import { announce, type ServiceContext } from "./context.ts";

export interface ReopenRequest {
  /** A retry does what failed; a rerun does finished work again, as a new generation. */
  readonly kind: "retry" | "rerun";
  /** A task, a layer, or everything. */
  readonly from?: string | number | undefined;
  readonly dryRun: boolean;
  readonly by: string;
}

export interface Reopened {
  readonly pipeline: string;
  readonly kept: string[];
  readonly redone: string[];
  /** The generation in which they are done again. */
  readonly generation: number;
  readonly dryRun: boolean;
}

/**
 * Opens tasks of a pipeline again, or says which it would open. Throws TASK_NOT_FOUND, NOTHING_TO_RETRY,
 * NOTHING_TO_RERUN, TASKS_UNDER_WAY.
 */
export async function reopen(
  context: ServiceContext,
  row: DocumentRow,
  request: ReopenRequest,
): Promise<Reopened> {
  const from = fromMask(row, request.from);
  const mask = maskOf(row, request.kind, from);
  if (!request.dryRun) {
    const move = { kind: request.kind, pipeline: row.pipelineId, by: request.by } as const;
    const [ok] = await applyMoves(context.sql, [
      from === null ? move : { ...move, fromMask: String(from) },
    ]);
    // It has changed since it was read.
    if (!ok) throw new AppError(request.kind === "retry" ? "NOTHING_TO_RETRY" : "TASKS_UNDER_WAY");
    announce(context);
  }
  const { done } = masksOf(row.tasks);
  const isNew = request.kind === "rerun" || (mask & done) !== 0n;
  return {
    pipeline: row.pipeline,
    kept: namesOf(row, ~mask),
    redone: namesOf(row, mask),
    generation: row.generation + (isNew ? 1 : 0),
    dryRun: request.dryRun,
  };
}

function maskOf(row: DocumentRow, kind: ReopenRequest["kind"], from: bigint | null): bigint {
  const graph = graphOf(row);
  const pipeline: Reopenable = { masks: masksOf(row.tasks), hasEnded: row.finishedAt !== null };
  if (kind === "retry") {
    const mask = retryMask(graph, pipeline, from);
    if (mask === 0n) throw new AppError("NOTHING_TO_RETRY");
    return mask;
  }
  const { mask, busy } = rerunMask(graph, pipeline, from);
  if (mask === 0n) throw new AppError("NOTHING_TO_RERUN");
  if (busy !== 0n) throw new AppError("TASKS_UNDER_WAY", `${namesOf(row, busy).join(", ")}.`);
  return mask;
}

const graphOf = ({ tasks }: DocumentRow) =>
  compileGraph(
    tasks.map(({ task, layer, weight, pool, after }) => ({
      name: task,
      layer,
      weight,
      pool,
      after: after.flatMap((index) => tasks[index]?.task ?? []),
    })),
  );

function masksOf(tasks: readonly TaskRow[]): Masks {
  const those = (isOne: (task: TaskRow) => boolean): bigint =>
    tasks.reduce((mask, task, index) => (isOne(task) ? mask | bitOf(index) : mask), 0n);
  return {
    queued: those(({ state }) => ["ready", "delayed", "leased"].includes(state)),
    done: those(({ state }) => state === "done"),
    dead: those(({ state }) => state === "dead"),
    skipped: those(({ state }) => state === "skipped"),
    gaps: those(({ gaps }) => gaps.length > 0),
  };
}

const namesOf = (row: DocumentRow, mask: bigint): string[] =>
  row.tasks.flatMap((task, index) => ((mask & bitOf(index)) === 0n ? [] : [task.task]));

function fromMask(row: DocumentRow, from: string | number | undefined): bigint | null {
  if (from === undefined) return null;
  const chosen = row.tasks.flatMap((task, index) =>
    task.task === from || task.layer === Number(from) ? [bitOf(index)] : [],
  );
  if (chosen.length === 0) throw new AppError("TASK_NOT_FOUND", String(from));
  return chosen.reduce((mask, bit) => mask | bit, 0n);
}
