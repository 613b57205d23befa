import type { Acknowledgement, FailureFact } from "../core/failures/groups.ts";
import type { Db, Transaction } from "./connect.ts";

/** A failure with the row it stands in. */
export interface FailureRow extends Omit<FailureFact, "atMs"> {
  readonly at: Date;
  /** Of the document, or of the file that was refused. */
  readonly name: string;
  readonly attempt: number | null;
  readonly container: string | null;
  /** As logs name it; null: not known. */
  readonly lease: string | null;
}

export interface FailureQuery {
  readonly workspace: string;
  /** How far back. */
  readonly sinceMs: number;
  /** The newest ones; more are not looked at. */
  readonly limit: number;
  /** Only what is given up: for a count. */
  readonly isOpenOnly?: boolean | undefined;
}

const bit = (db: Db, idx: string) => db`(1::bigint << ${db.unsafe(idx)}::int)`;
const engineWords = (db: Db) =>
  db`(select nullif(trim(concat(s.engine ->> 'name', ' ', s.engine ->> 'model')), '') from processing_servers s where s.id = `;

/**
 * Tries of a task that ended badly. The last one of a task stands for it; those before it are history. The newest are
 * chosen first: what follows one is newer still, so it is among them.
 */
const attempts = (db: Db, { workspace, sinceMs, limit, isOpenOnly = false }: FailureQuery) => db`
  select 'attempt' as kind, a.ended_at as at, k.task_names[a.idx + 1] as stage, a.failure, a.document, a.pipeline, a.name,
    null::int as slide, a.attempt, a.container_id as container, a.epoch || '-' || a.lease_id as lease, ${engineWords(db)} a.container_id) as engine,
    k.name as pack, k.version as "packVersion",
    case when a.done_mask & ${bit(db, "a.idx")} <> 0 then 'recovered'
      when a.later is not null then 'ended'
      when a.state = 'cancelled' then 'ended'
      when a.dead_mask & ${bit(db, "a.idx")} <> 0 then 'open'
      when a.finished_at is not null then 'ended' else 'healing' end as standing,
    case when after.outcome = 'done' then 'done' when after.outcome is not null then 'failed' end as next
  from (select n.*, lead(n.lease_id) over (partition by n.pipeline_id, n.idx order by n.ended_at, n.lease_id) as later from (
      select x.*, p.document, p.public_id as pipeline, p.pack_id, p.state, p.done_mask, p.dead_mask, p.finished_at, d.name
      from attempts x join pipelines p on p.id = x.pipeline_id join documents d on d.id = p.document_id
      where x.failure is not null and x.ended_at > ${since(db, sinceMs)} and p.workspace = ${workspace} and d.deleted_at is null
        ${isOpenOnly ? db`and p.dead_mask & ${bit(db, "x.idx")} <> 0` : db``}
      order by x.ended_at desc limit ${limit}) n) a
  join packs k on k.id = a.pack_id
  left join lateral (select n.outcome from attempt_history n where ${!isOpenOnly} and n.pipeline_id = a.pipeline_id and n.idx = a.idx
    and n.outcome in ('done', 'delayed', 'dead') and (n.ended_at, n.lease_id) > (a.ended_at, a.lease_id) order by n.ended_at, n.lease_id limit 1) after on true`;

/** Slides that stayed unread after their own tries, while the rest of the task counts. */
const slides = (db: Db, { workspace, sinceMs, limit, isOpenOnly = false }: FailureQuery) => db`
  select 'slide' as kind, f.created_at as at, k.task_names[f.idx + 1] as stage, f.failure, f.document, f.pipeline, f.name,
    f.slide, null::int as attempt, o.container, o.epoch || '-' || o.lease_id as lease, ${engineWords(db)} o.container) as engine,
    k.name as pack, k.version as "packVersion",
    case when f.done_mask & ${bit(db, "f.idx")} <> 0 then case when last.generation = f.generation and f.slide = any (last.gaps) then 'open'
        when f.slide = any (last.gaps) then 'ended' else 'recovered' end
      when f.state = 'cancelled' then 'ended'
      when f.dead_mask & ${bit(db, "f.idx")} <> 0 then 'open' when f.finished_at is not null then 'ended' else 'healing' end as standing,
    case when after.generation is not null then case when f.slide = any (after.gaps) then 'failed' else 'done' end end as next
  from (select x.*, p.document, p.public_id as pipeline, p.pack_id, p.state, p.done_mask, p.dead_mask, p.finished_at, d.name
    from slide_failures x join pipelines p on p.id = x.pipeline_id join documents d on d.id = p.document_id
    where x.created_at > ${since(db, sinceMs)} and p.workspace = ${workspace} and d.deleted_at is null
      ${isOpenOnly ? db`and (p.gap_mask | p.dead_mask) & ${bit(db, "x.idx")} <> 0` : db``}
    order by x.created_at desc limit ${limit}) f
  join packs k on k.id = f.pack_id
  left join results o on o.pipeline_id = f.pipeline_id and o.idx = f.idx and o.generation = f.generation
  left join lateral (select r.generation, r.gaps from results r where r.pipeline_id = f.pipeline_id and r.idx = f.idx order by r.generation desc limit 1) last on true
  left join lateral (select r.generation, r.gaps from results r where r.pipeline_id = f.pipeline_id and r.idx = f.idx and r.generation > f.generation
    order by r.generation limit 1) after on true`;

