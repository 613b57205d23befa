import type { Db } from "../../../src/db/connect.ts";

/**
 * What happened to a task or pipeline, in the order in which it was committed: an event is written under
 * the lock on its pipeline. Times are not, since a turn of the queue reads the clock before it waits.
 */
export interface MoveRow {
  /** The row of the event. */
  readonly id: number;
  readonly type: string;
  readonly pipeline: string;
  /** null for a pipeline's own. */
  readonly task: string | null;
}

/** A task that was leased, with the end of that lease. Times are milliseconds of the database's clock. */
export interface LeaseRow {
  readonly pipeline: string;
  readonly task: string;
  readonly generation: number;
  readonly lease: string;
  readonly container: string;
  readonly fromMs: number;
  /** null: it is still held. */
  readonly toMs: number | null;
  readonly outcome: string;
  /** Its container was lost. */
  readonly lost: boolean;
  readonly code: string | null;
}

export interface PipelineRow {
  readonly pipeline: string;
  readonly state: string;
  readonly generation: number;
  readonly pages: number;
  /** Pipelines of the same bytes name the same file: one takes over the slides that another has read. */
  readonly file: string;
  readonly tasks: readonly string[];
  /** By task: the one it needs. */
  readonly after: Readonly<Record<string, string | null>>;
  readonly done: readonly string[];
  /** What was in the way of its tasks, for a person to read. */
  readonly troubles: readonly string[];
}

export interface ResultRow {
  readonly pipeline: string;
  readonly task: string;
  readonly generation: number;
}

export interface SlideRow {
  readonly pipeline: string;
  readonly task: string;
  readonly slide: number;
  readonly container: string;
  readonly seconds: number;
}

export interface ProgressRow {
  readonly id: number;
  readonly pipeline: string;
  readonly task: string;
  readonly fraction: number;
}

export interface ReplicaRow {
  readonly name: string;
  readonly pool: string;
  readonly phase: string;
  readonly reason: string | null;
  readonly container: string | null;
  readonly fromMs: number;
  readonly toMs: number | null;
  readonly priced: boolean;
  readonly quantumMs: number;
  readonly billedFromMs: number | null;
  readonly billedUntilMs: number | null;
}

export interface ContainerRow {
  readonly container: string;
  readonly pid: number | null;
  readonly drainReason: string | null;
  readonly toMs: number | null;
}

/** An operator's order about one replica. */
export interface OrderRow {
  readonly name: string;
  readonly atMs: number;
}

/** All that a run wrote down, as the checker needs it. */
export interface Recorded {
  readonly pipelines: readonly PipelineRow[];
  readonly leases: readonly LeaseRow[];
  readonly results: readonly ResultRow[];
  readonly moves: readonly MoveRow[];
  readonly slides: readonly SlideRow[];
  /** In the order in which they were said. */
  readonly progress: readonly ProgressRow[];
  readonly replicas: readonly ReplicaRow[];
  readonly containers: readonly ContainerRow[];
  readonly orders: readonly OrderRow[];
  readonly waiting: { readonly ready: number; readonly delayed: number; readonly leases: number };
}

export async function readRecorded(sql: Db): Promise<Recorded> {
  const [waiting] = await sql<Recorded["waiting"][]>`
    select (select count(*) from ready)::int as ready, (select count(*) from delayed)::int as delayed,
      (select count(*) from leases)::int as leases`;
  return {
    pipelines: await readPipelines(sql),
    leases: await readLeases(sql),
    results: await readResults(sql),
    ...(await readEvents(sql)),
    replicas: await readReplicas(sql),
    containers: await sql<ContainerRow[]>`
      select id as container, pid, drain_reason as "drainReason", ${ms(sql, "ended_at")} as "toMs" from processing_servers`,
    orders: await sql<OrderRow[]>`
      select pool || '-' || replica as name, ${ms(sql, "at")} as "atMs" from fleet_orders where replica is not null`,
    waiting: waiting ?? { ready: 0, delayed: 0, leases: 0 },
  };
}

const ms = (sql: Db, column: string) =>
  sql`extract(epoch from ${sql(column)})::double precision * 1000`;

