import type { Db } from "./connect.ts";

/** Lines kept of each container. */
export const linesMax = 1000;

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
      select id from container_logs where container = ${container} order by id desc offset ${linesMax} limit 1)`;
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

export interface NamesQuery {
  readonly workspace: string;
  readonly container: string;
  /** When the first of the lines came. */
  readonly since: Date;
  /** As lines name them: `EPOCH-ID`, or the public id of a pipeline. */
  readonly names: readonly string[];
}

/** Of what lines of a container name, the workspace's: its pipelines, and leases on them that lasted until then. */
export async function readOwnNames(
  db: Db,
  { workspace, container, since, names }: NamesQuery,
): Promise<ReadonlySet<string>> {
  // Results have an index of their times and none of containers: after its own end a container has none.
  const rows = await db<{ name: string }[]>`
    with held as (
      select l.pipeline_id, l.epoch || '-' || l.id as name from leases l where l.container_id = ${container}
      union all select h.pipeline_id, h.epoch || '-' || h.lease_id from attempt_history h
      where h.container_id = ${container} and h.ended_at >= ${since}::timestamptz - interval '1 minute'
        and h.ended_at <= coalesce((select s.ended_at + interval '1 day' from processing_servers s where s.id = ${container}), 'infinity'))
    select held.name from held join pipelines p on p.id = held.pipeline_id where p.workspace = ${workspace} and held.name = any (${[...names]}::text[])
    union select p.public_id from pipelines p where p.workspace = ${workspace} and p.public_id = any (${[...names]}::text[])`;
  return new Set(rows.map(({ name }) => name));
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
