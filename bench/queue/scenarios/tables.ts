import type { Sql } from "../../../src/db/connect.ts";

export interface TableSize {
  readonly name: string;
  readonly rows: number;
  /** Rows that nobody needs any more and that autovacuum has not removed yet. */
  readonly deadRows: number;
  readonly bytes: number;
  readonly indexBytes: number;
}

/** Rewritten all the time, and as small as what is under way. */
export const queueTables = [
  ...["ready", "leases", "delayed", "task_progress", "processing_servers", "shares"],
  "queue_clocks",
];
/** They keep what was done. */
export const growingTables = ["pipelines", "documents", "results", "events"];

/** With all partitions and all indexes. Counts of rows are estimates that lag by a second. */
export async function readTables(sql: Sql, names: readonly string[]): Promise<TableSize[]> {
  return sql<TableSize[]>`
    select n.name, coalesce(sum(s.n_live_tup), 0)::int8 as rows, coalesce(sum(s.n_dead_tup), 0)::int8 as "deadRows",
      sum(pg_table_size(p.relid))::int8 as bytes, sum(pg_indexes_size(p.relid))::int8 as "indexBytes"
    from unnest(${[...names]}::text[]) with ordinality as n(name, nth)
    cross join lateral (select n.name::regclass as relid union select relid from pg_partition_tree(n.name::regclass)) p
    left join pg_stat_user_tables s on s.relid = p.relid
    group by n.name, n.nth order by n.nth`;
}

export const kib = (bytes: number): string => `${Math.round(bytes / 1024)} KiB`;

export const tableText = ({ name, deadRows, bytes, indexBytes }: TableSize): string =>
  `${name} ${deadRows} dead, ${kib(bytes)} + ${kib(indexBytes)}`;
