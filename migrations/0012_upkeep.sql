-- Upkeep: what finds and repairs a queue that is not as it should be, what keeps its tables small, what remains of history.

-- Queue tables turn over many times an hour: dead rows go early and without pauses. They are never cut shorter, since that would
-- lock everybody out of a table that grows again at once.
alter table ready set (autovacuum_vacuum_cost_delay = 0, vacuum_truncate = false);
alter table leases set (autovacuum_vacuum_cost_delay = 0, vacuum_truncate = false);
alter table delayed set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0, vacuum_truncate = false);
-- Rewritten in place, again and again: few rows, many dead ones.
alter table task_progress set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
alter table processing_servers set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_cost_delay = 0);
alter table shares set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_cost_delay = 0);
alter table queue_clocks set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_cost_delay = 0);
-- Grows for ever and is written at its young end only: a fifth of it, the default, would be far too much.
alter table pipelines set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000);

-- Those whose file is still to come, found without passing by everything else that is open.
create index pipelines_fetching on pipelines (id) where state = 'fetching';

-- By class, how many tasks are ready and since when the oldest of them: of the first p_max in the order of the queue. Never by a plan
-- that reads more than it counts, whatever is known of the table.
create function count_ready(p_max int) returns table (class_id int, n int, since timestamptz)
language sql stable set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off set jit = off as $$
  select c.id, r.n, r.since from task_classes c cross join lateral (select count(*)::int as n, min(r.since) as since from (
    select r.since from ready r where r.class_id = c.id order by r.class_id, r.rank, r.pipeline_id, r.idx limit p_max) r) r
$$;

-- What is wrong with active pipelines, by the masks and rows of one moment; no row: nothing. `lost`: queued, not ended, and in none
-- of the three queue tables. Else it is due: something could start or end, and nobody noticed.
create function find_stuck(p_ids bigint[]) returns table (id bigint, lost bigint)
language sql stable set enable_seqscan = off set jit = off as $$
  select p.id, f.lost
  from unnest(p_ids) as i(id)
  cross join lateral (select * from pipelines p where p.id = i.id and p.state = 'active' offset 0) p
  cross join lateral (select needs, dependents, class_ids from packs k where k.id = p.pack_id offset 0) k
  cross join lateral (select p.done_mask | p.dead_mask | p.skipped_mask as ended offset 0) m
  cross join lateral (
    select coalesce(bit_or(t.bit) filter (where t.is_queued and t.is_lost), 0) as lost, bool_or(not t.is_queued and k.needs[t.i] & ~p.done_mask = 0) as is_due
    from (
      select i, bit, p.queued_mask & bit <> 0 as is_queued, case when p.queued_mask & bit <> 0 then
        not exists (select 1 from leases l where l.pipeline_id = p.id and l.idx = i - 1)
        and not exists (select 1 from ready r where r.class_id = k.class_ids[i] and r.rank = p.rank and r.pipeline_id = p.id and r.idx = i - 1)
        and not exists (select 1 from delayed d where d.pipeline_id = p.id and d.idx = i - 1) end as is_lost
      from generate_subscripts(k.needs, 1) i cross join lateral (select 1::bigint << (i - 1) as bit offset 0) b where m.ended & bit = 0
    ) t
  ) f
  where f.lost <> 0 or f.is_due or m.ended = p.full_mask or (p.dead_mask <> 0 and exists (
    select 1 from generate_subscripts(k.dependents, 1) i where p.dead_mask & (1::bigint << (i - 1)) <> 0 and k.dependents[i] & ~p.skipped_mask & ~p.dead_mask <> 0))
$$;

-- Whether a row of a queue table has no business there: its pipeline is not active (or is not at all), or its task has ended.
create function is_stray(p_state text, p_ended bigint, p_full bigint, p_idx int) returns boolean language sql immutable as $$
  select p_state is distinct from 'active' or (p_ended | ~p_full) & (1::bigint << p_idx) <> 0
$$;