const readPipelines = (sql: Db): Promise<PipelineRow[]> => sql<PipelineRow[]>`
  select p.public_id as pipeline, p.state, p.generation, coalesce(d.pages, 0) as pages, d.workspace || '/' || d.sha256 as file, k.task_names as tasks,
    (select jsonb_object_agg(k.task_names[i], (select k.task_names[u] from generate_series(1, cardinality(k.needs)) u
      where k.needs[i] & (1::bigint << (u - 1)) <> 0 limit 1)) from generate_series(1, cardinality(k.needs)) i) as after,
    array(select k.task_names[i] from generate_series(1, cardinality(k.needs)) i where p.done_mask & (1::bigint << (i - 1)) <> 0) as done,
    array(select k.task_names[f.idx + 1] || ' slide ' || f.slide || ': ' || (f.failure ->> 'code') || ' ' || coalesce(f.failure ->> 'detail', '')
        from slide_failures f where f.pipeline_id = p.id)
      || array(select k.task_names[a.idx + 1] || ' ' || a.outcome || ': ' || (a.failure ->> 'code') || ' ' || coalesce(a.failure ->> 'detail', '')
        from attempts a where a.pipeline_id = p.id and a.failure is not null order by a.ended_at)
      || array(select k.task_names[r.idx + 1] || ' has gaps ' || r.gaps::text from results r where r.pipeline_id = p.id and r.gaps <> '{}') as troubles
  from pipelines p join documents d on d.id = p.document_id join packs k on k.id = p.pack_id`;

const readLeases = (sql: Db): Promise<LeaseRow[]> => sql<LeaseRow[]>`
  select p.public_id as pipeline, k.task_names[h.idx + 1] as task, h.generation, h.epoch || '-' || h.lease_id as lease,
    h.container, h.outcome, h.lost, h.code,
    extract(epoch from h.from_)::double precision * 1000 as "fromMs", extract(epoch from h.to_)::double precision * 1000 as "toMs"
  from (
    select pipeline_id, idx, generation, epoch, lease_id, container_id as container, started_at as from_, ended_at as to_, outcome, lost, failure ->> 'code' as code from attempts
    union all
    select pipeline_id, idx, generation, epoch, lease_id, container, started_at, created_at, 'done', false, null from results
    union all
    select pipeline_id, idx, generation, epoch, id, container_id, leased_at, null, 'held', false, null from leases
  ) h join pipelines p on p.id = h.pipeline_id join packs k on k.id = p.pack_id
  order by h.from_`;

const readResults = (sql: Db): Promise<ResultRow[]> => sql<ResultRow[]>`
  select p.public_id as pipeline, k.task_names[r.idx + 1] as task, r.generation
  from results r join pipelines p on p.id = r.pipeline_id join packs k on k.id = p.pack_id`;

/** A row of type `moved` holds what one turn did to a pipeline: `[type, index of the task, facts]` each. */
async function readEvents(sql: Db): Promise<Pick<Recorded, "moves" | "slides" | "progress">> {
  const moves = await sql<MoveRow[]>`
    select id, type, pipeline, task from (
      select e.id, 0 as nth, e.type, e.pipeline, e.task from events e where e.type like 'task.%' or e.type like 'pipeline.%'
      union all
      select e.id, m.nth, m.said ->> 0, p.public_id, k.task_names[(m.said ->> 1)::int + 1]
      from events e cross join lateral json_array_elements(e.data) with ordinality m(said, nth)
        join pipelines p on p.id = e.pipeline_id join packs k on k.id = p.pack_id
      where e.type = 'moved'
    ) all_moves where type <> 'task.progress' order by id, nth`;
  const slides = await sql<SlideRow[]>`
    select pipeline, task, (data ->> 'slide')::int as slide, data ->> 'container' as container,
      coalesce((data ->> 'seconds')::double precision, 0) as seconds
    from events where type = 'slide.done' order by at, id`;
  const progress = await sql<ProgressRow[]>`
    select id, pipeline, task, (data ->> 'fraction')::double precision as fraction
    from events where type = 'task.progress' order by id`;
  return { moves, slides, progress };
}

const readReplicas = (sql: Db): Promise<ReplicaRow[]> => sql<ReplicaRow[]>`
  select pool || '-' || replica as name, pool, phase, reason, container_id as container, micro_usd_per_hour is not null as priced,
    quantum_ms::double precision as "quantumMs",
    extract(epoch from requested_at)::double precision * 1000 as "fromMs", extract(epoch from ended_at)::double precision * 1000 as "toMs",
    extract(epoch from billed_from)::double precision * 1000 as "billedFromMs", extract(epoch from billed_until)::double precision * 1000 as "billedUntilMs"
  from replicas order by requested_at`;
