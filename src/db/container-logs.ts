import type { Db } from "./connect.ts";

/** Lines kept of each container. */
const ringLines = 1000;

/** Adds lines to the ring of a container; the oldest beyond its length go. */
export async function addLogLines(
  db: Db,
  container: string,
  lines: readonly string[],
): Promise<void> {
  if (lines.length === 0) return;
  await db`insert into container_logs (container, line) select ${container}, line from unnest(${[...lines]}::text[]) with ordinality as l(line, n) order by n`;
  await db`
    delete from container_logs where container = ${container} and id <= (
      select id from container_logs where container = ${container} order by id desc offset ${ringLines} limit 1)`;
}

export interface LogLine {
  readonly id: number;
  readonly at: Date;
  readonly line: string;
}

/** The last lines of a container, oldest first; with `after`, the first ones behind that id. */
export async function readLogLines(
  db: Db,
  container: string,
  query: { readonly tail: number; readonly after?: number | undefined },
): Promise<LogLine[]> {
  const { tail, after } = query;
  if (after !== undefined) {
    return db<LogLine[]>`
      select id, at, line from container_logs where container = ${container} and id > ${after} order by id limit ${tail}`;
  }
  const rows = await db<LogLine[]>`
    select id, at, line from container_logs where container = ${container} order by id desc limit ${tail}`;
  return rows.toReversed();
}

/** The container of a replica that is there now, else the last one that was. */
export async function findLastContainer(
  db: Db,
  pool: string,
  replica: number,
): Promise<string | null> {
  const [row] = await db<{ id: string }[]>`
    select id from processing_servers where server_type = ${pool} and replica = ${replica} order by ended_at desc nulls first, created_at desc limit 1`;
  return row?.id ?? null;
}
