-- The doors of state changes over the new tables. Tasks that went well are settled by the set (0005); all other moves are
-- rare and are made one by one.

drop function apply_moves(jsonb);
drop function move_leased(jsonb);
drop function free_and_close(bigint);
drop function promote_delayed(int);

-- One move of one leased task that did not go well; the caller holds the pipeline's lock. False: the lease is gone.
create function move_leased(p_move jsonb) returns boolean language plpgsql set enable_seqscan = off set plan_cache_mode = force_generic_plan set jit = off as $$
declare
  l leases;
  p pipelines;
  task text;
  kind text := p_move ->> 'kind';
  is_lost boolean := coalesce((p_move ->> 'lost')::boolean, false);
  bit bigint;
  again timestamptz;
begin
  -- A worker's move names its container too: one container cannot settle for another.
  delete from leases where epoch = (p_move ->> 'epoch')::bigint and id = (p_move ->> 'id')::bigint
    and container_id = coalesce(p_move ->> 'container', container_id) returning * into l;
  if not found then return false; end if;
  bit := 1::bigint << l.idx;
  select * into p from pipelines where id = l.pipeline_id;
  select k.task_names[l.idx + 1] into task from packs k where k.id = p.pack_id;

  insert into attempts (pipeline_id, idx, generation, attempt, container_id, epoch, lease_id, started_at, outcome, lost, failure)
  values (l.pipeline_id, l.idx, l.generation, l.attempt, l.container_id, l.epoch, l.id, l.leased_at,
          case kind when 'delay' then 'delayed' when 'dead' then 'dead' else 'released' end, is_lost, p_move -> 'failure');

  if kind = 'release' then
    insert into ready (class_id, rank, pipeline_id, idx, generation, attempt)
    values (l.class_id, p.rank, l.pipeline_id, l.idx, l.generation, l.attempt);
    perform add_event(p.workspace, 'task.released', p.document, p.public_id, task, jsonb_build_object('container', l.container_id));
    return true;
  end if;

  insert into tasks (pipeline_id, idx, generation, failures, lost, failure, container, finished_at)
  values (l.pipeline_id, l.idx, l.generation, (not is_lost)::int, is_lost::int, p_move -> 'failure', l.container_id,
          case when kind = 'dead' then pl_now() end)
  on conflict (pipeline_id, idx) do update set generation = excluded.generation,
    failures = tasks.failures + excluded.failures, lost = tasks.lost + excluded.lost,
    failure = excluded.failure, container = excluded.container, finished_at = excluded.finished_at;
  if kind = 'delay' then
    again := pl_now() + (p_move ->> 'afterMs')::double precision * interval '1 millisecond';
    insert into delayed (pipeline_id, idx, generation, attempt, class_id, run_at)
    values (l.pipeline_id, l.idx, l.generation, l.attempt + 1, l.class_id, again);
    update pipelines set started_at = coalesce(started_at, l.leased_at) where id = l.pipeline_id;
  else
    update pipelines set dead_mask = dead_mask | bit, started_at = coalesce(started_at, l.leased_at) where id = l.pipeline_id;
  end if;
  perform add_event(p.workspace, case kind when 'delay' then 'task.delayed' else 'task.dead' end, p.document, p.public_id, task, jsonb_build_object(
    'code', p_move #>> '{failure,code}', 'detail', p_move #>> '{failure,detail}', 'attempt', l.attempt, 'lost', is_lost, 'container', l.container_id,
    'retryAt', again));
  return true;
end $$;

-- Ends a pipeline that has not ended; what is finished stays. False: nothing to cancel.
create or replace function move_cancel(p_pipeline bigint, p_by text) returns boolean language plpgsql set enable_seqscan = off set plan_cache_mode = force_generic_plan set jit = off as $$
declare
  p pipelines;
begin
  select * into p from pipelines where id = p_pipeline;
  if p.state is null or p.state not in ('active', 'fetching') then return false; end if;
  -- The way a task goes: a promotion or claim in flight is waited for, and what it made is then seen.
  delete from delayed where pipeline_id = p.id;
  delete from ready r using packs k where k.id = p.pack_id and r.class_id = any (k.class_ids) and r.rank = p.rank and r.pipeline_id = p.id;
  with gone as (delete from leases where pipeline_id = p.id returning *)
  insert into attempts (pipeline_id, idx, generation, attempt, container_id, epoch, lease_id, started_at, outcome)
  select pipeline_id, idx, generation, attempt, container_id, epoch, id, leased_at, 'cancelled' from gone;
  update pipelines set state = 'cancelled', finished_at = pl_now() where id = p.id;
  perform add_event(p.workspace, 'pipeline.cancelled', p.document, p.public_id, null, jsonb_build_object('by', p_by));
  return true;
