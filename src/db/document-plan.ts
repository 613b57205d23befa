import type { HourlyPrice } from "../core/cost/money.ts";
import type { PipelineState } from "../core/pipeline/life-cycle.ts";
import type { Db } from "./connect.ts";

export interface PackTask {
  readonly task: string;
  readonly pool: string;
  /** Indexes of the tasks it waits for. */
  readonly after: readonly number[];
}

/** Tasks of the pack that a submission under this name would run; undefined: there is none. */
export async function readPackTasks(db: Db, pack: string): Promise<PackTask[] | undefined> {
  const rows = await db<PackTask[]>`
    select k.task_names[i] as task, k.pools[i] as pool,
      array(select j from generate_series(0, cardinality(k.needs) - 1) j where k.needs[i] & (1::bigint << j) <> 0) as after
    from packs k cross join generate_subscripts(k.task_names, 1) i where k.id = find_pack(${pack}) order by i`;
  return rows.length === 0 ? undefined : rows;
}

export interface PoolHistory {
  readonly pool: string;
  /** Of the newest replica. */
  readonly price: HourlyPrice;
  readonly start: {
    readonly p50Seconds: number;
    readonly p90Seconds: number;
    readonly n: number;
  } | null;
}

/** Starts looked at, the latest ones of each pool. */
const starts = 200;

export async function readPoolHistory(db: Db, pools: readonly string[]): Promise<PoolHistory[]> {
  return db<PoolHistory[]>`
    select w.pool, newest.price, case when s.n > 0 then json_build_object('p50Seconds', s.p50, 'p90Seconds', s.p90, 'n', s.n) end as start
    from unnest(${pools as string[]}::text[]) w(pool)
    join lateral (select case when r.unpriced then to_json('unpriced'::text) else to_json(r.micro_usd_per_hour) end as price
      from replicas r where r.pool = w.pool order by r.id desc limit 1) newest on true
    join lateral (select count(*)::int as n, percentile_cont(0.5) within group (order by x.seconds) as p50, percentile_cont(0.9) within group (order by x.seconds) as p90
      from (select extract(epoch from r.ready_at - r.requested_at)::float8 as seconds from replicas r
        where r.pool = w.pool and r.ready_at is not null order by r.id desc limit ${starts}) x) s on true`;
}

/** Pipelines of all workspaces that are not over: they share the containers. */
export async function countOpen(db: Db): Promise<number> {
  const [row] = await db<{ n: number }[]>`
    select count(*)::int as n from pipelines where finished_at is null and quarantine is null`;
  return row?.n ?? 0;
}

export interface SameFileRow {
  readonly document: string;
  readonly name: string;
  readonly pages: number;
  readonly state: PipelineState;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
  readonly run: number;
}

/** The newest document of these bytes in the workspace, apart from `except`. */
export async function findSameFile(
  db: Db,
  workspace: string,
  sha256: string,
  except: string | null,
): Promise<SameFileRow | undefined> {
  const [row] = await db<SameFileRow[]>`
    select d.public_id as document, d.name, coalesce(d.pages, 0) as pages, p.state, d.created_at as "createdAt", p.finished_at as "finishedAt",
      (select count(*)::int from documents x where x.workspace = d.workspace and x.sha256 = d.sha256 and x.id <= d.id) as run
    from documents d join pipelines p on p.document_id = d.id
    where d.workspace = ${workspace} and d.sha256 = ${sha256} and d.deleted_at is null and d.public_id is distinct from ${except}
    order by d.id desc limit 1`;
  return row;
}
