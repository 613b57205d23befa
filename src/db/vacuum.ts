import type { Db } from "./connect.ts";

/** The tables that turn over: the queue itself and what is rewritten beside it. */
const hotTables = [
  "ready",
  "leases",
  "delayed",
  "pipelines",
  "task_progress",
  "processing_servers",
  "shares",
  "queue_clocks",
] as const;

export interface DeadRows {
  readonly table: string;
  readonly dead: number;
}

export async function readDeadRows(db: Db): Promise<DeadRows[]> {
  return db<DeadRows[]>`
    select relname as "table", n_dead_tup as dead from pg_stat_user_tables
    where schemaname = current_schema() and relname = any(${[...hotTables]}::text[]) order by relname`;
}

/** Somebody whose snapshot keeps vacuum from removing dead rows of this database. */
export interface SnapshotHolder {
  /** Its process, or its name: the same as long as it is there. */
  readonly id: string;
  readonly kind: "session" | "prepared transaction" | "replication slot";
  /** Named so that a person finds it: application, process and user; or the name it was given. */
  readonly who: string;
  /** The same value while the same snapshot is held. */
  readonly xmin: string;
  /** Since when; null where PostgreSQL does not say. */
  readonly seconds: number | null;
}

/** Longest first, at most 20. Other users' sessions are seen only with the role pg_read_all_stats. */
export async function readSnapshotHolders(db: Db): Promise<SnapshotHolder[]> {
  return db<SnapshotHolder[]>`
    select * from (
      select 'session' as kind, pid::text as id, coalesce(nullif(application_name, ''), 'unnamed') || ', process ' || pid || ', user ' || coalesce(usename, '?') ||
          ', ' || coalesce(state, backend_type) as who, coalesce(backend_xid::text, '') || '/' || coalesce(backend_xmin::text, '') as xmin,
        extract(epoch from clock_timestamp() - xact_start)::float8 as seconds
      from pg_stat_activity
      where (backend_xmin is not null or backend_xid is not null) and pid <> pg_backend_pid() and backend_type <> 'autovacuum worker'
        and (datname = current_database() or datname is null)
      union all
      select 'prepared transaction', gid, gid, transaction::text, extract(epoch from clock_timestamp() - prepared)::float8
      from pg_prepared_xacts where database = current_database()
      union all
      -- Since PostgreSQL 17 a slot says since when nobody uses it.
      select 'replication slot', slot_name::text, slot_name::text, xmin::text, extract(epoch from clock_timestamp() - (to_jsonb(s) ->> 'inactive_since')::timestamptz)::float8
      from pg_replication_slots s where xmin is not null and (database is null or database = current_database())
    ) holders order by seconds desc nulls last limit 20`;
}

/** The sentence for page, log and command line. */
export async function recordHeldVacuum(
  db: Db,
  held: { holder: string; seconds: number; sentence: string },
): Promise<void> {
  await db`select add_event(null, 'queue.vacuum_held', null, null, null, ${db.json(held)})`;
}
