import type { Db } from "./connect.ts";
import type { DecisionRow } from "./fleet.ts";
import { containerColumn } from "./ledger.ts";
import type { RunRow } from "./runs.ts";

/** Starts looked at, the latest ones of a pool. */
const startsMax = 200;

export interface SpreadRow {
  readonly p50Seconds: number;
  readonly p90Seconds: number;
  readonly n: number;
}

/** From request to ready, by pool. */
export async function readColdStarts(db: Db): Promise<(SpreadRow & { readonly pool: string })[]> {
  return db`
    select pool, count(*)::int as n, percentile_cont(0.5) within group (order by seconds) as "p50Seconds", percentile_cont(0.9) within group (order by seconds) as "p90Seconds"
    from (select pool, extract(epoch from ready_at - requested_at)::float8 as seconds, row_number() over (partition by pool order by id desc) as place
      from replicas where ready_at is not null) r where place <= ${startsMax} group by pool`;
}

/** Each phase of a start that has ended, of the last starts of a pool at a provider, without this one. */
export async function readPhaseSpreads(
  db: Db,
  of: { readonly pool: string; readonly provider: string; readonly run: number },
): Promise<(SpreadRow & { readonly phase: string })[]> {
  return db`
    with starts as (select id, phases from replicas where pool = ${of.pool} and provider = ${of.provider} and ready_at is not null and id <> ${of.run} order by id desc limit ${startsMax}),
    lasted as (
      select p ->> 'phase' as phase, extract(epoch from lead((p ->> 'at')::timestamptz) over (partition by s.id order by n) - (p ->> 'at')::timestamptz)::float8 as seconds
      from starts s cross join lateral jsonb_array_elements(s.phases) with ordinality as e(p, n))
    select phase, count(*)::int as n, percentile_cont(0.5) within group (order by seconds) as "p50Seconds", percentile_cont(0.9) within group (order by seconds) as "p90Seconds"
    from lasted where seconds is not null group by phase`;
}

/** Tasks that wait or run, by pool: at most so many of each class. */
const tasksMax = 2_000;

export interface QueuedRow {
  readonly pool: string;
  readonly task: string;
  readonly pages: number;
  readonly running: boolean;
  /** 0..1 of what runs. */
  readonly fraction: number;
}

export async function readQueued(db: Db): Promise<QueuedRow[]> {
  return db<QueuedRow[]>`
    with queued as (
      (select pipeline_id, idx, generation, false as running from ready limit ${tasksMax})
      union all (select pipeline_id, idx, generation, true from leases limit ${tasksMax}))
    select k.pools[q.idx + 1] as pool, k.task_names[q.idx + 1] as task, coalesce(d.pages, 0) as pages, q.running, coalesce(g.fraction, 0)::float8 as fraction
    from queued q join pipelines p on p.id = q.pipeline_id join packs k on k.id = p.pack_id join documents d on d.id = p.document_id
    left join task_progress g on g.pipeline_id = q.pipeline_id and g.idx = q.idx and g.generation = q.generation`;
}

/** Starts decided since then, by verdict; `kind` null: not judged yet. */
export async function readStartVerdicts(
  db: Db,
  since: Date,
): Promise<
  {
    readonly kind: string | null;
    readonly n: number;
    readonly medianSeconds: number | null;
    readonly microUsd: number;
    readonly unpriced: number;
  }[]
> {
  return db`
    select verdict ->> 'kind' as kind, count(*)::int as n, percentile_cont(0.5) within group (order by (verdict ->> 'seconds')::float8) as "medianSeconds",
      coalesce(sum((verdict ->> 'microUsd')::float8), 0)::float8 as "microUsd", count(*) filter (where verdict is not null and verdict ->> 'microUsd' is null)::int as unpriced
    from decisions where at >= ${since} and action = 'start' group by 1`;
}

/** A run with what is only told on its own page. */
export interface RunDetailRow extends RunRow {
  readonly reason: string | null;
  readonly trouble: string | null;
  readonly decision: number | null;
  readonly pull: { readonly done: number; readonly total: number } | null;
  readonly container: {
    readonly id: string;
    readonly engine: { readonly name: string; readonly model: string | null };
    readonly reader: string | null;
    readonly gpu: string | null;
    readonly slots: number;
  } | null;
}

export async function findRun(db: Db, id: number): Promise<RunDetailRow | undefined> {
  const [row] = await db<RunDetailRow[]>`
    select r.id, r.pool, r.replica, r.provider, r.phase, r.phases, r.requested_at as "requestedAt", r.ready_at as "readyAt", r.ended_at as "endedAt",
      r.billed_from as "billedFrom", r.billed_until as "billedUntil", ${containerColumn(db)}, r.failure, r.gpu, r.gpus, r.region, r.spot, r.quantum_ms as "quantumMs",
      case when r.unpriced then to_json('unpriced'::text) else to_json(r.micro_usd_per_hour) end as "microUsdPerHour",
      r.reason, r.trouble, r.decision_id as decision, r.pull,
      (select json_build_object('id', s.id, 'engine', s.engine, 'reader', s.reader, 'gpu', s.gpu, 'slots', s.slots) from processing_servers s
        where s.server_type = r.pool and s.replica = r.replica and (s.id = r.container_id or (s.created_at >= r.requested_at and s.created_at <= coalesce(r.ended_at, 'infinity')))
        order by s.created_at desc limit 1) as container
    from replicas r where r.id = ${id}`;
  return row;
}

export async function findDecision(db: Db, id: number): Promise<DecisionRow | undefined> {
  const [row] = await db<DecisionRow[]>`
    select id, at, policy, version, tick, pool, action, replica, rule, sentence, inputs, alternative, verdict from decisions where id = ${id}`;
  return row;
}

/** The run that a decision started, or else the one that stood in the place it names. */
export async function findDecidedRun(
  db: Db,
  { id, at, replica }: Pick<DecisionRow, "id" | "at" | "replica">,
): Promise<{ readonly id: number; readonly name: string } | undefined> {
  const [row] = await db<{ id: number; name: string }[]>`
    (select id, pool || '-' || replica as name from replicas where decision_id = ${id})
    union all
    (select id, pool || '-' || replica as name from replicas where pool || '-' || replica = ${replica} and requested_at <= ${at}
      and coalesce(ended_at, 'infinity') >= ${at} order by id desc limit 1) limit 1`;
  return row;
}

/** Decisions that name this replica in its time, and the one that asked for it, oldest first. */
export async function readRunDecisions(
  db: Db,
  run: Pick<RunDetailRow, "pool" | "replica" | "decision" | "requestedAt" | "endedAt">,
): Promise<DecisionRow[]> {
  return db<DecisionRow[]>`
    select id, at, policy, version, tick, pool, action, replica, rule, sentence, inputs, alternative, verdict from decisions
    where id = ${run.decision} or (pool = ${run.pool} and replica = ${`${run.pool}-${run.replica}`} and at >= ${run.requestedAt} and at <= coalesce(${run.endedAt}, pl_now()))
    order by id limit 50`;
}

/** Names of documents of one workspace. */
export async function readDocumentNames(
  db: Db,
  workspace: string,
  documents: readonly string[],
): Promise<{ readonly id: string; readonly name: string }[]> {
  return db`
    select public_id as id, name from documents where workspace = ${workspace} and public_id = any(${[...documents]}) and deleted_at is null order by id`;
}
