import type { Failure } from "../errors/app-error.ts";
import type { Db } from "./connect.ts";
import type { LeaseKey } from "./moves.ts";
import type { GrantedLease } from "./turn.ts";

/** A task with all that is needed to work on it. */
export interface ClaimedTask extends LeaseKey {
  readonly container: string;
  readonly task: string;
  readonly idx: number;
  readonly layer: number;
  readonly workspace: string;
  readonly pipelineId: number;
  readonly pipeline: string;
  readonly generation: number;
  readonly attempt: number;
  readonly deadlineAt: Date;
  readonly timeoutMs: number;
  readonly stallMs: number;
  readonly document: string;
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly pages: number;
  readonly packId: number;
}

/** What never changes about a pipeline once it can be worked on. */
export interface PipelineFacts {
  readonly pipelineId: number;
  readonly workspace: string;
  readonly pipeline: string;
  readonly document: string;
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly pages: number;
  readonly packId: number;
  readonly rank: number;
  readonly priority: number;
}

/** What a version of a pack says of its tasks; lists are by task index. */
export interface PackFacts {
  readonly packId: number;
  readonly tasks: readonly string[];
  readonly layers: readonly number[];
  readonly timeoutMs: readonly number[];
  readonly stallMs: readonly number[];
}

export async function readPipelineFacts(
  db: Db,
  pipelineIds: readonly number[],
): Promise<PipelineFacts[]> {
  return db<PipelineFacts[]>`
    select pipeline_id as "pipelineId", workspace, pipeline, document, name, sha256, bytes, pages, pack_id as "packId", rank, priority
    from pipeline_facts(${[...new Set(pipelineIds)]}::bigint[])`;
}

export async function readPackFacts(db: Db, packIds: readonly number[]): Promise<PackFacts[]> {
  return db<PackFacts[]>`
    select id as "packId", task_names as tasks, layers, timeout_ms as "timeoutMs", stall_ms as "stallMs"
    from packs where id = any (${[...new Set(packIds)]}::int[])`;
}

/** Throws Error when the pack has no such task. */
export function claimedTask(
  lease: GrantedLease,
  facts: PipelineFacts,
  pack: PackFacts,
): ClaimedTask {
  const { idx } = lease;
  const task = pack.tasks[idx];
  if (task === undefined) throw new Error(`the pack has no task ${idx}`);
  // Written out, and not spread: this is made for every task there is.
  return {
    epoch: lease.epoch,
    id: lease.id,
    container: lease.container,
    task,
    idx,
    layer: pack.layers[idx] ?? 0,
    workspace: facts.workspace,
    pipelineId: facts.pipelineId,
    pipeline: facts.pipeline,
    generation: lease.generation,
    attempt: lease.attempt,
    deadlineAt: lease.deadlineAt,
    timeoutMs: pack.timeoutMs[idx] ?? 0,
    stallMs: pack.stallMs[idx] ?? 0,
    document: facts.document,
    name: facts.name,
    sha256: facts.sha256,
    bytes: facts.bytes,
    pages: facts.pages,
    packId: facts.packId,
  };
}

/** A live lease of this container; undefined when it is gone. */
export async function readLease(
  db: Db,
  container: string,
  key: LeaseKey,
): Promise<ClaimedTask | undefined> {
  const [row] = await db<GrantedLease[]>`
    select epoch, id, container_id as container, pipeline_id as "pipelineId", idx, generation, attempt, class_id as "classId", deadline_at as "deadlineAt"
    from leases where id = ${key.id} and epoch = ${key.epoch} and container_id = ${container}`;
  if (!row) return undefined;
  const [facts] = await readPipelineFacts(db, [row.pipelineId]);
  const [pack] = facts ? await readPackFacts(db, [facts.packId]) : [];
  return facts && pack && claimedTask(row, facts, pack);
}

/** False: the lease is gone and nothing was changed. */
export async function reportProgress(
  db: Db,
  container: string,
  key: LeaseKey,
  progress: { fraction: number; done: number | null; total: number | null },
): Promise<boolean> {
  const [row] = await db<{ ok: boolean }[]>`
    select report_progress(${container}, ${key.epoch}, ${key.id}, ${progress.fraction}, ${progress.done}, ${progress.total}) as ok`;
  return row?.ok ?? false;
}

/** False: the lease is gone and nothing was changed. */
export async function saveSlide(
  db: Db,
  container: string,
  key: LeaseKey,
  slide: { recipe: string; slide: number; result: unknown; seconds: number },
): Promise<boolean> {
  const [row] = await db<{ ok: boolean }[]>`
    select save_slide(${container}, ${key.epoch}, ${key.id}, ${slide.recipe}, ${slide.slide},
      ${db.json(slide.result as never)}, ${slide.seconds}) as ok`;
  return row?.ok ?? false;
}