-- One step of a walk through a table, in the order of its key, from after p_after (null: the start): how many rows were seen, the
-- last key, and what has to be looked at under its lock. For pipelines, delayed and leases: [pipeline]; for ready the whole key.
create function walk_queue(p_table text, p_after jsonb, p_limit int, out seen int, out last jsonb, out odd jsonb)
language plpgsql stable set enable_seqscan = off set plan_cache_mode = force_generic_plan set jit = off as $$
begin
  case p_table
  when 'pipelines' then
    with page as materialized (
      select p.id from pipelines p where p.finished_at is null and p.id > coalesce((p_after ->> 0)::bigint, 0) order by p.id limit p_limit
    )
    select count(*), jsonb_build_array(max(id)), (select jsonb_agg(jsonb_build_array(f.id)) from find_stuck(array(select id from page)) f) into seen, last, odd from page;
  when 'ready' then
    with page as materialized (
      select r.class_id, r.rank, r.pipeline_id, r.idx from ready r
      where p_after is null or (r.class_id, r.rank, r.pipeline_id, r.idx) > ((p_after ->> 0)::int, (p_after ->> 1)::bigint, (p_after ->> 2)::bigint, (p_after ->> 3)::smallint)
      order by r.class_id, r.rank, r.pipeline_id, r.idx limit p_limit
    )
    select (select count(*) from page),
      (select jsonb_build_array(class_id, rank, pipeline_id, idx) from page order by class_id desc, rank desc, pipeline_id desc, idx desc limit 1),
      (select jsonb_agg(jsonb_build_array(r.class_id, r.rank, r.pipeline_id, r.idx)) from page r
        left join lateral (select p.*, p.done_mask | p.dead_mask | p.skipped_mask as ended_mask from pipelines p where p.id = r.pipeline_id offset 0) p on true
        left join lateral (select class_ids from packs k where k.id = p.pack_id offset 0) k on true
        where is_stray(p.state, p.ended_mask, p.full_mask, r.idx) or p.queued_mask & (1::bigint << r.idx) = 0 or p.rank <> r.rank or k.class_ids[r.idx + 1] is distinct from r.class_id
          or exists (select 1 from leases l where l.pipeline_id = r.pipeline_id and l.idx = r.idx)
          or exists (select 1 from delayed d where d.pipeline_id = r.pipeline_id and d.idx = r.idx))
    into seen, last, odd;
  when 'delayed' then
    with page as materialized (
      select d.pipeline_id, d.idx from delayed d where p_after is null or (d.pipeline_id, d.idx) > ((p_after ->> 0)::bigint, (p_after ->> 1)::smallint)
      order by d.pipeline_id, d.idx limit p_limit
    )
    select (select count(*) from page), (select jsonb_build_array(pipeline_id, idx) from page order by pipeline_id desc, idx desc limit 1),
      (select jsonb_agg(distinct jsonb_build_array(d.pipeline_id)) from page d left join lateral (select p.*, p.done_mask | p.dead_mask | p.skipped_mask as ended_mask from pipelines p where p.id = d.pipeline_id offset 0) p on true
        where is_stray(p.state, p.ended_mask, p.full_mask, d.idx) or p.queued_mask & (1::bigint << d.idx) = 0 or exists (select 1 from leases l where l.pipeline_id = d.pipeline_id and l.idx = d.idx))
    into seen, last, odd;
  when 'leases' then
    with page as materialized (
      select l.id, l.epoch, l.pipeline_id, l.idx from leases l where p_after is null or (l.id, l.epoch) > ((p_after ->> 0)::bigint, (p_after ->> 1)::bigint)
      order by l.id, l.epoch limit p_limit
    )
    select (select count(*) from page), (select jsonb_build_array(id, epoch) from page order by id desc, epoch desc limit 1),
      (select jsonb_agg(distinct jsonb_build_array(l.pipeline_id)) from page l left join lateral (select p.*, p.done_mask | p.dead_mask | p.skipped_mask as ended_mask from pipelines p where p.id = l.pipeline_id offset 0) p on true
        where is_stray(p.state, p.ended_mask, p.full_mask, l.idx) or p.queued_mask & (1::bigint << l.idx) = 0)
    into seen, last, odd;
  end case;
  odd := coalesce(odd, '[]');
