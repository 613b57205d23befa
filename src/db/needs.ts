import type { PendingQuery, Row } from "postgres";
import type { Db } from "./connect.ts";
import { millis } from "./millis.ts";

/** When one document first needed a pool and when its work there began. */
export interface NeedRow {
  readonly pipelineId: number;
  /** Public id. */
  readonly document: string;
  readonly workspace: string;
  readonly uploadedMs: number;
  readonly neededMs: number;
  /** null: it has not begun. */
  readonly startedMs: number | null;
  readonly ended: boolean;
}

/** Documents looked at, the newest ones: below it figures are exact, above it they mean "at least". */
const documentsMax = 5_000;

/**
 * A task was ready once all it stands on were done, the first ones at the upload. Only the first
 * generation counts: a rerun is nothing a scaler could foresee. A document whose work never became
 * ready (what it stands on died) has no row.
 */
const needsOf = (db: Db, pipelines: PendingQuery<Row[]>, pools: readonly string[]) => db`
  select p.id as "pipelineId", p.document, p.workspace, ${millis(db, "p.created_at")} as "uploadedMs", ${millis(db, "n.at")} as "neededMs", ${millis(db, "s.at")} as "startedMs", p.finished_at is not null as ended
  from (${pipelines}) p join packs k on k.id = p.pack_id
  cross join lateral (
    select min(t.at) as at from generate_subscripts(k.pools, 1) i cross join lateral (
      select case when k.needs[i] = 0 then p.created_at else (
        select case when count(r.created_at) = count(*) then max(r.created_at) end from generate_subscripts(k.pools, 1) u
        left join results r on r.pipeline_id = p.id and r.idx = u - 1 and r.generation = 1
        where k.needs[i] & (1::bigint << (u - 1)) <> 0) end as at) t
    where k.pools[i] = any (${[...pools]})) n
  cross join lateral (
    select min(b.at) as at from (
      select r.idx, r.started_at as at from results r where r.pipeline_id = p.id and r.generation = 1
      union all select a.idx, a.started_at from attempts a where a.pipeline_id = p.id and a.generation = 1
      union all select l.idx, l.leased_at from leases l where l.pipeline_id = p.id and l.generation = 1) b
    where k.pools[b.idx + 1] = any (${[...pools]})) s
  where n.at is not null`;

/** Documents that waited for work of these pools at some moment between the two. */
export async function readNeeds(
  db: Db,
  pools: readonly string[],
  { fromMs, untilMs }: { readonly fromMs: number; readonly untilMs: number },
): Promise<NeedRow[]> {
  const from = db`to_timestamp(${fromMs}::float8 / 1000)`;
  const until = db`to_timestamp(${untilMs}::float8 / 1000)`;
  const open = db`
    select o.* from (
      select * from pipelines where id <= (select id from pipelines where created_at <= ${until} order by id desc limit 1)
      order by id desc limit ${documentsMax}) o
    where o.finished_at is null or o.finished_at >= ${from}`;
  return db<NeedRow[]>`
    select * from (${needsOf(db, open, pools)}) n
    where n."neededMs" <= ${untilMs} and coalesce(n."startedMs" >= ${fromMs}, true)`;
}

/** All documents since then that needed these pools, the newest `limit` of them, oldest first. */
export async function readNeedsSince(
  db: Db,
  pools: readonly string[],
  { sinceMs, limit }: { readonly sinceMs: number; readonly limit: number },
): Promise<NeedRow[]> {
  const newest = db`
    select o.* from (select * from pipelines order by id desc limit ${limit}) o
    where o.created_at >= to_timestamp(${sinceMs}::float8 / 1000)`;
  return db<NeedRow[]>`${needsOf(db, newest, pools)} order by p.id`;
}
