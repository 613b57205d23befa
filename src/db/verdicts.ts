import type { Verdict } from "../core/autoscaler/verdicts/verdict.ts";
import type { Db } from "./connect.ts";
import type { DecisionRow } from "./fleet.ts";
import { millis } from "./millis.ts";

/** A decision without a verdict, with what has become of it so far. Instants in milliseconds. */
export interface OpenDecision {
  readonly id: number;
  readonly atMs: number;
  readonly pool: string;
  readonly action: DecisionRow["action"];
  readonly replica: string | null;
  readonly rule: string;
  /** The run it started or stopped; null: there is none. */
  readonly run: DecidedRun | null;
  /** Whether another run of the pool was open when a start was decided. */
  readonly isAlone: boolean;
  /** The next start of its pool, unless an operator asked for it; the next decision about the pool. */
  readonly nextStartMs: number | null;
  readonly nextMs: number | null;
  /** When this was read. */
  readonly nowMs: number;
}

export interface DecidedRun {
  readonly requestedMs: number;
  readonly readyMs: number | null;
  readonly workedFromMs: number | null;
  readonly endedMs: number | null;
  readonly failed: boolean;
  readonly billedFromMs: number | null;
  readonly billedUntilMs: number | null;
  readonly microUsdPerHour: number | "unpriced" | null;
  readonly quantumMs: number;
}

/** Runs before this one among which another that was open is looked for. */
const runsBack = 1_000;

