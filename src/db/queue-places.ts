import type { Db } from "./connect.ts";

/** Nobody counts further than this: "at least" so many wait before it. */
const placesMax = 1000;

export interface QueuePlace {
  readonly pipelineId: number;
  readonly idx: number;
  /** Ready tasks of its class before it; up to 1,000. */
  readonly ahead: number;
}

/** Where the ready tasks of these pipelines stand. Each line is gone along once, for however many who stand in it. */
export async function readQueuePlaces(db: Db, pipelines: readonly number[]): Promise<QueuePlace[]> {
  return db<QueuePlace[]>`
    with own as materialized (
      select a.class_id, a.pipeline_id, a.idx from pipelines p join packs k on k.id = p.pack_id
        cross join unnest(k.class_ids) with ordinality c(class_id, number)
        join ready a on a.class_id = c.class_id and a.rank = p.rank and a.pipeline_id = p.id and a.idx = c.number - 1
      where p.id = any (${[...pipelines]}::bigint[])
    ), line as materialized (
      select c.class_id, q.* from (select distinct class_id from own) c cross join lateral (
        select a.pipeline_id, a.idx, rank() over (order by a.rank) - 1 as ahead from ready a where a.class_id = c.class_id order by a.rank limit ${placesMax}) q
    )
    select o.pipeline_id as "pipelineId", o.idx, coalesce(n.ahead, ${placesMax})::int as ahead from own o left join line n using (class_id, pipeline_id, idx)`;
}