end $$;

-- Puts right what a walk has found, if it still is so under the pipelines' locks: rows without business are removed, a task that has
-- two keeps the one that came furthest, marks are set for rows that lack them and taken where a row is lost, and the one function
-- that frees and closes does the rest. A promotion or a claim in flight moves a row in one commit, so each statement here sees it
-- before or after, never between. A pipeline that is well is not written to. p_ready: keys [class, rank, pipeline, idx].
create function repair_pipelines(p_ids bigint[], p_ready jsonb default '[]') returns table (kind text, pipeline text, rows int)
language plpgsql set enable_seqscan = off set plan_cache_mode = force_generic_plan set jit = off as $$
#variable_conflict use_column
declare
  now_ timestamptz := pl_now();
  touched bigint[];
  kinds text[] := '{}';
  broken bigint[] := '{}';
  bits bigint[] := '{}';
  hit bigint[];
  masks bigint[];
begin
  select array_agg(distinct i.id order by i.id) into touched from (
    select unnest(p_ids) as id union all select (r ->> 2)::bigint from jsonb_array_elements(p_ready) r) i;
  perform 1 from unnest(touched) t cross join lateral (select 1 from pipelines p where p.id = t for no key update) p;

  -- In the order a task goes: what is on its way is waited for, and seen where it arrives.
  with gone as (
    delete from delayed d using unnest(touched) t left join lateral (select p.*, p.done_mask | p.dead_mask | p.skipped_mask as ended_mask from pipelines p where p.id = t offset 0) p on true
      left join lateral (select class_ids from packs k where k.id = p.pack_id offset 0) k on true
    where d.pipeline_id = any (touched) and d.pipeline_id = t and (is_stray(p.state, p.ended_mask, p.full_mask, d.idx)
      or exists (select 1 from leases l where l.pipeline_id = d.pipeline_id and l.idx = d.idx)
      or exists (select 1 from ready r where r.class_id = k.class_ids[d.idx + 1] and r.rank = p.rank and r.pipeline_id = d.pipeline_id and r.idx = d.idx))
    returning d.pipeline_id, d.idx
  )
  select array_agg(pipeline_id), array_agg(1::bigint << idx) into hit, masks from gone;
  broken := broken || hit; bits := bits || masks; kinds := kinds || array_fill('stray_delayed'::text, array[coalesce(cardinality(hit), 0)]);

  with key as materialized (
    select (x ->> 0)::int as class_id, (x ->> 1)::bigint as rank, (x ->> 2)::bigint as id, (x ->> 3)::smallint as idx from jsonb_array_elements(p_ready) x
  ), gone as (
    delete from ready r where r.ctid = any (array(
      select r.place from key y
      cross join lateral (select ctid as place from ready r where r.class_id = y.class_id and r.rank = y.rank and r.pipeline_id = y.id and r.idx = y.idx for update) r
      left join lateral (select p.*, p.done_mask | p.dead_mask | p.skipped_mask as ended_mask from pipelines p where p.id = y.id offset 0) p on true
      left join lateral (select class_ids from packs k where k.id = p.pack_id offset 0) k on true
      where is_stray(p.state, p.ended_mask, p.full_mask, y.idx) or p.rank <> y.rank or k.class_ids[y.idx + 1] is distinct from y.class_id
        or exists (select 1 from leases l where l.pipeline_id = y.id and l.idx = y.idx)))
    returning r.pipeline_id, r.idx
  )
  select array_agg(pipeline_id), array_agg(1::bigint << idx) into hit, masks from gone;
  broken := broken || hit; bits := bits || masks; kinds := kinds || array_fill('stray_ready'::text, array[coalesce(cardinality(hit), 0)]);

  with gone as (
    delete from leases l using unnest(touched) t left join lateral (select p.*, p.done_mask | p.dead_mask | p.skipped_mask as ended_mask from pipelines p where p.id = t offset 0) p on true
    where l.pipeline_id = any (touched) and l.pipeline_id = t and is_stray(p.state, p.ended_mask, p.full_mask, l.idx) returning l.*
  ), kept as (
    insert into attempts (pipeline_id, idx, generation, attempt, container_id, epoch, lease_id, started_at, outcome)
    select pipeline_id, idx, generation, attempt, container_id, epoch, id, leased_at, 'cancelled' from gone
  )
  select array_agg(pipeline_id), array_agg(1::bigint << idx) into hit, masks from gone;
  broken := broken || hit; bits := bits || masks; kinds := kinds || array_fill('stray_lease'::text, array[coalesce(cardinality(hit), 0)]);

  -- A row that its pipeline does not know of would be queued a second time.
  with held as (
    select w.pipeline_id as id, bit_or(1::bigint << w.idx) as bits from (
      select d.pipeline_id, d.idx from delayed d where d.pipeline_id = any (touched)
      union all select l.pipeline_id, l.idx from leases l where l.pipeline_id = any (touched)
      union all select p.id, r.idx from unnest(touched) t cross join lateral (select p.id, p.rank, p.pack_id from pipelines p where p.id = t offset 0) p
        cross join lateral (select class_ids from packs k where k.id = p.pack_id offset 0) k cross join lateral unnest(k.class_ids) c(id)
        cross join lateral (select r.idx from ready r where r.class_id = c.id and r.rank = p.rank and r.pipeline_id = p.id offset 0) r
    ) w group by w.pipeline_id
  ), marked as (
    update pipelines p set queued_mask = p.queued_mask | h.bits from held h where p.id = any (touched) and p.id = h.id and p.state = 'active' and h.bits & ~p.queued_mask <> 0
    returning p.id, h.bits
  )
  select array_agg(id), array_agg(m.bits) into hit, masks from marked m;
  broken := broken || hit; bits := bits || masks; kinds := kinds || array_fill('unmarked'::text, array[coalesce(cardinality(hit), 0)]);

  select array_agg(f.id), array_agg(f.lost) into hit, masks from find_stuck(touched) f;
  if hit is not null then
    update pipelines p set queued_mask = p.queued_mask & ~s.lost from unnest(hit, masks) as s(id, lost) where p.id = any (hit) and p.id = s.id and s.lost <> 0;
    perform advance_pipelines(hit, null, null, null, null, now_);
    -- What was tried before is not forgotten.
    update ready r set attempt = 1 + e.failures + e.lost from (
      select k.class_ids[t.idx + 1] as class_id, p.rank, p.id, t.idx, t.failures, t.lost from unnest(hit, masks) as s(id, lost)
      cross join lateral (select p.id, p.rank, p.pack_id, p.generation from pipelines p where p.id = s.id offset 0) p
      cross join lateral (select class_ids from packs k where k.id = p.pack_id offset 0) k
      cross join lateral (select t.idx, t.failures, t.lost from tasks t where t.pipeline_id = p.id and t.generation = p.generation and s.lost & (1::bigint << t.idx) <> 0 offset 0) t
    ) e where r.class_id = e.class_id and r.rank = e.rank and r.pipeline_id = e.id and r.idx = e.idx;
    broken := broken || hit; bits := bits || masks; kinds := kinds || array_fill('stuck'::text, array[cardinality(hit)]);
  end if;

  return query
    with found as (
      select b.kind, b.id, count(*)::int as rows, bit_or(b.bits) as bits from unnest(kinds, broken, bits) as b(kind, id, bits) group by b.kind, b.id
    ), named as (
      select f.*, p.workspace, p.document, p.public_id, (select jsonb_agg(k.task_names[i] order by i) from packs k, generate_subscripts(k.task_names, 1) i
        where k.id = p.pack_id and f.bits & (1::bigint << (i - 1)) <> 0) as tasks
      from found f left join lateral (select p.*, p.done_mask | p.dead_mask | p.skipped_mask as ended_mask from pipelines p where p.id = f.id offset 0) p on true
    ), told as materialized (
      select n.*, add_event(n.workspace, 'queue.repaired', n.document, n.public_id, null, jsonb_build_object('what', n.kind, 'rows', n.rows, 'tasks', n.tasks, 'why',
        case n.kind
          when 'stuck' then case when n.bits = 0 then 'nobody had noticed that it could go on' else 'it was waiting, but in no queue' end
          when 'unmarked' then 'it was in a queue its pipeline did not know of'
          else case when n.public_id is null then 'its pipeline does not exist' else 'its pipeline or task had ended, or it was there twice' end end)) from named n
    )
    select t.kind, t.public_id, t.rows from told t;
