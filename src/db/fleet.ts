import type { Verdict } from "../core/autoscaler/verdicts/verdict.ts";
import type { Db } from "./connect.ts";

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
  /** Who decided: the policy, `placement` or `reconciler`. */
  readonly policy: string;
  /** Of the policy and its settings; null: it has none. */
  readonly version: string | null;
  /** Of the scaler's state; null: another one decided. */
  readonly tick: number | null;
  readonly pool: string;
  readonly action: "start" | "stop" | "hold" | "place" | "refuse";
  readonly replica: string | null;
  readonly rule: string;
  readonly sentence: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly alternative: string | null;
  /** null: not known yet. */
  readonly verdict: Verdict | null;
}

export type NewDecision = Omit<
  DecisionRow,
  "id" | "at" | "policy" | "version" | "tick" | "verdict"
>;

/** Who decided. `tick`: of the scaler's state, that its decisions lead to. */
export interface DecidedBy {
  readonly name: string;
  readonly version?: string;
  readonly tick?: number;
}

/** Answers its id. */
export async function saveDecision(db: Db, by: DecidedBy, d: NewDecision): Promise<number> {
  const [row] = await db<{ id: number }[]>`
    with made as (
      insert into decisions (policy, version, tick, pool, action, replica, rule, sentence, inputs, alternative)
      values (${by.name}, ${by.version ?? null}, ${by.tick ?? null}, ${d.pool}, ${d.action}, ${d.replica}, ${d.rule}, ${d.sentence}, ${db.json(d.inputs as never)}, ${d.alternative})
      returning id)
    select made.id, add_event(null, 'decision.made', null, null, null, jsonb_build_object('decision', made.id, 'pool', ${d.pool}::text,
      'action', ${d.action}::text, 'replica', ${d.replica}::text, 'sentence', ${d.sentence}::text)) from made`;
  return row?.id ?? 0;
}

export interface DecisionQuery {
  readonly pool?: string | undefined;
  readonly replica?: string | undefined;
  readonly limit: number;
  /** Only those below this id. */
  readonly before?: number | undefined;
}

/** Newest first. */
export async function listDecisions(db: Db, query: DecisionQuery): Promise<DecisionRow[]> {
  const { pool = null, replica = null, before = null } = query;
  return db<DecisionRow[]>`
    select id, at, policy, version, tick, pool, action, replica, rule, sentence, inputs, alternative, verdict from decisions
    where (${pool}::text is null or pool = ${pool}) and (${replica}::text is null or replica = ${replica})
      and (${before}::bigint is null or id < ${before}) order by id desc limit ${query.limit}`;
}
