import type { Sql } from "../../../src/db/connect.ts";

/** A decision to start with the runs that name it. */
export interface Start {
  readonly id: number;
  readonly replica: string;
  readonly at: Date;
  readonly runs: number;
}

export async function readStarts(sql: Sql): Promise<Start[]> {
  return sql<Start[]>`
    select d.id, d.replica, d.at, (select count(*)::int from replicas r where r.decision_id = d.id) as runs
    from decisions d where d.action = 'start' order by d.id`;
}

/** What is wrong with the starts of a database; empty is right. */
export async function findFaults(sql: Sql): Promise<string[]> {
  const rows = await sql<{ fault: string }[]>`
    select 'decision ' || d.id || ' started ' || d.replica || ' and has ' || n.runs || ' runs' as fault
    from decisions d cross join lateral (select count(*) as runs from replicas r where r.decision_id = d.id) n
    where d.action = 'start' and n.runs <> 1
    union all
    select 'run ' || r.id || ' of ' || r.pool || '-' || r.replica || ' was asked for by no decision' from replicas r
    where not exists (select 1 from decisions d where d.id = r.decision_id and d.action = 'start' and d.replica = r.pool || '-' || r.replica)
    union all
    select 'run ' || b.id || ' of ' || b.pool || '-' || b.replica || ' began while run ' || a.id || ' went on' from replicas a
    join replicas b on b.pool = a.pool and b.replica = a.replica and b.id > a.id
    where a.ended_at is null or a.ended_at > b.requested_at`;
  return rows.map(({ fault }) => fault);
}

/** Runs that are open, by name. */
export async function openRuns(sql: Sql): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select pool || '-' || replica as name from replicas where ended_at is null order by 1`;
  return rows.map(({ name }) => name);
}

/** Decisions whose runs were asked for and of which nobody has seen anything yet. */
export async function askedOnly(sql: Sql): Promise<number[]> {
  const rows = await sql<{ decision: number }[]>`
    select decision_id as decision from replicas
    where ended_at is null and phase = 'requested' and provider_ref is null and container_id is null order by 1`;
  return rows.map(({ decision }) => decision);
}

/**
 * Of these decisions those whose runs have a container. One that nobody has seen for ten seconds may be over instead:
 * it is decided again, which a slow machine comes to.
 */
export async function cameUp(sql: Sql, decisions: readonly number[]): Promise<number> {
  const rows = await sql`
    select 1 from replicas where decision_id = any(${[...decisions]}::bigint[])
      and (container_id is not null or ended_at > requested_at + interval '10 seconds')`;
  return rows.length;
}