/** Oldest first, from after an id. */
export async function readOpenDecisions(
  db: Db,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<OpenDecision[]> {
  const ms = (expression: string) => millis(db, expression);
  // What was decided together was decided with the same others in sight.
  const ofSameTick = db`exists (select 1 from decisions s where s.id = o.decision_id and s.tick = d.tick)`;
  return db<OpenDecision[]>`
    select d.id, ${ms("d.at")} as "atMs", d.pool, d.action, d.replica, d.rule, case when r.id is not null then json_build_object(
      'requestedMs', ${ms("r.requested_at")}, 'readyMs', ${ms("r.ready_at")}, 'endedMs', ${ms("r.ended_at")}, 'failed', r.phase = 'failed',
      'billedFromMs', ${ms("r.billed_from")}, 'billedUntilMs', ${ms("r.billed_until")}, 'quantumMs', r.quantum_ms,
      'microUsdPerHour', case when r.unpriced then to_json('unpriced'::text) else to_json(r.micro_usd_per_hour) end,
      'workedFromMs', (select ${ms("min(s.worked_from)")} from processing_servers s where s.server_type = r.pool and s.replica = r.replica
        and s.created_at >= r.requested_at and s.created_at <= coalesce(r.ended_at, 'infinity'))) end as run,
      ${ms("next_start.at")} as "nextStartMs", ${ms("next.at")} as "nextMs", ${ms("pl_now()")} as "nowMs",
      not exists (select 1 from replicas o where o.pool = d.pool and o.ended_at is null and o.id <> r.id and o.requested_at <= d.at and not ${ofSameTick})
      and not exists (select 1 from replicas o where o.id between r.id - ${runsBack} and r.id - 1 and o.pool = d.pool and o.ended_at > d.at and not ${ofSameTick}) as "isAlone"
    from (select * from decisions where verdict is null and id > ${after} order by id limit ${limit}) d
    left join lateral (select at from decisions n where n.pool = d.pool and n.id > d.id and n.action = 'start' and n.rule <> 'operator' order by n.id limit 1) next_start on d.action = 'stop'
    left join lateral (select at from decisions n where n.pool = d.pool and n.id > d.id and n.action in ('start', 'stop', 'hold') order by n.id limit 1) next
      on d.action in ('hold', 'refuse')
    left join lateral (
      (select * from replicas o where d.action = 'start' and o.decision_id = d.id)
      union all
      (select * from replicas o where d.action = 'stop' and o.pool = d.pool and d.replica = o.pool || '-' || o.replica and o.replica = substring(d.replica from '[0-9]{1,4}$')::int
        and o.requested_at <= d.at order by o.id desc limit 1)) r on true
    order by d.id`;
}

/** Writes a verdict once, and tells it; false when there is one already. */
export async function saveVerdict(
  db: Db,
  { id, atMs }: Pick<OpenDecision, "id" | "atMs">,
  verdict: Verdict,
  sentence: string | null,
): Promise<boolean> {
  const rows = await db<{ pool: string; replica: string | null }[]>`
    update decisions set verdict = ${db.json({ ...verdict })}
    where id = ${id} and at between to_timestamp(${atMs}::float8 / 1000) - interval '1 second' and to_timestamp(${atMs}::float8 / 1000) + interval '1 second'
      and verdict is null returning pool, replica`;
  const [row] = rows;
  if (row === undefined) return false;
  if (sentence !== null) {
    await db`select add_event(null, 'decision.judged', null, null, null, ${db.json({ decision: id, ...row, verdict: verdict.kind, sentence })})`;
  }
  return true;
}

/** Starts of these pools since then, as far as they have a verdict: how many of each kind, and the money wasted. */
export async function readVerdictTotals(
  db: Db,
  sinceMs: number,
): Promise<{ readonly kind: string; readonly starts: number; readonly microUsd: number }[]> {
  return db`
    select verdict ->> 'kind' as kind, count(*)::int as starts, coalesce(sum((verdict ->> 'microUsd')::float8), 0)::float8 as "microUsd"
    from decisions where at >= to_timestamp(${sinceMs}::float8 / 1000) and action = 'start' and verdict is not null group by 1`;
}

/**
 * Runs asked for since then that became ready and were stopped without ever working. A container from
 * before first work was noted says by its idle time that it worked.
 */
export async function countWastedRuns(db: Db, sinceMs: number): Promise<number> {
  const [row] = await db<{ runs: number }[]>`
    select count(*)::int as runs from replicas r
    where r.requested_at >= to_timestamp(${sinceMs}::float8 / 1000) and r.phase = 'stopped' and r.ready_at is not null
      and not exists (select 1 from processing_servers s where s.server_type = r.pool and s.replica = r.replica
        and s.created_at >= r.requested_at and s.created_at <= r.ended_at and (s.worked_from is not null or s.idle_since is not null))`;
  return row?.runs ?? 0;
}

/** A run as far as it says when its replica could work. */
export interface ReadyRun {
  readonly requestedMs: number;
  readonly readyMs: number | null;
  readonly endedMs: number | null;
  readonly phases: readonly { readonly phase: string; readonly at: string }[];
}

/** Runs of these pools that reach into the time since then, the newest `limit`, oldest first. */
export async function readReadyRuns(
  db: Db,
  pools: readonly string[],
  { sinceMs, limit }: { readonly sinceMs: number; readonly limit: number },
): Promise<ReadyRun[]> {
  const ms = (expression: string) => millis(db, expression);
  const rows = await db<ReadyRun[]>`
    select ${ms("requested_at")} as "requestedMs", ${ms("ready_at")} as "readyMs", ${ms("ended_at")} as "endedMs", phases from replicas
    where pool = any (${[...pools]}) and (ended_at is null or ended_at >= to_timestamp(${sinceMs}::float8 / 1000)) order by id desc limit ${limit}`;
  return rows.toReversed();
}

/** What the last starts of a pool took until ready, newest first, in milliseconds. */
export async function readColdStarts(db: Db, pool: string, limit: number): Promise<number[]> {
  const rows = await db<{ ms: number }[]>`
    select extract(epoch from ready_at - requested_at)::float8 * 1000 as ms from replicas
    where pool = ${pool} and ready_at is not null order by id desc limit ${limit}`;
  return rows.map(({ ms }) => ms);
}