end $$;

create or replace function move_retry(p_pipeline bigint, p_from_mask bigint, p_by text) returns boolean language plpgsql as $$
declare
  p pipelines;
  mask bigint := retry_mask(p_pipeline, p_from_mask);
begin
  if coalesce(mask, 0) = 0 then return false; end if;
  select * into p from pipelines where id = p_pipeline;
  if mask & p.done_mask <> 0 then p.generation := p.generation + 1; end if;
  update tasks set failures = 0, lost = 0, failure = null, finished_at = null
  where pipeline_id = p.id and mask & (1::bigint << idx) <> 0;
  delete from slide_failures where pipeline_id = p.id and mask & (1::bigint << idx) <> 0;
  -- Without a file there is nothing to work on yet: it is fetched again.
  update pipelines set state = case when (select sha256 from documents where id = p.document_id) is null then 'fetching' else 'active' end,
    finished_at = null, failure = null, generation = p.generation,
    queued_mask = queued_mask & ~mask, done_mask = done_mask & ~mask, dead_mask = dead_mask & ~mask,
    skipped_mask = skipped_mask & ~mask, gap_mask = gap_mask & ~mask
  where id = p.id;
  perform add_event(p.workspace, 'pipeline.retried', p.document, p.public_id, null, jsonb_build_object(
    'by', p_by, 'generation', p.generation, 'tasks', (select jsonb_agg(k.task_names[i + 1] order by i) from packs k, generate_series(0, cardinality(k.task_names) - 1) i
      where k.id = p.pack_id and mask & (1::bigint << i) <> 0)));
  return true;
end $$;

-- The choke point of all moves that are not made by a turn. Moves: {kind: done|delay|dead|release, epoch, id, ...} of a lease, or
-- {kind: cancel|retry|fetched|unfetchable, pipeline, ...} of a pipeline (internal id). One answer a move, in order.
create function apply_moves(p_moves jsonb) returns table (n int, accepted boolean) language plpgsql set enable_seqscan = off set plan_cache_mode = force_generic_plan set jit = off as $$
declare
  now_ timestamptz := pl_now();
  touched bigint[];
  fine jsonb;
  places int[];
  settled record;
  kept int[];
  move jsonb;
begin
  select array_agg(distinct t.id) into touched from (
    select (m ->> 'pipeline')::bigint as id from jsonb_array_elements(p_moves) m where m ? 'pipeline'
    union
    select l.pipeline_id from jsonb_array_elements(p_moves) m cross join lateral (select l.pipeline_id from leases l where l.id = (m ->> 'id')::bigint and l.epoch = (m ->> 'epoch')::bigint offset 0) l
  ) t;
  perform 1 from unnest(touched) t cross join lateral (select 1 from pipelines p where p.id = t for no key update) p;
  select jsonb_agg(m.move order by m.at), array_agg(m.at::int - 1 order by m.at) into fine, places
  from jsonb_array_elements(p_moves) with ordinality as m(move, at) where m.move ->> 'kind' = 'done';
  if fine is not null then
    settled := settle_done(array(select (m ->> 'id')::bigint from jsonb_array_elements(fine) m), fine, now_);
    kept := settled.accepted;
    perform advance_pipelines(settled.ids, settled.bits, settled.gaps, settled.starts, settled.engines, now_, settled.said);
  end if;
  n := 0;
  for move in select * from jsonb_array_elements(p_moves) loop
    accepted := case move ->> 'kind'
      when 'done' then array_position(places, n) = any (kept)
      when 'cancel' then move_cancel((move ->> 'pipeline')::bigint, move ->> 'by')
      when 'fetched' then move_fetched(move)
      when 'unfetchable' then move_fetched(move)
      when 'retry' then move_retry((move ->> 'pipeline')::bigint, (move ->> 'fromMask')::bigint, move ->> 'by')
      else move_leased(move) end;
    accepted := coalesce(accepted, false);
    return next;
    n := n + 1;
  end loop;
  perform advance_pipelines(touched, null, null, null, null, now_);
end $$;

-- delayed -> ready when its time has come. Locks only the rows it takes.
create function promote_delayed(p_limit int default 1000) returns int language plpgsql set enable_seqscan = off set plan_cache_mode = force_generic_plan set jit = off as $$
declare
  moved int;
begin
  with due as materialized (
    select pipeline_id, idx from delayed where run_at <= pl_now() order by run_at limit p_limit for update skip locked
  ), taken as (
    delete from delayed d using due where d.pipeline_id = due.pipeline_id and d.idx = due.idx returning d.*
  )
  insert into ready (class_id, rank, pipeline_id, idx, generation, attempt)
  select t.class_id, p.rank, t.pipeline_id, t.idx, t.generation, t.attempt from taken t join pipelines p on p.id = t.pipeline_id;
  get diagnostics moved = row_count;
  return moved;
