import type { Db } from "./connect.ts";

export interface DocumentLogLine {
  readonly id: number;
  readonly at: Date;
  readonly container: string;
  readonly line: string;
}

export interface DocumentLogQuery {
  /** Internal id. */
  readonly pipeline: number;
  /** Of a task; null: all of them. */
  readonly idx: number | null;
  /** Only lines behind this id; null: the last ones. */
  readonly after: number | null;
  readonly limit: number;
}

/** Lines of the containers that worked on a pipeline, from the times they did, oldest first; and its leases as logs name them. */
export async function readDocumentLog(
  db: Db,
  { pipeline, idx, after, limit }: DocumentLogQuery,
): Promise<{ readonly lines: DocumentLogLine[]; readonly leases: readonly string[] }> {
  const held = db`
    select h.container_id, h.started_at as since, h.ended_at as until, h.epoch || '-' || h.lease_id as lease
    from attempt_history h where h.pipeline_id = ${pipeline} and (${idx}::int is null or h.idx = ${idx}::int) and h.container_id is not null
    union all select l.container_id, l.leased_at, null, l.epoch || '-' || l.id
    from leases l where l.pipeline_id = ${pipeline} and (${idx}::int is null or l.idx = ${idx}::int)`;
  const leases = await db<
    { lease: string }[]
  >`select lease from (${held}) h where lease is not null`;
  // Lines come every two seconds, and bear the time at which they came.
  const lines = await db<DocumentLogLine[]>`
    select c.id, c.at, c.container, c.line from container_logs c where exists (select 1 from (${held}) h where h.container_id = c.container
      and c.at >= h.since - interval '1 second' and c.at <= coalesce(h.until, pl_now()) + interval '5 seconds')
      and (${after}::bigint is null or c.id > ${after}::bigint)
    order by c.id ${after === null ? db`desc` : db`asc`} limit ${limit}`;
  return {
    lines: after === null ? lines.toReversed() : lines,
    leases: leases.map(({ lease }) => lease),
  };
}
