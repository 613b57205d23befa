import type { Db } from "./connect.ts";

/** Finished slides of one document by one recipe, by slide. */
export async function readSlides(
  db: Db,
  workspace: string,
  sha256: string,
  recipe: string,
): Promise<{ slide: number; result: unknown }[]> {
  return db<{ slide: number; result: unknown }[]>`
    select slide, result from visual_results
    where workspace = ${workspace} and sha256 = ${sha256} and recipe = ${recipe} order by slide`;
}

/** Slides by whichever recipe of this task finished last: for a reader that knows only the document. */
export async function readLatestSlides(
  db: Db,
  workspace: string,
  sha256: string,
  task: string,
): Promise<{ slide: number; result: unknown }[]> {
  return db<{ slide: number; result: unknown }[]>`
    select slide, result from visual_results v
    where workspace = ${workspace} and sha256 = ${sha256} and recipe = (
      select recipe from visual_results where workspace = ${workspace} and sha256 = ${sha256}
        and split_part(recipe, '/', 2) = ${task} order by created_at desc limit 1) order by slide`;
}

export async function writeSlides(
  db: Db,
  entry: {
    workspace: string;
    sha256: string;
    recipe: string;
    container: string;
    pipelineId: number;
  },
  slides: readonly { slide: number; result: unknown }[],
): Promise<void> {
  for (const { slide, result } of slides) {
    await db`
      insert into visual_results (workspace, sha256, recipe, slide, result, pipeline_id, container)
      values (${entry.workspace}, ${entry.sha256}, ${entry.recipe}, ${slide}, ${db.json(result as never)}, ${entry.pipelineId}, ${entry.container})
      on conflict (workspace, sha256, recipe, slide) do nothing`;
  }
}

export async function readSlideFailures(
  db: Db,
  pipelineId: number,
): Promise<{ idx: number; slide: number; failure: { code: string; detail: string | null } }[]> {
  return db<{ idx: number; slide: number; failure: { code: string; detail: string | null } }[]>`
    select idx, slide, failure from slide_failures where pipeline_id = ${pipelineId} order by slide, idx`;
}

/** Results of a pipeline: the newest generation of each task. */
export async function readResults(
  db: Db,
  pipelineId: number,
): Promise<{ task: string; result: unknown; engine: { name: string; model: string | null } }[]> {
  return db<{ task: string; result: unknown; engine: { name: string; model: string | null } }[]>`
    select distinct on (r.idx) k.task_names[r.idx + 1] as task, r.result, r.engine
    from results r join pipelines p on p.id = r.pipeline_id join packs k on k.id = p.pack_id
    where r.pipeline_id = ${pipelineId} and p.done_mask & (1::bigint << r.idx) <> 0
    order by r.idx, r.generation desc`;
}
