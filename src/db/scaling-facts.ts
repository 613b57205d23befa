import type { Db } from "./connect.ts";
import { type EventRow, expand } from "./events.ts";
import type { ToldUpTo } from "./scaler-state.ts";

/** A run of a replica, as it stood when something was told of it. */
export interface ToldRun {
  readonly requestedAtMs: number;
  /** Somebody here asked for it; false: it was found running. */
  readonly isOurs: boolean;
  readonly readyAtMs: number | null;
  /** When the run of this name before it ended; null: there was none. */
  readonly endedBeforeMs: number | null;
  readonly worked: boolean;
}

/** An event with what a policy may learn from it. */
export interface Happening extends Pick<EventRow, "at" | "type" | "pipeline" | "task" | "data"> {
  readonly pipelineId: number | null;
  /** The pool of its task. */
  readonly pool: string | null;
  /** Its task is the one that text work stands on. */
  readonly isVisual: boolean;
  readonly pages: number | null;
  readonly run: ToldRun | null;
}

interface StoredHappening extends Omit<EventRow, "data" | "document" | "workspace"> {
  readonly xid: string;
  readonly pipelineId: number | null;
  readonly isTold: boolean;
  readonly data: unknown;
  readonly tasks: readonly string[] | null;
  readonly pools: readonly string[] | null;
  readonly visual: string | null;
  readonly pages: number | null;
  readonly run: ToldRun | null;
}

/** Whatever else there is says nothing about documents, starts or ends. */
const told = [
  ...["moved", "document.accepted", "slide.done", "pipeline.finished", "pipeline.cancelled"],
  ...["pipeline.rerun", "pipeline.retried"],
  ...["container.phase", "replica.stopped", "replica.failed"],
];

/** The rows of `page` that tell something, with what belongs to them; of the others only where they stand. */
const withFacts = (db: Db) => db`
  select e.xid::text, e.id, e.at, e.type, e.type = any(${told}::text[]) as "isTold", e.task, e.data, coalesce(e.pipeline, p.public_id) as pipeline, p.id as "pipelineId",
    k.task_names as tasks, k.pools, k.task_names[visual_task(k.needs, k.pools)] as visual, d.pages, case when r.id is not null then json_build_object(
      'requestedAtMs', extract(epoch from r.requested_at)::float8 * 1000, 'isOurs', r.phases #>> '{0,phase}' = 'requested',
      'readyAtMs', extract(epoch from r.ready_at)::float8 * 1000,
      'endedBeforeMs', (select extract(epoch from b.ended_at)::float8 * 1000 from replicas b
        where b.pool = r.pool and b.replica = r.replica and b.id < r.id order by b.id desc limit 1),
      'worked', exists (select 1 from processing_servers s where s.id = r.container_id and s.idle_since is not null)) end as run
  from page e
  left join pipelines p on e.type = any(${told}::text[]) and p.id = coalesce(e.pipeline_id, (select q.id from pipelines q where q.public_id = e.pipeline))
  left join packs k on k.id = p.pack_id left join documents d on d.id = p.document_id
  left join lateral (
    select r.* from replicas r where r.pool = e.data ->> 'pool' and r.replica = substring(e.data ->> 'replica' from '[0-9]+$')::int and r.requested_at <= e.at
    order by r.id desc limit 1
  ) r on e.type in ('replica.stopped', 'replica.failed') or (e.type = 'container.phase' and e.data ->> 'phase' = 'ready')
  order by e.xid, e.id`;

/** A position is looked for among the events since a day before it: no transaction takes as long. */
const dayMs = 86_400_000;

export interface Happened {
  /** In the order of the stream. */
  readonly happenings: readonly Happening[];
  /** Up to where; what comes after is for the next time. */
  readonly told: ToldUpTo;
  /** No more can be read now. */
  readonly isAll: boolean;
}