/** Files that could not be fetched: no task was ever begun. One of the same address that came later settles it. */
const fetches = (db: Db, { workspace, sinceMs }: FailureQuery) => db`
  select 'fetch' as kind, p.finished_at as at, 'fetch' as stage, p.failure, p.document, p.public_id as pipeline, d.name, null::int as slide, null::int as attempt,
    null::text as container, null::text as lease, null::text as engine, k.name as pack, k.version as "packVersion",
    case when taken.id is not null then 'recovered' else 'open' end as standing, case when taken.id is not null then 'done' end as next
  from pipelines p join documents d on d.id = p.document_id join packs k on k.id = p.pack_id
  left join lateral (select n.id from documents n where n.workspace = ${workspace} and n.name = d.name and n.source_uri = d.source_uri
    and n.id > d.id and n.sha256 is not null and n.deleted_at is null limit 1) taken on true
  where p.state = 'failed' and p.started_at is null and p.failure is not null and d.sha256 is null
    and p.finished_at > ${since(db, sinceMs)} and p.workspace = ${workspace} and d.deleted_at is null`;

/** Files that were refused; one of the same name that was taken later settles it. */
const uploads = (db: Db, { workspace, sinceMs }: FailureQuery) => db`
  select 'upload' as kind, e.at, 'upload' as stage, e.data::jsonb as failure, null::text as document, null::text as pipeline, e.data ->> 'name' as name,
    null::int as slide, null::int as attempt, null::text as container, null::text as lease, null::text as engine, null::text as pack, null::int as "packVersion",
    case when taken.id is not null then 'recovered' else 'open' end as standing, case when taken.id is not null then 'done' end as next
  from events e left join lateral (select d.id from documents d where d.workspace = ${workspace} and d.name = e.data ->> 'name'
    and d.created_at > e.at and d.deleted_at is null limit 1) taken on true
  where e.type = 'document.rejected' and e.workspace = ${workspace} and e.at > ${since(db, sinceMs)}`;

const since = (db: Db, sinceMs: number) =>
  db`(pl_now() - ${sinceMs}::float8 * interval '1 millisecond')`;

/** Newest first, of this workspace alone; nothing of deleted documents. */
export async function readFailures(db: Db, query: FailureQuery): Promise<FailureRow[]> {
  return db<FailureRow[]>`
    select f.kind, f.at, f.stage, f.failure ->> 'code' as code, f.failure ->> 'detail' as detail, f.document, f.pipeline, f.name, f.slide,
      f.attempt, f.container, f.lease, f.engine, f.pack, f."packVersion", f.standing, f.next
    from (${attempts(db, query)} union all ${slides(db, query)} union all ${fetches(db, query)} union all ${uploads(db, query)}) f
    ${query.isOpenOnly === true ? db`where f.standing = 'open'` : db``}
    order by f.at desc limit ${query.limit}`;
}

export interface AcknowledgementRow extends Omit<Acknowledgement, "atMs"> {
  readonly at: Date;
  readonly note: string | null;
  readonly by: string;
}

/** Of each fingerprint what was said last. */
export async function readAcknowledgements(
  db: Db,
  workspace: string,
): Promise<AcknowledgementRow[]> {
  return db<AcknowledgementRow[]>`
    select distinct on (fingerprint) fingerprint, kind, at, until_pack as "untilPack", engines, packs, note, made_by as by
    from failure_acknowledgements where workspace = ${workspace} order by fingerprint, id desc`;
}

export interface NewAcknowledgement extends Omit<AcknowledgementRow, "at"> {
  readonly workspace: string;
}

/** Adds one, with its event. */
export async function addAcknowledgement(db: Db, a: NewAcknowledgement): Promise<void> {
  await db`
    select add_failure_acknowledgement(${a.workspace}, ${a.fingerprint}, ${a.kind}, ${a.note}, ${a.by}, ${a.untilPack}, ${[...a.engines]}::text[], ${[...a.packs]}::text[])`;
}

/** Whether a person opened this document again after that moment: then it did not recover by itself. */
export async function wasReopened(db: Db, document: string, after: Date): Promise<boolean> {
  const rows = await db`
    select 1 from events e where e.document = ${document} and e.type in ('pipeline.retried', 'pipeline.rerun') and e.at > ${after} limit 1`;
  return rows.length > 0;
}

/** Until the transaction ends no other one retries in this workspace; false: another does now. */
export async function holdRetries(tx: Transaction, workspace: string): Promise<boolean> {
  const [row] = await tx<{ held: boolean }[]>`
    select pg_try_advisory_xact_lock(hashtext('pilotlight retries'), hashtext(${workspace})) as held`;
  return row?.held ?? false;
}

/** Documents that people have opened again since, and when the first of them was; null: none. */
export async function readRetriedSince(
  db: Db,
  workspace: string,
  since: Date,
): Promise<{ readonly documents: number; readonly firstAt: Date | null }> {
  const [row] = await db<{ documents: number; firstAt: Date | null }[]>`
    select count(distinct document)::int as documents, min(at) as "firstAt" from events
    where workspace = ${workspace} and type = 'pipeline.retried' and at > ${since}`;
  return row ?? { documents: 0, firstAt: null };
}

/** What a pool's newest machine costs an hour, by pool; null: nobody charges, or nobody says what. */
export async function readPoolRates(db: Db): Promise<ReadonlyMap<string, number | null>> {
  const rows = await db<{ pool: string; rate: number | null }[]>`
    select distinct on (pool) pool, case when not unpriced then micro_usd_per_hour end as rate from replicas order by pool, id desc`;
  return new Map(rows.map(({ pool, rate }) => [pool, rate]));
}

export interface TailLine {
  readonly at: Date;
  readonly line: string;
}

/** What a container said up to a moment, oldest first. */
export async function readLogTail(
  db: Db,
  container: string,
  until: Date,
  limit: number,
): Promise<TailLine[]> {
  const rows = await db<TailLine[]>`
    select at, line from container_logs where container = ${container} and at <= ${until}::timestamptz + interval '2 seconds' order by id desc limit ${limit}`;
  return rows.toReversed();
}
