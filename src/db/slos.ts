import type { Db } from "./connect.ts";
import { millis } from "./millis.ts";

/** A deck's first run through its pipeline. Instants in milliseconds. */
export interface DeckTimes {
  readonly document: string;
  readonly workspace: string;
  readonly pages: number | null;
  readonly uploadedMs: number;
  /** The first slide, or else the first task, that had a result; null: none yet. */
  readonly firstMs: number | null;
  readonly finishedMs: number | null;
  readonly state: "fetching" | "active" | "done" | "done_with_gaps" | "failed" | "cancelled";
  /** Somebody had it done again: its end is no longer that of its first run. */
  readonly reopened: boolean;
  /** Somebody had to try again what failed. */
  readonly retried: boolean;
}

/** Decks uploaded since then, the newest `limit`. */
export async function readDeckTimes(
  db: Db,
  { sinceMs, limit }: { readonly sinceMs: number; readonly limit: number },
): Promise<DeckTimes[]> {
  const since = db`to_timestamp(${sinceMs}::float8 / 1000)`;
  const ms = (expression: string) => millis(db, expression);
  return db<DeckTimes[]>`
    with decks as materialized (
      select o.* from (select * from pipelines order by id desc limit ${limit}) o where o.created_at >= ${since}
    ), slides as materialized (
      select pipeline_id, min(created_at) as at from visual_results where created_at >= ${since} and generation = 1 group by pipeline_id
    )
    select p.document, p.workspace, d.pages, ${ms("p.created_at")} as "uploadedMs", ${ms("p.finished_at")} as "finishedMs", p.state,
      ${ms("least(v.at, (select min(r.created_at) from results r where r.pipeline_id = p.id and r.generation = 1))")} as "firstMs",
      p.opened_at is not null as reopened,
      p.opened_at is not null and exists (select 1 from events e where e.pipeline_id = p.id and e.type = 'pipeline.retried') as retried
    from decks p join documents d on d.id = p.document_id left join slides v on v.pipeline_id = p.id`;
}

/** Work of text containers since then. */
export interface TextWork {
  readonly pipelineId: number;
  readonly generation: number;
  readonly container: string;
  readonly fromMs: number;
  readonly untilMs: number;
}

export async function readTextWork(
  db: Db,
  pools: readonly string[],
  sinceMs: number,
): Promise<TextWork[]> {
  const ms = (expression: string) => millis(db, expression);
  return db<TextWork[]>`
    select w.pipeline_id as "pipelineId", w.generation, w.container_id as container, ${ms("w.started_at")} as "fromMs", ${ms("w.ended_at")} as "untilMs"
    from pipelines p join packs k on k.id = p.pack_id join (
      select pipeline_id, idx, generation, container_id, started_at, ended_at from attempt_history
      union all select pipeline_id, idx, generation, container_id, leased_at, pl_now() from leases) w on w.pipeline_id = p.id
    where p.created_at >= to_timestamp(${sinceMs}::float8 / 1000) and k.pools[w.idx + 1] = any (${[...pools]}) and w.started_at is not null
    order by w.started_at`;
}

/** When a container could work, and on how much at once. By time, as the runs of a place are indexed. */
export interface TextContainer {
  readonly container: string;
  readonly slots: number;
  readonly readyMs: number;
}

export async function readTextContainers(
  db: Db,
  containers: readonly string[],
): Promise<TextContainer[]> {
  return db<TextContainer[]>`
    select s.id as container, s.slots, ${millis(
      db,
      `coalesce((select r.ready_at from replicas r where r.pool = s.server_type and r.replica = s.replica
        and s.created_at >= r.requested_at and s.created_at <= coalesce(r.ended_at, 'infinity') order by r.requested_at desc limit 1), s.created_at)`,
    )} as "readyMs"
    from processing_servers s where s.id = any (${[...containers]})`;
}
