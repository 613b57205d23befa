import type { Db, Sql } from "./connect.ts";

const parents = ["attempts", "decisions", "events"] as const;

/** Today's partitions and those of the next two days; safe to repeat and to race. */
export async function ensurePartitions(db: Db): Promise<void> {
  await db`select ensure_partitions()`;
}

/** Days that are over, by an hour at least, have history and no totals yet; as `2026-11-23`, oldest first. */
export async function readUnrolledDays(db: Db): Promise<string[]> {
  const rows = await db<{ day: string }[]>`
    with day as (
      select distinct to_date(right(c.relname, 8), 'YYYYMMDD') as day from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent in ('attempts'::regclass, 'events'::regclass) and c.relname ~ '_\\d{8}$'
      union select (at at time zone 'utc')::date from events_default
      union select (ended_at at time zone 'utc')::date from attempts_default
    )
    select day::text from day where day < ((pl_now() - interval '1 hour') at time zone 'utc')::date
      and not exists (select 1 from rolled_days r where r.day = day.day) order by day.day`;
  return rows.map(({ day }) => day);
}

/** Totals of one day; false when it has them already, and then nothing has changed. */
export async function rollDay(db: Db, day: string): Promise<boolean> {
  const [row] = await db<{ rolled: boolean }[]>`select roll_day(${day}::text::date) as rolled`;
  return row?.rolled ?? false;
}

/** Partitions all of whose days are older than so many days and have their totals, oldest first. */
export async function readOldPartitions(db: Db, days: number): Promise<string[]> {
  const rows = await db<{ name: string }[]>`
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    cross join lateral (select to_date(right(c.relname, 8), 'YYYYMMDD') as day) d
    where i.inhparent = any(${[...parents]}::text[]::regclass[]) and c.relname ~ '_\\d{8}$'
      and d.day < (pl_now() at time zone 'utc')::date - ${days}::int and exists (select 1 from rolled_days r where r.day = d.day)
    order by d.day, c.relname`;
  return rows.map(({ name }) => name);
}

/**
 * Dropping locks the whole table for a moment. Whoever is in the way is not waited for longer than
 * half a second, since everybody else would wait behind; then it throws, and can be tried again.
 */
export async function dropPartition(sql: Sql, name: string): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`set local lock_timeout = '500ms'`;
    await tx`drop table ${tx(name)}`;
  });
}

/** The same for rows that lie in the default partitions, at most `limit` of each; answers how many. */
export async function deleteOldDefaults(db: Db, days: number, limit: number): Promise<number> {
  let deleted = 0;
  for (const parent of parents) {
    const at = db(parent === "attempts" ? "ended_at" : "at");
    const table = db(`${parent}_default`);
    const rows = await db`
      delete from ${table} where ctid = any(array(select ctid from ${table}
        where ${at} < ((pl_now() at time zone 'utc')::date - ${days}::int)::timestamp at time zone 'utc'
          and exists (select 1 from rolled_days r where r.day = (${at} at time zone 'utc')::date) limit ${limit}))`;
    deleted += rows.count;
  }
  return deleted;
}
