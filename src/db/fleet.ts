import type { ReplicaPhase } from "../core/pipeline/life-cycle.ts";
import type { Failure } from "../errors/app-error.ts";
import type { Db } from "./connect.ts";

/** A run of a replica with the container that registered in it. */
export interface ReplicaRow {
  readonly id: number;
  readonly pool: string;
  readonly replica: number;
  readonly provider: string;
  readonly phase: ReplicaPhase;
  readonly since: Date;
  readonly requestedAt: Date;
  readonly reason: string | null;
  readonly container: string | null;
  readonly url: string | null;
  readonly engine: { name: "extractive" | "ollama" | "openai"; model: string | null } | null;
  readonly slots: number;
  readonly leases: number;
  readonly lastHeartbeat: Date | null;
  /** When its last lease ended; null while it works or before it ever did. */
  readonly idleSince: Date | null;
  readonly drain: boolean;
  readonly drainReason: string | null;
}

/** Open runs; a replica that registered shows its container's figures. */
export async function readReplicas(db: Db): Promise<ReplicaRow[]> {
  return db<ReplicaRow[]>`
    select r.id, r.pool, r.replica, r.provider, r.phase, r.phase_since as since, r.requested_at as "requestedAt", r.reason,
      s.id as container, s.pipeline_coordination_url as url, s.engine, coalesce(s.slots, 0) as slots,
      coalesce(l.leases, 0) as leases, s.last_heartbeat as "lastHeartbeat", coalesce(s.drain, false) as drain, s.drain_reason as "drainReason",
      case when coalesce(l.leases, 0) = 0 then nullif(s.idle_since, 'infinity') end as "idleSince"
    from replicas r
    left join processing_servers s on s.server_type = r.pool and s.replica = r.replica and s.ended_at is null
    left join (select container_id, count(*)::int as leases from leases group by container_id) l on l.container_id = s.id
    where r.ended_at is null order by r.pool, r.replica`;
}

export async function requestReplica(
  db: Db,
  replica: { pool: string; replica: number; provider: string; reason: string },
): Promise<void> {
  const rows = await db`
    insert into replicas (pool, replica, provider, phase, reason)
    values (${replica.pool}, ${replica.replica}, ${replica.provider}, 'requested', ${replica.reason})
    on conflict do nothing returning 1`;
  if (rows.length > 0) {
    await db`select add_event(null, 'replica.requested', null, null, null, ${db.json({
      pool: replica.pool,
      replica: `${replica.pool}-${replica.replica}`,
      provider: replica.provider,
    })})`;
  }
}

export async function markStopping(
  db: Db,
  pool: string,
  replica: number,
  reason: string,
): Promise<void> {
  const rows = await db`
    update replicas set phase = 'draining', phase_since = pl_now(), reason = ${reason}
    where pool = ${pool} and replica = ${replica} and ended_at is null and phase <> 'draining' returning 1`;
  if (rows.length > 0) {
    await db`select add_event(null, 'replica.stopping', null, null, null,
      ${db.json({ pool, replica: `${pool}-${replica}`, reason })})`;
  }
}

/** The run has ended: stopped as wanted, or failed with a reason. Answers false when none was open. */
export async function endReplica(
  db: Db,
  pool: string,
  replica: number,
  failure: Failure | null,
): Promise<boolean> {
  const [row] = await db<{ seconds: number }[]>`
    update replicas set phase = ${failure ? "failed" : "stopped"}, phase_since = pl_now(), ended_at = pl_now(),
      failure = ${failure ? db.json(failure as never) : null}
    where pool = ${pool} and replica = ${replica} and ended_at is null
    returning extract(epoch from pl_now() - requested_at)::float8 as seconds`;
  if (!row) return false;
  const name = `${pool}-${replica}`;
  const data = failure
    ? { pool, replica: name, ...failure }
    : { pool, replica: name, seconds: row.seconds };
  await db`select add_event(null, ${failure ? "replica.failed" : "replica.stopped"}, null, null, null, ${db.json(data)})`;
  return true;
}

/** The demand of one pool, from the queue itself. */
export interface DemandRow {
  readonly pool: string;
  readonly ready: number;
  readonly leased: number;
  readonly delayed: number;
  readonly blocked: number;
  readonly pipelines: number;
  readonly oldestReady: Date | null;
}

/**
 * Nobody looks further: neither at more open pipelines (those worked on, and the oldest ones), nor at
 * more tasks of a class. Below it all figures are exact, above it they mean "at least".
 */
const demandMax = { pipelines: 250, tasks: 1000 };
type DemandMax = typeof demandMax;

/** Pipelines that have a lease, and the oldest open ones. */
const openPipelines = (db: Db, max: DemandMax) => db`
  select p.id, p.public_id, p.pack_id, p.generation, p.queued_mask, p.done_mask, p.dead_mask, p.skipped_mask from (
    select id from (select id from pipelines where finished_at is null order by id limit ${max.pipelines}) oldest
    union select pipeline_id from (select pipeline_id from leases limit ${max.tasks}) worked) o
  cross join lateral (select * from pipelines p where p.id = o.id and p.finished_at is null offset 0) p`;

