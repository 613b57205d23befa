import type { Failure } from "../errors/app-error.ts";
import type { Db } from "./connect.ts";

/** A task that reads slides and has failed, with what it has read; by the newest recipe that read any. */
export interface HalfRead {
  readonly packId: number;
  readonly idx: number;
  readonly task: string;
  /** Who has read them; null: nobody knows any more. */
  readonly engine: { readonly name: string; readonly model: string | null } | null;
  readonly failure: Failure | null;
  /** In order. */
  readonly slides: readonly { readonly slide: number; readonly result: unknown }[];
}

/** Of these tasks of a pipeline, those that have read some slides; what an older rerun read does not count. */
export async function readHalfRead(
  db: Db,
  pipelineId: number,
  tasks: readonly string[],
): Promise<HalfRead[]> {
  return db<HalfRead[]>`
    select k.id as "packId", i - 1 as idx, k.task_names[i] as task, t.failure, v.engine, v.slides
    from pipelines p join packs k on k.id = p.pack_id join documents d on d.id = p.document_id
    cross join generate_subscripts(k.task_names, 1) i
    left join tasks t on t.pipeline_id = p.id and t.idx = i - 1
    cross join lateral (
      select v.recipe from visual_results v where v.workspace = p.workspace and v.sha256 = d.sha256 and v.pipeline_id = p.id
        and split_part(v.recipe, '/', 2) = k.task_names[i] and v.generation >= coalesce(t.slides_since, 0) order by v.created_at desc limit 1) newest
    cross join lateral (
      select (array_agg(s.engine) filter (where s.engine is not null))[1] as engine, jsonb_agg(jsonb_build_object('slide', r.slide, 'result', r.result) order by r.slide) as slides
      from (select distinct on (v.slide) v.slide, v.result, v.container from visual_results v
        where v.workspace = p.workspace and v.sha256 = d.sha256 and v.recipe = newest.recipe and v.pipeline_id = p.id and v.generation >= coalesce(t.slides_since, 0)
        order by v.slide, v.created_at desc) r left join processing_servers s on s.id = r.container) v
    where p.id = ${pipelineId} and k.task_names[i] = any (${[...tasks]}) order by i`;
}
