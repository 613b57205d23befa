import { batchPercentOf, batchStatusOf, documentsIn } from "../core/pipeline/batch.ts";
import {
  type BatchFailure,
  type BatchFilter,
  type BatchItem,
  type BatchRow,
  createBatch,
  findBatch,
  listBatches,
  markBatchCancelled,
  readBatchFailures,
  readBatchPipelines,
  readMostPages,
  unmarkBatchCancelled,
} from "../db/batches.ts";
import { applyMoves, type PipelineMove } from "../db/moves.ts";
import { readPackLimits } from "../db/packs.ts";
import { AppError } from "../errors/app-error.ts";
import { announce, type ServiceContext } from "./context.ts";
import { cleanLine, cleanName } from "./intake.ts";
import { checkPages } from "./page-limit.ts";
import { failureView } from "./views.ts";

export interface BatchRequest {
  readonly workspace: string;
  readonly name: string | undefined;
  readonly pack: string;
  readonly priority: number;
  readonly idempotencyKey: string | null;
  readonly items: readonly BatchItem[];
}

/** Documents moved in one transaction: each holds its lock no longer than a few hundred moves take. */
const movesAtOnce = 100;
const failuresShown = 10;

/** Batches of documents. All but create and list throw BATCH_NOT_FOUND. */
export function createBatches(context: ServiceContext) {
  const { sql } = context;
  const find = async (workspace: string, id: string): Promise<BatchRow> => {
    const row = await findBatch(sql, workspace, id);
    if (!row) throw new AppError("BATCH_NOT_FOUND", id);
    return row;
  };
  const get = async (workspace: string, id: string) => {
    const row = await find(workspace, id);
    return detailView(row, await readBatchFailures(sql, row.id, failuresShown));
  };
  return {
    find,
    get,
    /**
     * Throws BATCH_TOO_LARGE, FILE_NOT_FOUND, IDEMPOTENCY_CONFLICT, PACK_NOT_FOUND and PDF_TOO_MANY_PAGES: then
     * nothing was made.
     */
    async create({ items, name, ...request }: BatchRequest) {
      const limits = await readPackLimits(sql, request.pack);
      const hashes = items.flatMap((item) => ("sha256" in item ? [item.sha256] : []));
      // A pack that is not known is told by what makes the batch, after what else is wrong with it.
      if (limits !== undefined)
        checkPages(await readMostPages(sql, request.workspace, hashes), limits);
      const made = await createBatch(sql, {
        ...request,
        name: name === undefined ? null : cleanLine(name),
        items: items.map(cleanItem),
      });
      if (!made.existing) announce(context);
      return {
        batch: await get(request.workspace, made.batch),
        existing: made.existing,
        documents: [...made.documents],
      };
    },
    async list(filter: BatchFilter) {
      const rows = await listBatches(sql, { ...filter, limit: filter.limit + 1 });
      const page = rows.slice(0, filter.limit);
      return {
        batches: page.map(batchView),
        nextCursor: rows.length > filter.limit ? String(page.at(-1)?.id ?? "") : null,
      };
    },
    /** Ends what is open and lets nothing join. Throws BATCH_FINISHED. */
    async cancel(workspace: string, id: string, by: string) {
      const row = await find(workspace, id);
      const isOver = row.finishedAt !== null || row.cancelledAt !== null;
      await markBatchCancelled(sql, row.id);
      const open = await readBatchPipelines(sql, row.id, "open");
      const changed = await moveAll(
        context,
        open.map((pipeline) => ({ kind: "cancel", pipeline, by })),
      );
      if (changed === 0 && isOver) throw new AppError("BATCH_FINISHED", id);
      return { batch: await get(workspace, id), changed };
    },
    /** Opens again what failed, has gaps or was cancelled. Throws NOTHING_TO_RETRY. */
    async retry(workspace: string, id: string, by: string) {
      const row = await find(workspace, id);
      await unmarkBatchCancelled(sql, row.id);
      const failed = await readBatchPipelines(sql, row.id, "failed");
      const changed = await moveAll(
        context,
        failed.map((pipeline) => ({ kind: "retry", pipeline, by })),
      );
      if (changed === 0 && row.cancelledAt === null) throw new AppError("NOTHING_TO_RETRY", id);
      return { batch: await get(workspace, id), changed };
    },
  };
}
export type Batches = ReturnType<typeof createBatches>;

/** Answers how many were accepted. Said after each part, so that a large batch is seen to move. */
async function moveAll(context: ServiceContext, moves: readonly PipelineMove[]): Promise<number> {
  let changed = 0;
  for (let from = 0; from < moves.length; from += movesAtOnce) {
    const accepted = await applyMoves(context.sql, moves.slice(from, from + movesAtOnce));
    changed += accepted.filter(Boolean).length;
    announce(context);
  }
  return changed;
}

function cleanItem(item: BatchItem): BatchItem {
  if (item.name !== undefined) return { ...item, name: cleanName(item.name) };
  if (!("sourceUri" in item)) return item;
  return { ...item, name: cleanName(decoded(item.sourceUri)) };
}

function decoded(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}

function batchView(row: BatchRow) {
  const { counts, reached } = row;
  return {
    id: row.batch,
    workspace: row.workspace,
    name: row.name,
    createdAt: row.createdAt.toISOString(),
    cancelledAt: row.cancelledAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
    documents: documentsIn(counts),
    percent: batchPercentOf(counts, reached),
    status: batchStatusOf(counts, reached, row.cancelledAt !== null),
    counts,
  };
}

const detailView = (row: BatchRow, failures: readonly BatchFailure[]) => ({
  ...batchView(row),
  failures: failures.map((entry) => ({ ...entry, failure: failureView(entry.failure) })),
});