export async function readDemand(db: Db, max = demandMax): Promise<DemandRow[]> {
  return db<DemandRow[]>`
    with open as (
      select p.id, k.pools[i] as pool, (p.queued_mask & (1::bigint << (i - 1))) = 0 as blocked
      from (${openPipelines(db, max)}) p join packs k on k.id = p.pack_id cross join lateral generate_series(1, cardinality(k.pools)) i
      where (p.done_mask | p.dead_mask | p.skipped_mask) & (1::bigint << (i - 1)) = 0
    ), needed as (
      select pool, count(distinct id)::int as pipelines, count(*) filter (where blocked)::int as blocked from open group by pool
    ), waiting as (
      select c.pool, sum(r.n)::int as n, min(r.since) as since from count_ready(${max.tasks}) r join task_classes c on c.id = r.class_id group by c.pool
    ), held as (
      select c.pool, count(*)::int as n from (select class_id from leases limit ${10 * max.tasks}) l join task_classes c on c.id = l.class_id group by c.pool
    ), later as (
      select c.pool, count(*)::int as n from (select class_id from delayed limit ${max.tasks}) y join task_classes c on c.id = y.class_id group by c.pool
    )
    select w.pool, coalesce(n.pipelines, 0) as pipelines, coalesce(n.blocked, 0) as blocked, w.n as ready, coalesce(h.n, 0) as leased,
      coalesce(y.n, 0) as delayed, w.since as "oldestReady"
    from waiting w left join needed n on n.pool = w.pool left join held h on h.pool = w.pool left join later y on y.pool = w.pool
    where n.pool is not null or w.n > 0 or h.n > 0 or y.n > 0`;
}

/** Pipelines whose text work still waits for the task it stands on, with how far that has come. */
export interface UpstreamRow {
  readonly pool: string;
  readonly pipeline: string;
  readonly fraction: number;
  /** Seconds since it was leased; null when nobody works on it now. */
  readonly runningSeconds: number | null;
}

export async function readUpstream(db: Db, max = demandMax): Promise<UpstreamRow[]> {
  return db<UpstreamRow[]>`
    select k.pools[w] as pool, p.public_id as pipeline, coalesce(max(g.fraction), 0)::float8 as fraction,
      extract(epoch from pl_now() - min(l.leased_at))::float8 as "runningSeconds"
    from (${openPipelines(db, max)}) p join packs k on k.id = p.pack_id
    cross join lateral generate_series(1, cardinality(k.pools)) w
    join lateral generate_series(1, cardinality(k.pools)) u on k.needs[w] & (1::bigint << (u - 1)) <> 0 and k.pools[u] <> k.pools[w]
    left join task_progress g on g.pipeline_id = p.id and g.idx = u - 1 and g.generation = p.generation
    left join leases l on l.pipeline_id = p.id and l.idx = u - 1
    where (p.done_mask | p.dead_mask | p.skipped_mask) & (1::bigint << (u - 1)) = 0
      and (p.queued_mask | p.dead_mask | p.skipped_mask) & (1::bigint << (w - 1)) = 0
    group by k.pools[w], p.public_id`;
}

export interface DecisionRow {
  readonly id: number;
  readonly at: Date;
  readonly pool: string;
  readonly action: "start" | "stop" | "hold";
  readonly replica: string | null;
  readonly rule: string;
  readonly sentence: string;
}

export async function saveDecisions(
  db: Db,
  policy: string,
  decisions: readonly (Omit<DecisionRow, "id" | "at"> & {
    inputs: unknown;
    alternative: string | null;
  })[],
): Promise<void> {
  for (const d of decisions) {
    await db`
      with made as (
        insert into decisions (policy, pool, action, replica, rule, sentence, inputs, alternative)
        values (${policy}, ${d.pool}, ${d.action}, ${d.replica}, ${d.rule}, ${d.sentence}, ${db.json(d.inputs as never)}, ${d.alternative})
        returning id)
      select add_event(null, 'decision.made', null, null, null, jsonb_build_object('decision', made.id, 'pool', ${d.pool}::text,
        'action', ${d.action}::text, 'replica', ${d.replica}::text, 'sentence', ${d.sentence}::text)) from made`;
  }
}

export async function listDecisions(db: Db, limit: number): Promise<DecisionRow[]> {
  return db<DecisionRow[]>`
    select id, at, pool, action, replica, rule, sentence from decisions order by id desc limit ${limit}`;
}

/** At the start of a control plane whose replicas are its own children: none can be alive. */
export async function endAllReplicas(db: Db): Promise<void> {
  await db`update replicas set phase = 'stopped', phase_since = pl_now(), ended_at = pl_now(), reason = 'control plane restarted'
    where ended_at is null`;
}
