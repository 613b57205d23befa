import { bitOf, compileGraph, type Masks } from "../core/pipeline/graph.ts";
import {
  type Reopenable,
  rerunMask,
  retryIsNewGeneration,
  retryMask,
} from "../core/pipeline/reopen.ts";
import type { ReopenPlan } from "../core/pipeline/reopen-plan.ts";
import type { DocumentRow, TaskRow } from "../db/documents.ts";
import { applyMoves } from "../db/moves.ts";
import { type KeptSlides, takeOverSlides } from "../db/reopen.ts";
import { AppError } from "../errors/app-error.ts";
import { announce, type ServiceContext } from "./context.ts";
import type { Durations } from "./durations.ts";
import { keptOf, planReopening } from "./reopen-plan.ts";

export interface ReopenRequest {
  /** A retry does what failed; a rerun does finished work again, as a new generation. */
  readonly kind: "retry" | "rerun";
  /** A task, a layer, or everything. */
  readonly from?: string | number | undefined;
  /** Read these again, whatever became of them, and keep the others: of `from`, or of all tasks that read slides. */
  readonly slides?: readonly number[] | undefined;
  readonly dryRun: boolean;
  readonly by: string;
}

export interface Reopened extends ReopenPlan {
  readonly pipeline: string;
  readonly kept: string[];
  readonly redone: string[];
  /** The generation in which they are done again. */
  readonly generation: number;
  /** From 1: which one it is; those before stay in the history. */
  readonly attempt: number;
  readonly dryRun: boolean;
}

export interface ReopenParts {
  readonly durations: Durations;
  /** Replicas that may run, by pool. */
  readonly max: Readonly<Record<string, number>>;
}

/**
 * Opens tasks of a pipeline again, or says which it would open and what that takes. Throws TASK_NOT_FOUND,
 * SLIDE_NOT_FOUND, NOTHING_TO_RETRY, NOTHING_TO_RERUN, TASKS_UNDER_WAY.
 */
export async function reopen(
  context: ServiceContext,
  row: DocumentRow,
  asked: ReopenRequest,
  parts: ReopenParts,
): Promise<Reopened> {
  const { slides } = asked;
  const request = slides === undefined ? asked : { ...asked, kind: "rerun" as const };
  const from = slides === undefined ? fromMask(row, asked.from) : readersMask(row, asked, slides);
  const mask = maskOf(row, request.kind, from);
  const redone = namesOf(row, mask);
  const scope = { kind: request.kind, redone, slides: request.slides };
  const kept = await keptOf(context, row, scope);
  const isNew =
    request.kind === "rerun" || retryIsNewGeneration(row.state, masksOf(row.tasks), mask);
  const told = await planReopening(context, row, { redone, kept, isNew }, parts);
  if (!request.dryRun) await open(context, row, { ...request, ...scope, from, kept });
  return {
    ...told,
    pipeline: row.pipeline,
    kept: namesOf(row, ~mask),
    redone,
    generation: row.generation + (isNew ? 1 : 0),
    dryRun: request.dryRun,
  };
}

/**
 * Tasks that read slides, as far as `from` names them. Chosen slides are read again as finished work is: what
 * was read of them so far stays in its generation.
 */
function readersMask(row: DocumentRow, { from }: ReopenRequest, slides: readonly number[]): bigint {
  const beyond = slides.find((slide) => slide > row.pages);
  if (beyond !== undefined) throw new AppError("SLIDE_NOT_FOUND", `Slide ${beyond}.`);
  const named = fromMask(row, from);
  const readers = row.tasks.reduce(
    (mask, { pool }, index) => (pool === "vision" ? mask | bitOf(index) : mask),
    0n,
  );
  const mask = named === null ? readers : readers & named;
  if (mask === 0n) throw new AppError("TASK_NOT_FOUND", `${from ?? "None"} reads no slides.`);
  return mask;
}

interface Opening extends ReopenRequest {
  readonly redone: readonly string[];
  readonly kept: readonly KeptSlides[];
}

async function open(
  context: ServiceContext,
  row: DocumentRow,
  {
    kind,
    by,
    slides,
    redone,
    kept,
    from,
  }: Omit<Opening, "from"> & { readonly from: bigint | null },
): Promise<void> {
  const move = { kind, pipeline: row.pipelineId, by } as const;
  const accepted = await context.sql.begin(async (tx) => {
    const [ok] = await applyMoves(tx, [from === null ? move : { ...move, fromMask: String(from) }]);
    if (ok && slides !== undefined) {
      for (const one of kept.filter(({ task }) => redone.includes(task))) {
        await takeOverSlides(tx, row.pipelineId, one, slides);
      }
    }
    return ok;
  });
  // It has changed since it was read.
  if (!accepted) throw new AppError(kind === "retry" ? "NOTHING_TO_RETRY" : "TASKS_UNDER_WAY");
  announce(context);
}

/** Tasks that a retry from there opens again, as it stands in this row; null: none. */
export function retriedTasks(row: DocumentRow, from: string | undefined): string[] | null {
  const pipeline: Reopenable = { masks: masksOf(row.tasks), hasEnded: row.finishedAt !== null };
  const known = from === undefined || row.tasks.some(({ task }) => task === from);
  const mask = known ? retryMask(graphOf(row), pipeline, fromMask(row, from)) : 0n;
  return mask === 0n ? null : namesOf(row, mask);
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
