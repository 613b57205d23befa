import { type BarGroup, type BatchCounts, reachedBy } from "../core/pipeline/batch.ts";
import { learnedWeights } from "../core/pipeline/weights.ts";
import type { Failure } from "../errors/app-error.ts";
import type { Db } from "./connect.ts";
import { coded, type DocumentSubmission, type Submitted } from "./submissions.ts";

/** A file that is stored already, or one to be fetched. */
export type BatchItem = ({ readonly sha256: string } | { readonly sourceUri: string }) & {
  readonly name?: string | undefined;
  /** The document's own idempotency key. */
  readonly key?: string | undefined;
};

export interface NewBatch {
  readonly workspace: string;
  /** null: named after its size. */
  readonly name: string | null;
  readonly pack: string;
  readonly priority: number;
  readonly idempotencyKey: string | null;
  /** Empty: uploads will join. */
  readonly items: readonly BatchItem[];
}

export interface CreatedBatch {
  readonly batch: string;
  /** The key was known: nothing was made. */
  readonly existing: boolean;
  /** One an item, in order. */
  readonly documents: readonly Submitted[];
}

/**
 * Batch and documents, whole or not at all. Throws BATCH_TOO_LARGE, FILE_NOT_FOUND, IDEMPOTENCY_CONFLICT
 * and PACK_NOT_FOUND.
 */
export async function createBatch(db: Db, batch: NewBatch): Promise<CreatedBatch> {
  const items = db.json(batch.items as never);
  const [row] = await coded(
    db<CreatedBatch[]>`
      select m.public_id as batch, m.existing, coalesce((
        select json_agg(json_build_object('document', i.document_id, 'pipeline', i.pipeline_id, 'existing', m.existing or i.existing) order by i.n)
        from batch_items(${batch.workspace}, m.batch, ${items}) i), '[]') as documents
      from make_batch(${batch.workspace}, ${items}, ${batch.name}, ${batch.priority}, ${batch.pack}, ${batch.idempotencyKey}) m`,
  );
  if (!row) throw new Error("the batch gave no row");
  return row;
}

/**
 * One more document for a batch. Throws BATCH_NOT_FOUND, BATCH_CANCELLED, BATCH_TOO_LARGE and what
 * `addPipeline` throws.
 */
export async function addToBatch(
  db: Db,
  batch: string,
  submission: DocumentSubmission,
): Promise<Submitted> {
  const { workspace, pack, priority, sha256, name, idempotencyKey: key, bytes, pages } = submission;
  const items = db.json([{ sha256, name, key, bytes, pages }]);
  const [row] = await coded(
    db<Submitted[]>`
      select document_id as document, pipeline_id as pipeline, existing
      from add_to_batch(${workspace}, ${batch}, ${pack}, ${priority}, ${items})`,
  );
  if (!row) throw new Error("the submission gave no row");
  return row;
}

/** What `files` knows: a file that lies in the storage of this workspace may be named by its hash. */
export async function rememberFile(
  db: Db,
  file: Pick<DocumentSubmission, "workspace" | "sha256" | "name" | "bytes" | "pages">,
): Promise<void> {
  await db`
    insert into files (workspace, sha256, name, bytes, pages)
    values (${file.workspace}, ${file.sha256}, ${file.name}, ${file.bytes}, ${file.pages})
    on conflict (workspace, sha256) do nothing`;
}

/** The most pages among stored files that are named by their hash; 0 when there are none. */
export async function readMostPages(
  db: Db,
  workspace: string,
  hashes: readonly string[],
): Promise<number> {
  const [row] = await db<{ pages: number | null }[]>`
    select max(pages) as pages from files where workspace = ${workspace} and sha256 = any(${[...hashes]})`;
  return row?.pages ?? 0;
}

export interface BatchRow {
  readonly id: number;
  readonly batch: string;
  readonly workspace: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly cancelledAt: Date | null;
  /** When the last of its documents ended; null while one is open, or there is none. */
  readonly finishedAt: Date | null;
  readonly counts: BatchCounts;
  /** Sum over the documents, 0..1 each; one that has ended counts whole. */
  readonly reached: number;
}

/** Open documents of one batch that are equally far. */
interface OpenGroup extends Pick<BarGroup, "n" | "running"> {
  readonly packWeights: readonly number[];
  readonly pools: readonly string[];
  readonly unitSeconds: readonly number[] | null;
  readonly pages: number;
  /** A bit for each task that is done: 63 of them are no number. */
  readonly doneMask: string;
}

type StoredBatch = Omit<BatchRow, "reached"> & {
  readonly ended: number;
  readonly open: readonly OpenGroup[];
};

/**
 * Counts by states, and what is open by masks: pipelines that are equally far, of as many pages and with the same
 * weights, are one group. Only running tasks are looked at one by one.
 */