end $$;

-- What remains of each day once its history is dropped. Pipelines are counted by how they ended, each time they did.
create table daily_totals (
  day             date not null,
  workspace       text not null,
  pack            text not null,
  documents       int not null,
  done            int not null,
  done_with_gaps  int not null,
  failed          int not null,
  cancelled       int not null,
  tasks_done      int not null,
  tasks_delayed   int not null,
  tasks_dead      int not null,
  tasks_released  int not null,
  tasks_cancelled int not null,
  -- Of the tries that did not go well, those whose container was lost.
  tasks_lost      int not null,
  -- Worked on tasks, in whatever way it ended.
  seconds         double precision not null,
  primary key (day, workspace, pack)
);
create table rolled_days (
  day       date primary key,
  rolled_at timestamptz not null default pl_now()
);

-- Once a day: a day that was rolled stays as it is, for its history may be gone already. False: it was.
create function roll_day(p_day date) returns boolean language plpgsql as $$
declare
  a timestamptz := p_day::timestamp at time zone 'utc';
  b timestamptz := (p_day + 1)::timestamp at time zone 'utc';
begin
  insert into rolled_days (day) values (p_day) on conflict do nothing;
  if not found then return false; end if;
  with said as materialized (
    select coalesce(e.pipeline_id, (select p.id from pipelines p where p.public_id = e.pipeline)) as id, m.value ->> 0 as type, m.value -> 2 as data
    from events e cross join lateral json_array_elements(case when e.type = 'moved' then e.data else json_build_array(json_build_array(e.type, null, e.data)) end) m
    where e.at >= a and e.at < b and e.type in ('moved', 'document.accepted', 'pipeline.finished', 'pipeline.cancelled')
  ), sums as (
    select id, count(*) filter (where type = 'document.accepted') as documents,
      count(*) filter (where type = 'pipeline.finished' and data ->> 'state' = 'done') as done,
      count(*) filter (where type = 'pipeline.finished' and data ->> 'state' = 'done_with_gaps') as done_with_gaps,
      count(*) filter (where type = 'pipeline.finished' and data ->> 'state' = 'failed') as failed,
      count(*) filter (where type = 'pipeline.cancelled') as cancelled,
      count(*) filter (where type = 'task.done') as tasks_done,
      0::bigint as tasks_delayed, 0::bigint as tasks_dead, 0::bigint as tasks_released, 0::bigint as tasks_cancelled, 0::bigint as tasks_lost,
      coalesce(sum((data ->> 'seconds')::double precision) filter (where type = 'task.done'), 0) as seconds
    from said group by id
    union all
    select pipeline_id, 0, 0, 0, 0, 0, 0, count(*) filter (where outcome = 'delayed'), count(*) filter (where outcome = 'dead'),
      count(*) filter (where outcome = 'released'), count(*) filter (where outcome = 'cancelled'), count(*) filter (where lost),
      sum(extract(epoch from ended_at - started_at))::double precision
    from attempts where ended_at >= a and ended_at < b group by pipeline_id
  )
  insert into daily_totals
  select p_day, p.workspace, k.name, sum(s.documents), sum(s.done), sum(s.done_with_gaps), sum(s.failed), sum(s.cancelled), sum(s.tasks_done), sum(s.tasks_delayed),
    sum(s.tasks_dead), sum(s.tasks_released), sum(s.tasks_cancelled), sum(s.tasks_lost), sum(s.seconds)
  from sums s join pipelines p on p.id = s.id join packs k on k.id = p.pack_id group by p.workspace, k.name;
  return true;
end $$;