end $$;

-- Fenced: false when the lease is gone, and then nothing has changed.
create or replace function report_progress(p_container text, p_epoch bigint, p_id bigint, p_fraction double precision, p_done int, p_total int)
returns boolean language plpgsql as $$
declare
  l leases;
begin
  update leases set progressed_at = pl_now() where epoch = p_epoch and id = p_id and container_id = p_container returning * into l;
  if not found then return false; end if;
  insert into task_progress as t (pipeline_id, idx, generation, fraction, done, total)
  values (l.pipeline_id, l.idx, l.generation, p_fraction, p_done, p_total)
  on conflict (pipeline_id, idx, generation) do update set fraction = greatest(t.fraction, excluded.fraction),
    done = greatest(t.done, excluded.done), total = coalesce(excluded.total, t.total), updated_at = pl_now();
  perform add_event(p.workspace, 'task.progress', p.document, p.public_id, k.task_names[l.idx + 1],
    jsonb_build_object('fraction', p_fraction, 'done', p_done, 'total', p_total))
  from pipelines p join packs k on k.id = p.pack_id where p.id = l.pipeline_id;
  return true;
end $$;

-- A finished slide, readable at once; fenced like every write of a worker.
create or replace function save_slide(p_container text, p_epoch bigint, p_id bigint, p_recipe text, p_slide int, p_result jsonb, p_seconds double precision)
returns boolean language plpgsql as $$
declare
  l leases;
begin
  update leases set progressed_at = pl_now() where epoch = p_epoch and id = p_id and container_id = p_container returning * into l;
  if not found then return false; end if;
  insert into visual_results (workspace, sha256, recipe, slide, result, pipeline_id, container, seconds)
  select p.workspace, d.sha256, p_recipe, p_slide, p_result, p.id, p_container, p_seconds
  from pipelines p join documents d on d.id = p.document_id where p.id = l.pipeline_id
  on conflict (workspace, sha256, recipe, slide) do nothing;
  delete from slide_failures where pipeline_id = l.pipeline_id and idx = l.idx and slide = p_slide;
  perform add_event(p.workspace, 'slide.done', p.document, p.public_id, k.task_names[l.idx + 1],
    jsonb_build_object('slide', p_slide, 'seconds', p_seconds, 'container', p_container))
  from pipelines p join packs k on k.id = p.pack_id where p.id = l.pipeline_id;
  return true;
end $$;

create or replace function save_slide_failure(p_container text, p_epoch bigint, p_id bigint, p_slide int, p_failure jsonb)
returns boolean language plpgsql as $$
declare
  l leases;
begin
  update leases set progressed_at = pl_now() where epoch = p_epoch and id = p_id and container_id = p_container returning * into l;
  if not found then return false; end if;
  insert into slide_failures (pipeline_id, idx, generation, slide, failure) values (l.pipeline_id, l.idx, l.generation, p_slide, p_failure)
  on conflict (pipeline_id, idx, generation, slide) do update set failure = excluded.failure;
  perform add_event(p.workspace, 'slide.failed', p.document, p.public_id, k.task_names[l.idx + 1],
    jsonb_build_object('slide', p_slide, 'code', p_failure ->> 'code', 'detail', p_failure ->> 'detail'))
  from pipelines p join packs k on k.id = p.pack_id where p.id = l.pipeline_id;
  return true;
end $$;

-- As of 0001, and into the form of 0004.
create or replace function add_event(p_workspace text, p_type text, p_document text, p_pipeline text, p_task text, p_data jsonb)
returns void language sql as $$
  insert into events (workspace, type, document, pipeline, task, data)
  values (p_workspace, p_type, p_document, p_pipeline, p_task, jsonb_strip_nulls(coalesce(p_data, '{}'))::json)
$$;

-- The next task for a registered container, or no row.
create function get_next_processing_task(p_server_id text)
returns table (lease text, pipeline_id text, document_sha256 text, task text, attempt int, deadline timestamptz) language sql as $$
  select e.epoch || '-' || (l ->> 0), p.public_id, d.sha256, k.task_names[(l ->> 3)::int + 1], (l ->> 5)::int, (l ->> 7)::timestamptz
  from (select max(epoch) as epoch from epochs) e
  cross join lateral take_turn(e.epoch, '{}', null, array[p_server_id], array[1], array[0]::bigint[]) t
  cross join lateral unnest(t.granted) g cross join lateral json_array_elements(g) l
  join pipelines p on p.id = (l ->> 2)::bigint join documents d on d.id = p.document_id join packs k on k.id = p.pack_id
$$;
