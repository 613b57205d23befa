import type { Db } from "./connect.ts";

export interface KeptSlides {
  readonly task: string;
  /** Read since this generation; what is older does not count any more. */
  readonly since: number;
  readonly slides: readonly number[];
}

/** Slides that count as finished for tasks of a pipeline, whatever recipe has read them. */
export async function readKeptSlides(
  db: Db,
  pipelineId: number,
  tasks: readonly string[],
): Promise<KeptSlides[]> {
  return db<KeptSlides[]>`
    select k.task_names[i] as task, coalesce(t.slides_since, 0) as since, array(
      select distinct v.slide from visual_results v where v.workspace = p.workspace and v.sha256 = d.sha256 and v.pipeline_id = p.id
        and split_part(v.recipe, '/', 2) = k.task_names[i] and v.generation >= coalesce(t.slides_since, 0) order by v.slide) as slides
    from pipelines p join packs k on k.id = p.pack_id join documents d on d.id = p.document_id
    cross join generate_subscripts(k.task_names, 1) i
    left join tasks t on t.pipeline_id = p.id and t.idx = i - 1
    where p.id = ${pipelineId} and k.task_names[i] = any (${[...tasks]}) order by i`;
}

/**
 * Readings of a task that a new generation takes over from the one before: all but these slides. Within the
 * transaction that opened the generation, so that no container sees it without them.
 */
export async function takeOverSlides(
  db: Db,
  pipelineId: number,
  { task, since }: Pick<KeptSlides, "task" | "since">,
  except: readonly number[],
): Promise<void> {
  await db`
    insert into visual_results (workspace, sha256, recipe, slide, generation, result, pipeline_id, container, seconds)
    select distinct on (v.recipe, v.slide) v.workspace, v.sha256, v.recipe, v.slide, p.generation, v.result, p.id, v.container, v.seconds
    from pipelines p join documents d on d.id = p.document_id
    join visual_results v on v.workspace = p.workspace and v.sha256 = d.sha256 and v.pipeline_id = p.id
    where p.id = ${pipelineId} and split_part(v.recipe, '/', 2) = ${task} and v.generation >= ${since}
      and v.generation < p.generation and v.slide <> all (${[...except]}::int[])
    order by v.recipe, v.slide, v.created_at desc
    on conflict do nothing`;
}

/** How often a pipeline was opened again, as far back as its history goes. */
export async function countReopenings(
  db: Db,
  { document, pipeline }: { readonly document: string; readonly pipeline: string },
): Promise<number> {
  const [row] = await db<{ n: number }[]>`
    select count(*)::int as n from events
    where document = ${document} and pipeline = ${pipeline} and type in ('pipeline.retried', 'pipeline.rerun')`;
  return row?.n ?? 0;
}