/** False: the lease is gone and nothing was changed. */
export async function saveSlideFailure(
  db: Db,
  container: string,
  key: LeaseKey,
  slide: number,
  failure: Failure,
): Promise<boolean> {
  const [row] = await db<{ ok: boolean }[]>`
    select save_slide_failure(${container}, ${key.epoch}, ${key.id}, ${slide}, ${db.json(failure as never)}) as ok`;
  return row?.ok ?? false;
}

/** Saves a result beside the lease; settling publishes. False: the lease is gone. */
export async function stageResult(
  db: Db,
  container: string,
  key: LeaseKey,
  result: unknown,
): Promise<boolean> {
  const rows = await db`
    update leases set staged = ${db.json(result as never)}, progressed_at = pl_now()
    where epoch = ${key.epoch} and id = ${key.id} and container_id = ${container} returning 1`;
  return rows.length > 0;
}

/** What `nextMove` has to know about a task whose try did not end well. */
export interface TroubledLease extends LeaseKey {
  readonly container: string;
  readonly cause: "lost" | "deadline" | "stalled";
  readonly failures: number;
  readonly lost: number;
  readonly containersLost: number;
  readonly attemptsMax: number;
  readonly lostMax: number;
  readonly backoffMs: number;
}

const spentColumns = (db: Db) => db`
  coalesce(t.failures, 0) as failures, coalesce(t.lost, 0) as lost, (select count(distinct a.container_id)::int from attempts a
    where a.pipeline_id = p.id and a.lost and a.container_id <> l.container_id and (p.opened_at is null or a.ended_at > p.opened_at)) as "containersLost",
  k.attempts_max[l.idx + 1] as "attemptsMax",
  k.lost_max[l.idx + 1] as "lostMax", k.backoff_ms[l.idx + 1] as "backoffMs"`;

/** Leases to be taken back, from an id on: their container is gone or silent, or they passed deadline or stall. */
export async function readTroubledLeases(
  db: Db,
  fromId = 0,
  limit = 500,
): Promise<TroubledLease[]> {
  return db<TroubledLease[]>`
    select l.epoch, l.id, l.container_id as container, ${spentColumns(db)},
      case when s.id is null or s.ended_at is not null or s.expires_at < pl_now() then 'lost'
           when l.deadline_at < pl_now() then 'deadline' else 'stalled' end as cause
    from leases l join pipelines p on p.id = l.pipeline_id join packs k on k.id = p.pack_id
    left join processing_servers s on s.id = l.container_id
    left join tasks t on t.pipeline_id = l.pipeline_id and t.idx = l.idx and t.generation = l.generation
    where l.id >= ${fromId} and (s.id is null or s.ended_at is not null or s.expires_at < pl_now() or l.deadline_at < pl_now()
      or l.progressed_at + l.stall_ms * interval '1 millisecond' < pl_now())
    order by l.id limit ${limit}`;
}

/** The oldest lease that lives, of those from an id on. */
export async function readLowestLease(db: Db, fromId: number): Promise<number | null> {
  const [row] = await db<{ id: number }[]>`
    select id from leases where id >= ${fromId} order by id limit 1`;
  return row?.id ?? null;
}

/** The same facts for leases a worker reports as failed; those already gone are missing. */
export async function readSpent(
  db: Db,
  container: string,
  keys: readonly LeaseKey[],
): Promise<Omit<TroubledLease, "cause">[]> {
  return db<Omit<TroubledLease, "cause">[]>`
    select l.epoch, l.id, l.container_id as container, ${spentColumns(db)}
    from unnest(${keys.map((key) => key.epoch)}::bigint[], ${keys.map((key) => key.id)}::bigint[]) as w(epoch, id)
    join leases l on l.epoch = w.epoch and l.id = w.id and l.container_id = ${container}
    join pipelines p on p.id = l.pipeline_id join packs k on k.id = p.pack_id
    left join tasks t on t.pipeline_id = l.pipeline_id and t.idx = l.idx and t.generation = l.generation`;
}

/**
 * The workspace of a document that this container holds work of. undefined: it holds none, or of the same bytes in
 * several workspaces, and whose are meant cannot be told.
 */
export async function findHeldWorkspace(
  db: Db,
  container: string,
  sha256: string,
): Promise<string | undefined> {
  const [row] = await db<{ workspace: string }[]>`
    select min(p.workspace) as workspace from leases l join pipelines p on p.id = l.pipeline_id join documents d on d.id = p.document_id
    where l.container_id = ${container} and d.sha256 = ${sha256} having count(distinct p.workspace) = 1`;
  return row?.workspace;
}

/**
 * Leases that a container does not name and that have not moved for a while: the answer that handed
 * them out never arrived.
 */
export async function readUnnamedLeases(
  db: Db,
  container: string,
  named: readonly LeaseKey[],
  quietMs: number,
): Promise<LeaseKey[]> {
  return db<LeaseKey[]>`
    select epoch, id from leases where container_id = ${container}
      and progressed_at < pl_now() - ${quietMs} * interval '1 millisecond'
      and (epoch, id) not in (select * from unnest(${named.map((key) => key.epoch)}::bigint[], ${named.map((key) => key.id)}::bigint[]))`;
}
