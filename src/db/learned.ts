import type { Db } from "./connect.ts";

/** What was measured on one kind of machine. */
export interface LearnedRow {
  readonly provider: string;
  readonly gpu: string | null;
  /** Median from request to ready of its last starts, else what a check of the provider saw; null: neither. */
  readonly coldStartMs: number | null;
  /** Median work of one page; null: none. */
  readonly pageMs: number | null;
}

/** Before the GPU type in the name of a fact: what one start took, in milliseconds. */
export const coldStartFact = "cold_start_ms/";

/** Starts and pages looked at, the latest ones. */
const samples = 200;

/** By provider and GPU type, for one pool. */
export async function readLearned(db: Db, pool: string): Promise<LearnedRow[]> {
  return db<LearnedRow[]>`
    with runs as (
      select provider, gpu, container_id, extract(epoch from ready_at - requested_at)::float8 * 1000 as start_ms from replicas
      where pool = ${pool} and ready_at is not null order by id desc limit ${samples}
    ), pages as (
      select r.provider, r.gpu, extract(epoch from x.created_at - x.started_at)::float8 * 1000 / greatest(1, coalesce(d.pages, 1)) as page_ms
      from runs r join results x on x.container = r.container_id join pipelines p on p.id = x.pipeline_id join documents d on d.id = p.document_id
      where x.created_at > x.started_at and x.applicable is not false and x.pipeline_id > (select coalesce(max(id), 0) - ${samples} from pipelines)
    ), checked as (
      select provider, substr(fact, length(${coldStartFact}) + 1) as gpu, value::text::float8 as ms from provider_facts
      where starts_with(fact, ${coldStartFact}) and jsonb_typeof(value) = 'number'
    )
    select coalesce(s.provider, f.provider) as provider, coalesce(s.gpu, f.gpu) as gpu, coalesce(s."coldStartMs", f.ms) as "coldStartMs", (select percentile_cont(0.5) within group (order by g.page_ms) from pages g
      where g.provider = s.provider and g.gpu is not distinct from s.gpu) as "pageMs"
    from (select provider, gpu, percentile_cont(0.5) within group (order by start_ms) as "coldStartMs" from runs group by provider, gpu) s
    full join checked f on f.provider = s.provider and f.gpu = s.gpu`;
}

/** The latest starts that came to an end, of all pools: seconds from asking to being ready. */
export async function readStartups(
  db: Db,
): Promise<{ readonly pool: string; readonly seconds: number }[]> {
  return db`
    select pool, extract(epoch from ready_at - requested_at)::float8 as seconds from replicas
    where ready_at is not null order by id desc limit ${samples}`;
}

/** Packs of the latest pipelines, with their tasks in order. */
export async function readPacksInUse(
  db: Db,
): Promise<{ readonly id: number; readonly tasks: string[]; readonly pools: string[] }[]> {
  return db`
    select id, task_names as tasks, pools from packs
    where id in (select pack_id from pipelines where id > (select coalesce(max(id), 0) - ${samples} from pipelines)) order by id`;
}

/** What bars of a pack go by that begin last; null: by the pack's own weights. */
export async function readUnitSeconds(db: Db, pack: number): Promise<number[] | null> {
  const [row] = await db<{ seconds: number[] }[]>`
    select unit_seconds as seconds from learned_weights where pack_id = ${pack} order by valid_from desc limit 1`;
  return row?.seconds ?? null;
}

/** For bars that begin in a minute or later: whoever begins before this is seen by all keeps what he has. */
export async function saveUnitSeconds(
  db: Db,
  { pack, seconds, n }: { readonly pack: number; readonly seconds: number[]; readonly n: number },
): Promise<void> {
  await db`
    insert into learned_weights (pack_id, valid_from, unit_seconds, n)
    values (${pack}, pl_now() + interval '1 minute', ${seconds}, ${n}) on conflict do nothing`;
}