/**
 * What has happened after a position, each thing once. Never past what a running transaction may still add.
 * @param limit events looked at
 */
export async function readHappenings(db: Db, after: ToldUpTo, limit: number): Promise<Happened> {
  const rows = await db<StoredHappening[]>`
    with page as materialized (
      select * from events where at >= to_timestamp(${(after.atMs - dayMs) / 1000}::float8) and (xid, id) > (${after.xid}::xid8, ${after.id}::bigint)
        and xid < pg_snapshot_xmin(pg_current_snapshot()) order by xid, id limit ${limit}
    ) ${withFacts(db)}`;
  return happenedIn(rows, after, rows.length < limit);
}

/**
 * The last things that have happened, for a policy that remembers nothing yet: at most `limit` events, none
 * older than `sinceMs`.
 */
export async function readPast(db: Db, sinceMs: number, limit: number): Promise<Happened> {
  const rows = await db<StoredHappening[]>`
    with page as materialized (
      select * from (select * from events where at >= to_timestamp(${sinceMs / 1000}::float8) and type = any(${told}::text[])
        and xid < pg_snapshot_xmin(pg_current_snapshot()) order by xid desc, id desc limit ${limit}) latest
    ) ${withFacts(db)}`;
  const [now] = await db<ToldUpTo[]>`
    select '0' as xid, 0::bigint as id, extract(epoch from pl_now())::float8 * 1000 as "atMs"`;
  return happenedIn(rows, now ?? { xid: "0", id: 0, atMs: sinceMs }, true);
}

function happenedIn(rows: readonly StoredHappening[], after: ToldUpTo, isAll: boolean): Happened {
  const last = rows.at(-1);
  const atMs = rows.reduce((latest, { at }) => Math.max(latest, at.getTime()), after.atMs);
  return {
    happenings: rows.filter(({ isTold }) => isTold).flatMap(happeningsOf),
    told: last === undefined ? after : { xid: last.xid, id: last.id, atMs },
    isAll,
  };
}

function happeningsOf(row: StoredHappening): Happening[] {
  const { pipelineId, tasks, pools, visual, pages, run } = row;
  return expand({ ...row, workspace: null, document: null }).map((event) => {
    const { at, type, pipeline, task, data } = event;
    const pool = task === null ? null : (pools?.[tasks?.indexOf(task) ?? -1] ?? null);
    const isVisual = task !== null && task === visual;
    return { at, type, pipeline, task, data, pipelineId, pool, isVisual, pages, run };
  });
}

/** A text task that a container took. */
export interface TextStart {
  readonly pipelineId: number;
  readonly atMs: number;
}

/** Those before which no text task of the same pipeline had begun, since it was opened. */
export async function readFirstTextStarts(
  db: Db,
  starts: readonly TextStart[],
): Promise<TextStart[]> {
  if (starts.length === 0) return [];
  return db<TextStart[]>`
    select w.id as "pipelineId", w.at as "atMs"
    from unnest(${starts.map(({ pipelineId }) => pipelineId)}::bigint[], ${starts.map(({ atMs }) => atMs)}::float8[]) as w(id, at)
    join pipelines p on p.id = w.id join packs k on k.id = p.pack_id
    cross join lateral (select to_timestamp(w.at / 1000) as at, case when p.opened_at <= to_timestamp(w.at / 1000) then p.opened_at else p.created_at end as since offset 0) t
    where not exists (select 1 from attempts a where a.pipeline_id = w.id and k.pools[a.idx + 1] = 'text' and a.started_at >= t.since and a.started_at < t.at)
      and not exists (select 1 from results r where r.pipeline_id = w.id and k.pools[r.idx + 1] = 'text' and r.started_at >= t.since and r.started_at < t.at)
      and not exists (select 1 from leases l where l.pipeline_id = w.id and k.pools[l.idx + 1] = 'text' and l.leased_at >= t.since and l.leased_at < t.at)`;
}
