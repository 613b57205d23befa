import type { Db } from "./connect.ts";
import type { DocumentRow } from "./documents.ts";

/**
 * Slides that count as finished for a task of this pipeline, read by this recipe; after a rerun of the
 * task, since then only (`isAnew`).
 */
export async function readFinishedSlides(
  db: Db,
  of: {
    readonly workspace: string;
    readonly sha256: string;
    readonly recipe: string;
    readonly pipelineId: number;
    readonly idx: number;
  },
): Promise<{ isAnew: boolean; slides: { slide: number; result: unknown }[] }> {
  const [task] = await db<{ since: number | null }[]>`
    select slides_since as since from tasks where pipeline_id = ${of.pipelineId} and idx = ${of.idx}`;
  const since = task?.since ?? null;
  const slides = await db<{ slide: number; result: unknown }[]>`
    select distinct on (v.slide) v.slide, v.result from visual_results v
    where v.workspace = ${of.workspace} and v.sha256 = ${of.sha256} and v.recipe = ${of.recipe}
      and v.pipeline_id = ${of.pipelineId} and v.generation >= ${since ?? 0}
    order by v.slide, v.created_at desc`;
  return { isAnew: since !== null, slides };
}

/** The newest of each slide, by whichever recipe of this task finished last: for a reader that knows only the document. */
export async function readLatestSlides(
  db: Db,
  workspace: string,
  sha256: string,
  task: string,
): Promise<{ slide: number; result: unknown }[]> {
  return db<{ slide: number; result: unknown }[]>`
    select distinct on (v.slide) v.slide, v.result from visual_results v
    where workspace = ${workspace} and sha256 = ${sha256} and recipe = (
      select recipe from visual_results where workspace = ${workspace} and sha256 = ${sha256}
        and split_part(recipe, '/', 2) = ${task} order by created_at desc limit 1)
    order by v.slide, v.created_at desc`;
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
      on conflict (workspace, sha256, recipe, slide, pipeline_id, generation) do nothing`;
  }
}

export async function readSlideFailures(
  db: Db,
  pipelineId: number,
): Promise<{ idx: number; slide: number; failure: { code: string; detail: string | null } }[]> {
  return db<{ idx: number; slide: number; failure: { code: string; detail: string | null } }[]>`
    select idx, slide, failure from slide_failures where pipeline_id = ${pipelineId} order by slide, idx`;
}

export interface ResultRow {
  readonly task: string;
  readonly generation: number;
  readonly result: unknown;
  readonly engine: DocumentRow["engine"];
  /** What its worker said it asked of a model server; null: nothing. */
  readonly usage: {
    readonly calls: number;
    readonly promptTokens: number | null;
    readonly outputTokens: number | null;
    readonly seconds: number;
  } | null;
}

/** Results of a pipeline's finished tasks, or of some of them: the newest generation of each. */
export async function readResults(
  db: Db,
  pipelineId: number,
  tasks: readonly string[] | null = null,
): Promise<ResultRow[]> {
  if (tasks?.length === 0) return [];
  return db<ResultRow[]>`
    select distinct on (r.idx) k.task_names[r.idx + 1] as task, r.generation, r.result, r.engine - 'usage' as engine, r.engine -> 'usage' as usage
    from results r join pipelines p on p.id = r.pipeline_id join packs k on k.id = p.pack_id
    where r.pipeline_id = ${pipelineId} and p.done_mask & (1::bigint << r.idx) <> 0
      ${tasks === null ? db`` : db`and k.task_names[r.idx + 1] = any (${[...tasks]})`}
    order by r.idx, r.generation desc`;
}

/** The generation of a finished task's result; null: it has none. */
export async function readGeneration(
  db: Db,
  pipelineId: number,
  task: string,
): Promise<number | null> {
  const [row] = await db<{ generation: number }[]>`
    select r.generation from results r join pipelines p on p.id = r.pipeline_id join packs k on k.id = p.pack_id
    where r.pipeline_id = ${pipelineId} and p.done_mask & (1::bigint << r.idx) <> 0 and k.task_names[r.idx + 1] = ${task}
    order by r.generation desc limit 1`;
  return row?.generation ?? null;
}

/** Results as they stood in a generation: of each task the newest that is not newer. */
export async function readResultsUpTo(
  db: Db,
  pipelineId: number,
  generation: number,
): Promise<ResultRow[]> {
  return db<ResultRow[]>`
    select distinct on (r.idx) k.task_names[r.idx + 1] as task, r.generation, r.result, r.engine - 'usage' as engine, r.engine -> 'usage' as usage
    from results r join pipelines p on p.id = r.pipeline_id join packs k on k.id = p.pack_id
    where r.pipeline_id = ${pipelineId} and r.generation <= ${generation}
    order by r.idx, r.generation desc`;
}

/** Generations that have left results, oldest first. */
export async function readGenerations(db: Db, pipelineId: number): Promise<number[]> {
  const rows = await db<{ generation: number }[]>`
    select distinct generation from results where pipeline_id = ${pipelineId} order by generation`;
  return rows.map((row) => row.generation);
}
