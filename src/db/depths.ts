import type { Db } from "./connect.ts";

/** What waits and runs of one class. A count that equals the bound asked for means "at least". */
export interface DepthRow {
  readonly classId: number;
  readonly pool: string;
  /** `vision:vision`: pool and features. */
  readonly key: string;
  readonly ready: number;
  readonly delayed: number;
  readonly leased: number;
  /** Of the tasks counted, in the order of the queue. */
  readonly oldestReadySeconds: number | null;
}

/** All classes, also those of which nothing waits; nobody counts further than `max`. */
export async function readDepths(db: Db, max: number): Promise<DepthRow[]> {
  return db<DepthRow[]>`
    select c.id as "classId", c.pool, c.key, r.n as ready, coalesce(d.n, 0) as delayed, coalesce(l.n, 0) as leased,
      extract(epoch from pl_now() - r.since)::float8 as "oldestReadySeconds"
    from task_classes c
    join count_ready(${max}) r on r.class_id = c.id
    left join (select class_id, count(*)::int as n from (select class_id from delayed limit ${max}) d group by class_id) d on d.class_id = c.id
    left join (select class_id, count(*)::int as n from (select class_id from leases limit ${max}) l group by class_id) l on l.class_id = c.id
    order by c.id`;
}

/** Seconds by which readers of the stream trail: the age of the oldest event that cannot be read yet. */
export async function readEventsLag(db: Db): Promise<number> {
  const [row] = await db<{ seconds: number }[]>`
    select greatest(0, extract(epoch from pl_now() - at))::float8 as seconds from events
    where xid >= pg_snapshot_xmin(pg_current_snapshot()) order by xid, id limit 1`;
  return row?.seconds ?? 0;
}

export interface ClassRow {
  readonly classId: number;
  readonly pool: string;
  readonly features: readonly string[];
  /** A live container that takes new work serves it. */
  readonly served: boolean;
}

/** Every class with whether it is served now. */
export async function readClassSupply(db: Db): Promise<ClassRow[]> {
  return db<ClassRow[]>`
    select c.id as "classId", c.pool, c.features, exists (select 1 from processing_servers s
      where s.ended_at is null and not s.drain and s.status not in ('draining', 'failed', 'stopped') and c.id = any (s.class_ids)) as served
    from task_classes c order by c.id`;
}
