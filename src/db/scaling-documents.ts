import type { DocumentObservation } from "../core/autoscaler/observation.ts";
import type { Db } from "./connect.ts";

/**
 * Documents beyond these are not looked at: those that are worked on, and the oldest open ones. A policy
 * looks at far fewer one by one; what waits behind them is counted by `readDemand`.
 */
const documentsMax = { open: 1_000, leases: 1_000 };

type Row = Omit<DocumentObservation, "uploadedAtMs" | "slideSinceMs"> & {
  readonly uploadedAt: Date;
  readonly slideSince: Date | null;
};

/**
 * Open pipelines as a policy is shown them, oldest first. A document that was opened again counts from
 * then. A slide that another pipeline read first took as long as it did there. Once visual analysis is
 * done, nobody asks for its pace any more: `sumLnSeconds` is 0.
 */
export async function readDocuments(db: Db, max = documentsMax): Promise<DocumentObservation[]> {
  const rows = await db<Row[]>`
    with open as materialized (
      select p.id, p.public_id, p.workspace, p.generation, coalesce(p.opened_at, p.created_at) as uploaded_at, d.pages, d.sha256,
        k.task_names[v.nr] as task, v.nr, (p.done_mask | p.dead_mask | p.skipped_mask) as ended, k.pools, l.leased_at, g.done
      from (select id from (select id from pipelines where finished_at is null order by id limit ${max.open}) oldest
        union select pipeline_id from (select pipeline_id from leases limit ${max.leases}) worked) o
      cross join lateral (select * from pipelines p where p.id = o.id and p.finished_at is null offset 0) p
      join documents d on d.id = p.document_id join packs k on k.id = p.pack_id
      cross join lateral (select visual_task(k.needs, k.pools) as nr offset 0) v
      left join leases l on l.pipeline_id = p.id and l.idx = v.nr - 1
      left join task_progress g on g.pipeline_id = p.id and g.idx = v.nr - 1 and g.generation = p.generation
    )
    select o.public_id as pipeline, o.uploaded_at as "uploadedAt", o.pages as slides, case when s.is_done then 'done' when o.leased_at is not null then 'running' else 'waiting' end as visual,
      case when s.is_done then coalesce(o.pages, 0) else coalesce(o.done, 0) end as "slidesDone",
      case when not s.is_done then greatest(o.leased_at, case when o.leased_at is not null then r.last_at end) end as "slideSince",
      coalesce(o.done * r.mean_ln, 0)::float8 as "sumLnSeconds",
      (select count(*)::int from generate_subscripts(o.pools, 1) t where o.pools[t] = 'text' and o.ended & (1::bigint << (t - 1)) = 0) as "textTasksLeft"
    from open o
    cross join lateral (select o.nr is null or o.ended & (1::bigint << (o.nr - 1)) <> 0 as is_done offset 0) s
    -- Slides matter while some are done and others are not.
    left join lateral (
      select avg(ln(greatest(x.seconds, 0.001))) as mean_ln, max(x.created_at) filter (where x.pipeline_id = o.id) as last_at from (
        select distinct on (v.slide) v.slide, v.seconds, v.created_at, v.pipeline_id from visual_results v
        where not s.is_done and o.done > 0 and v.workspace = o.workspace and v.sha256 = o.sha256 and split_part(v.recipe, '/', 2) = o.task order by v.slide, v.created_at desc) x
    ) r on true
    order by o.id`;
  return rows.map(({ uploadedAt, slideSince, ...row }) => ({
    ...row,
    uploadedAtMs: uploadedAt.getTime(),
    slideSinceMs: slideSince?.getTime() ?? null,
  }));
}
