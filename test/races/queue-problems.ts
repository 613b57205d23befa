import type { Db } from "../../src/db/connect.ts";

/**
 * What must hold of the queue whenever nobody is inside a transaction. Answers a sentence for each
 * thing that does not: nothing here knows what was done, so it holds after any test.
 */
export async function queueProblems(db: Db): Promise<string[]> {
  const rows = await db<{ problem: string }[]>`
    with queue as (
      select pipeline_id, idx, generation, 'ready' as place from ready
      union all select pipeline_id, idx, generation, 'delayed' from delayed
      union all select pipeline_id, idx, generation, 'leased' from leases
    ), task as (
      select p.id, p.state, p.generation, i - 1 as idx, 1::bigint << (i - 1) as bit, k.needs[i] as needs, k.task_names[i] as name,
        p.done_mask, p.dead_mask | p.skipped_mask as bad, p.queued_mask,
        array(select q.place from queue q where q.pipeline_id = p.id and q.idx = i - 1) as places
      from pipelines p join packs k on k.id = p.pack_id cross join generate_subscripts(k.needs, 1) i
    ), about as (
      select format('%s of pipeline %s', name, id) as what, *, (done_mask | bad) & bit <> 0 as ended from task
    ), told as (
      select e.pipeline_id as id, m ->> 0 as type from events e cross join lateral json_array_elements(e.data) m where e.type = 'moved'
    )
    select what || ' is in the queue as ' || array_to_string(places, ' and ') as problem from about where cardinality(places) > 1
    union all select what || ' is ' || places[1] || ' though its pipeline is ' || state from about where places <> '{}' and state <> 'active'
    union all select what || ' is ' || places[1] || ' though it has ended' from about where places <> '{}' and ended
    union all select what || ' is ' || places[1] || ' before what it needs is done' from about where places <> '{}' and needs & ~done_mask <> 0
    union all select what || ' could start and is not in the queue' from about
      where places = '{}' and state = 'active' and not ended and needs & ~done_mask = 0
    union all select what || ' was queued and is nowhere' from about where places = '{}' and state = 'active' and not ended and queued_mask & bit <> 0
    union all select what || ' is done without a result' from about a where done_mask & bit <> 0
      and not exists (select 1 from results r where r.pipeline_id = a.id and r.idx = a.idx)
    union all select what || ' has a result and is not done' from about a join results r on r.pipeline_id = a.id and r.idx = a.idx and r.generation = a.generation
      where done_mask & bit = 0
    union all select format('pipeline %s is complete and not ended', id) from pipelines where state = 'active' and done_mask | dead_mask | skipped_mask = full_mask
    union all select format('pipeline %s has %s results and was told done %s times', p.id, r.n, t.n) from pipelines p
      cross join lateral (select count(*) as n from results r where r.pipeline_id = p.id) r
      cross join lateral (select count(*) as n from told t where t.id = p.id and t.type = 'task.done') t where r.n <> t.n
    union all select format('%s holds %s leases of %s', s.id, count(*), s.slots) from processing_servers s join leases l on l.container_id = s.id
      group by s.id having count(*) > s.slots
    union all select format('%s works on %s pipelines of %s', s.id, count(distinct l.pipeline_id), s.max_concurrent_pipelines)
      from processing_servers s join leases l on l.container_id = s.id group by s.id having count(distinct l.pipeline_id) > s.max_concurrent_pipelines`;
  return rows.map((row) => row.problem);
}