const batchRows = (db: Db) => db`
  select b.id, b.public_id as batch, b.workspace, b.name, b.created_at as "createdAt", b.cancelled_at as "cancelledAt", t.*
  from batches b cross join lateral (
    select case when bool_and(g.ended) then max(g.finished_at) end as "finishedAt",
      json_build_object('fetching', coalesce(sum(g.n) filter (where g.state = 'fetching'), 0), 'active', coalesce(sum(g.n) filter (where g.state = 'active'), 0),
        'done', coalesce(sum(g.n) filter (where g.state = 'done'), 0), 'done_with_gaps', coalesce(sum(g.n) filter (where g.state = 'done_with_gaps'), 0),
        'failed', coalesce(sum(g.n) filter (where g.state = 'failed'), 0), 'cancelled', coalesce(sum(g.n) filter (where g.state = 'cancelled'), 0)) as counts,
      coalesce(sum(g.n) filter (where g.ended), 0)::int as ended,
      coalesce(json_agg(json_build_object('n', g.n, 'packWeights', k.weights, 'pools', k.pools, 'unitSeconds', g.unit_seconds, 'pages', g.pages,
        'doneMask', g.done_mask::text, 'running', coalesce(g.running::json, '[]'))) filter (where not g.ended), '[]') as open
    from (
      select p.state, p.pack_id, p.finished_at is not null as ended, case when p.finished_at is null then p.done_mask end as done_mask,
        case when p.finished_at is null then coalesce(d.pages, 0) end as pages, w.unit_seconds, r.running, count(*)::int as n, max(p.finished_at) as finished_at
      from pipelines p join documents d on d.id = p.document_id and d.deleted_at is null
      left join lateral (select json_agg(json_build_array(f.idx, f.fraction) order by f.idx)::text as running from task_progress f
        where f.pipeline_id = p.id and f.generation = p.generation and p.done_mask & (1::bigint << f.idx) = 0) r on p.finished_at is null
      left join lateral (select w.unit_seconds from learned_weights w where w.pack_id = p.pack_id and w.valid_from <= p.created_at
        order by w.valid_from desc limit 1) w on p.finished_at is null
      where p.batch_id = b.id group by 1, 2, 3, 4, 5, 6, 7
    ) g join packs k on k.id = g.pack_id
  ) t`;

/** Each open document by the weights of its own bar. */
function withReached({ ended, open, ...row }: StoredBatch): BatchRow {
  const groups = open.map(({ packWeights, pools, unitSeconds, pages, doneMask, ...group }) => {
    const weights = unitSeconds === null ? null : learnedWeights(pools, unitSeconds, pages);
    const mask = BigInt(doneMask);
    const done = pools.flatMap((_, idx) => ((mask >> BigInt(idx)) & 1n ? [idx] : []));
    return { ...group, done, weights: weights ?? packWeights };
  });
  return { ...row, reached: groups.reduce((sum, group) => sum + reachedBy(group), ended) };
}

export interface BatchFilter {
  readonly workspace: string;
  /** Only batches older than this internal id. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Newest first. */
export async function listBatches(db: Db, filter: BatchFilter): Promise<BatchRow[]> {
  const rows = await db<StoredBatch[]>`
    ${batchRows(db)} where b.workspace = ${filter.workspace} ${filter.before === undefined ? db`` : db`and b.id < ${filter.before}`}
    order by b.id desc limit ${filter.limit}`;
  return rows.map(withReached);
}

/** Undefined when this workspace has no such batch. */
export async function findBatch(
  db: Db,
  workspace: string,
  batch: string,
): Promise<BatchRow | undefined> {
  const [row] = await db<StoredBatch[]>`
    ${batchRows(db)} where b.workspace = ${workspace} and b.public_id = ${batch}`;
  return row && withReached(row);
}

/** Whether it takes documents, without looking at any; undefined: no such batch. */
export async function readBatchState(
  db: Db,
  workspace: string,
  batch: string,
): Promise<{ readonly isCancelled: boolean } | undefined> {
  const [row] = await db<{ isCancelled: boolean }[]>`
    select cancelled_at is not null as "isCancelled" from batches where workspace = ${workspace} and public_id = ${batch}`;
  return row;
}

export interface BatchFailure {
  readonly document: string;
  readonly name: string;
  readonly failure: Failure;
}

/** The first documents that failed, whole or in part. */
export async function readBatchFailures(
  db: Db,
  batch: number,
  limit: number,
): Promise<BatchFailure[]> {
  return db<BatchFailure[]>`
    select p.document, d.name, p.failure from pipelines p join documents d on d.id = p.document_id
    where p.batch_id = ${batch} and p.failure is not null and d.deleted_at is null order by p.document_id limit ${limit}`;
}

/** From now on nothing may join; whatever did so before is seen by the next statement. */
export async function markBatchCancelled(db: Db, batch: number): Promise<void> {
  await db`update batches set cancelled_at = coalesce(cancelled_at, pl_now()) where id = ${batch}`;
}

/** Documents may join again. */
export async function unmarkBatchCancelled(db: Db, batch: number): Promise<void> {
  await db`update batches set cancelled_at = null where id = ${batch} and cancelled_at is not null`;
}

/** Internal ids of pipelines that a cancel (`open`) or a retry (`failed`, in any way) is about. */
export async function readBatchPipelines(
  db: Db,
  batch: number,
  which: "open" | "failed",
): Promise<number[]> {
  const states =
    which === "open" ? ["fetching", "active"] : ["done_with_gaps", "failed", "cancelled"];
  const rows = await db<{ id: number }[]>`
    select p.id from pipelines p join documents d on d.id = p.document_id
    where p.batch_id = ${batch} and p.state = any(${states}) and d.deleted_at is null order by p.id`;
  return rows.map((row) => row.id);
}
