import type { Db, Sql } from "./connect.ts";

/** What an entry takes in a well filled index of the queue, roughly. */
const entryBytes = 64;

/** Indexes of tables that turn over, and what they are to count. `pipelines` itself only grows. */
const watched = `('ready'::regclass, 'leases'::regclass, 'delayed'::regclass, 'task_progress'::regclass,
  'processing_servers'::regclass, 'shares'::regclass, 'queue_clocks'::regclass)`;

export interface IndexSize {
  readonly name: string;
  readonly table: string;
  readonly bytes: number;
  /** A partial index: rows that fulfil this are in it. */
  readonly condition: string | null;
}

/** Indexes of the queue of at least so many bytes, largest first. */
export async function readLargeIndexes(db: Db, bytesMin: number): Promise<IndexSize[]> {
  return db<IndexSize[]>`
    select i.indexrelid::regclass::text as name, i.indrelid::regclass::text as "table", pg_relation_size(i.indexrelid) as bytes,
      pg_get_expr(i.indpred, i.indrelid) as condition
    from pg_index i where i.indisvalid and (i.indrelid in ${db.unsafe(watched)} or i.indexrelid = 'pipelines_open'::regclass)
      and pg_relation_size(i.indexrelid) >= ${bytesMin} order by 3 desc`;
}

/** Whether an index is more than `bloatMax` times as large as its live rows need. Counts no further than it must. */
export async function isBloated(db: Db, index: IndexSize, bloatMax: number): Promise<boolean> {
  const rowsMin = Math.floor(index.bytes / (entryBytes * bloatMax));
  const [row] = await db<{ n: number }[]>`
    select count(*)::int as n from (select 1 from ${db(index.table)}
      ${index.condition === null ? db`` : db`where ${db.unsafe(index.condition)}`} limit ${rowsMin}) rows`;
  return (row?.n ?? 0) < rowsMin;
}

/** Builds it anew while work goes on. Outside any transaction; what a failure leaves is removed by `dropLeftovers`. */
export async function reindex(sql: Sql, name: string): Promise<void> {
  await sql.unsafe(`reindex index concurrently ${name}`);
}

/** Invalid indexes that an interrupted rebuild left behind, unless one is being built there now; answers their names. */
export async function dropLeftovers(sql: Sql): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select i.indexrelid::regclass::text as name from pg_index i join pg_class c on c.oid = i.indexrelid
    where not i.indisvalid and c.relname ~ '_cc(new|old)[0-9]*$' and (i.indrelid in ${sql.unsafe(watched)} or i.indrelid = 'pipelines'::regclass)
      and not exists (select 1 from pg_stat_progress_create_index b where b.relid = i.indrelid)`;
  for (const { name } of rows) await sql.unsafe(`drop index concurrently if exists ${name}`);
  return rows.map(({ name }) => name);
}
