import type { Db } from "./connect.ts";

/** A document that came in, and how its work went as far as it is done. Newest ones only, oldest first. */
export interface HistoryDocument {
  readonly pipelineId: number;
  readonly atMs: number;
  /** Pages; null where nobody counted them. */
  readonly pages: number | null;
}

/** Pipelines of the last so many days, at most `limit`: the newest, in order of arrival. */
export async function readArrivals(
  db: Db,
  { days, limit }: { readonly days: number; readonly limit: number },
): Promise<HistoryDocument[]> {
  return db<HistoryDocument[]>`
    select * from (
      select p.id as "pipelineId", extract(epoch from p.created_at)::float8 * 1000 as "atMs", d.pages
      from pipelines p join documents d on d.id = p.document_id
      where p.created_at >= pl_now() - ${days}::float8 * interval '1 day' order by p.created_at desc, p.id desc limit ${limit}
    ) newest order by "atMs", "pipelineId"`;
}

/** Seconds of finished slides, by document, of pipelines from this one on: `ln` is their sum of logarithms. */
export interface SlideTimes {
  readonly n: number;
  /** Mean and sum of squared differences from it, of ln(seconds). */
  readonly meanLn: number;
  readonly squaresLn: number;
}

/** Slides of visual analysis; the review of slides has a pace of its own. */
export async function readSlideTimes(db: Db, fromPipeline: number): Promise<SlideTimes[]> {
  return db<SlideTimes[]>`
    select count(*)::int as n, avg(ln(seconds))::float8 as "meanLn", (var_pop(ln(seconds)) * count(*))::float8 as "squaresLn"
    from visual_results where pipeline_id >= ${fromPipeline} and seconds > 0 and split_part(recipe, '/', 2) = 'visual_analysis'
    group by pipeline_id, generation`;
}

/** How long finished tasks took, of pipelines from this one on. What was known already took nothing and is left out. */
export interface TaskTimes {
  readonly task: string;
  readonly pipelineId: number;
  readonly seconds: number;
  /** false: it looked, and there was nothing for it to do. */
  readonly applies: boolean;
}

export async function readTaskTimes(
  db: Db,
  fromPipeline: number,
  limit: number,
): Promise<TaskTimes[]> {
  return db<TaskTimes[]>`
    select k.task_names[r.idx + 1] as task, r.pipeline_id as "pipelineId", extract(epoch from r.created_at - r.started_at)::float8 as seconds, r.applicable is not false as applies
    from results r join pipelines p on p.id = r.pipeline_id join packs k on k.id = p.pack_id
    where r.pipeline_id >= ${fromPipeline} and r.started_at is not null and r.created_at > r.started_at
    order by r.pipeline_id desc limit ${limit}`;
}

/** One start of a replica that came to its end: seconds from its request to `ready`, or to its failure. */
export interface StartTime {
  readonly pool: string;
  readonly seconds: number;
  readonly isReady: boolean;
  /** It was ready, and its machine was lost or failed later. */
  readonly isLost: boolean;
  /** Hours as ready; 0 if it never was. */
  readonly readyHours: number;
  readonly spot: boolean;
  readonly microUsdPerHour: number | null;
  readonly quantumMs: number;
}

/** Starts of the last so many days, newest first. Machines that somebody else runs are left out. */
export async function readStartTimes(
  db: Db,
  {
    days,
    limit,
    except,
  }: { readonly days: number; readonly limit: number; readonly except: readonly string[] },
): Promise<StartTime[]> {
  return db<StartTime[]>`
    select pool, extract(epoch from coalesce(ready_at, ended_at) - requested_at)::float8 as seconds, ready_at is not null as "isReady",
      phase = 'failed' and ready_at is not null as "isLost", coalesce(extract(epoch from coalesce(ended_at, pl_now()) - ready_at)::float8 / 3600, 0) as "readyHours",
      spot, micro_usd_per_hour as "microUsdPerHour", quantum_ms as "quantumMs"
    from replicas where requested_at >= pl_now() - ${days}::float8 * interval '1 day' and (ready_at is not null or phase = 'failed')
      and not provider = any(${[...except]}) order by id desc limit ${limit}`;
}
