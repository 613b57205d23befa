import { bitOf, type Graph } from "../core/pipeline/graph.ts";
import { type Reopenable, retryMask } from "../core/pipeline/reopen.ts";
import type { DocumentRow } from "../db/documents.ts";
import { applyMoves, type CachedMove } from "../db/moves.ts";
import { type HalfRead, readHalfRead } from "../db/skip-failed.ts";
import { AppError } from "../errors/app-error.ts";
import type { ServiceContext } from "./context.ts";

/** What finishing a document without its failed slides does. */
export interface Skipping {
  /** Tasks that are done with what they have read. */
  readonly readers: readonly HalfRead[];
  /** What a retry of those opens. */
  readonly mask: bigint;
  /** The tasks alone that are then done at once. */
  readonly readersMask: bigint;
  /** "Leaves out slide 7 of visual analysis." */
  readonly sentence: string;
}

/**
 * Tasks that read slides and have failed with some of them read. Throws NOTHING_TO_RETRY: there is none, or it waits
 * for a task that has failed too.
 */
export async function skippingOf(
  { sql }: ServiceContext,
  row: DocumentRow,
  graph: Graph,
  pipeline: Reopenable,
): Promise<Skipping> {
  const failed = row.tasks.filter(
    ({ state, pool, after }) =>
      pool === "vision" &&
      (state === "dead" || state === "skipped") &&
      after.every((index) => row.tasks[index]?.state === "done"),
  );
  const found = await readHalfRead(
    sql,
    row.pipelineId,
    failed.map(({ task }) => task),
  );
  const readers = found.filter(({ slides }) => slides.length < row.pages);
  const readersMask = readers.reduce((mask, { idx }) => mask | bitOf(idx), 0n);
  const mask = readersMask === 0n ? 0n : retryMask(graph, pipeline, readersMask);
  if (mask === 0n) {
    throw new AppError("NOTHING_TO_RETRY", "No task failed that had read some of its slides.");
  }
  const left = readers.map(
    (one) => `${slideList(gapsOf(row, one))} of ${nameOf(one)} (${one.slides.length} are read)`,
  );
  return { readers, mask, readersMask, sentence: `Leaves out ${left.join(" and ")}.` };
}

const nameOf = ({ task }: HalfRead): string => task.replaceAll("_", " ");

const namedMax = 8;

function slideList(slides: readonly number[]): string {
  if (slides.length > namedMax) return `${slides.length} slides`;
  return `${slides.length === 1 ? "slide" : "slides"} ${slides.join(", ")}`;
}

function gapsOf({ pages }: DocumentRow, { slides }: HalfRead): number[] {
  const read = new Set(slides.map(({ slide }) => slide));
  return Array.from({ length: pages }, (_, index) => index + 1).filter((slide) => !read.has(slide));
}

/**
 * Opens what failed and ends the readers with what they have, in one transaction: no container sees them in
 * between. False: the document has changed since it was looked at, and nothing was written.
 */
export async function skipFailed(
  { sql }: ServiceContext,
  row: DocumentRow,
  { readers, readersMask }: Skipping,
  by: string,
): Promise<boolean> {
  class Changed extends Error {}
  return sql
    .begin(async (tx) => {
      const pipeline = row.pipelineId;
      const retry = { kind: "retry", pipeline, by, fromMask: String(readersMask) } as const;
      const opened = await applyMoves(tx, [retry]);
      const ended = await applyMoves(
        tx,
        readers.map((one) => endOf(row, one, by)),
      );
      if (![...opened, ...ended].every(Boolean)) throw new Changed();
      return true;
    })
    .catch((error: unknown) => {
      if (error instanceof Changed) return false;
      throw error;
    });
}

function endOf(row: DocumentRow, one: HalfRead, by: string): CachedMove {
  const { packId, idx, engine, failure, slides } = one;
  return {
    ...{ kind: "cached", pipeline: row.pipelineId, pack: packId, idx, by },
    engine: engine ?? row.engine ?? { name: "extractive", model: null },
    result: { slides: slides.map(({ result }) => result) },
    gaps: gapsOf(row, one),
    ...(failure === null ? {} : { failure }),
  };
}
