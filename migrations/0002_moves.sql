-- Every change of a task's or pipeline's state goes through apply_moves. Lock order: pipelines by
-- id, then delayed, ready, leases, which is the way a task goes; promotion and claim touch those
-- only, so none can deadlock.

create function add_event(p_workspace text, p_type text, p_document text, p_pipeline text, p_task text, p_data jsonb)
returns void language sql as $$
  insert into events (workspace, type, document, pipeline, task, data)
  values (p_workspace, p_type, p_document, p_pipeline, p_task, jsonb_strip_nulls(coalesce(p_data, '{}')))
$$;

-- Frees what may start, skips what never can, closes what has ended. The caller holds the row lock.
create function free_and_close(p_pipeline bigint) returns void language plpgsql as $$
declare
  p pipelines;
  k packs;
  doc text;
  fresh bigint := 0;
  gone bigint;
  ending text;
begin
  select * into p from pipelines where id = p_pipeline;
  if p.state <> 'active' then return; end if;
  select * into k from packs where id = p.pack_id;
  select public_id into doc from documents where id = p.document_id;

  -- Dependents of dead or skipped tasks can never run; packs list tasks in any order, hence the loop.
  loop
    gone := 0;
    for i in 1 .. cardinality(k.needs) loop
      if k.needs[i] & (p.dead_mask | p.skipped_mask) <> 0
         and (p.done_mask | p.dead_mask | p.skipped_mask) & (1::bigint << (i - 1)) = 0 then
        gone := gone | (1::bigint << (i - 1));
        perform add_event(p.workspace, 'task.skipped', doc, p.public_id, k.task_names[i], jsonb_build_object('because', 'a task it waits for failed'));
      end if;
    end loop;
    exit when gone = 0;
    p.skipped_mask := p.skipped_mask | gone;
  end loop;

  for i in 1 .. cardinality(k.needs) loop
    if (p.queued_mask | p.done_mask | p.dead_mask | p.skipped_mask) & (1::bigint << (i - 1)) = 0
       and k.needs[i] & ~p.done_mask = 0 then
      fresh := fresh | (1::bigint << (i - 1));
      insert into ready (class_id, priority, pipeline_id, idx, generation, attempt, workspace)
      values (k.class_ids[i], p.priority, p.id, i - 1, p.generation,
              1 + coalesce((select t.failures + t.lost from tasks t where t.pipeline_id = p.id and t.idx = i - 1 and t.generation = p.generation), 0),
              p.workspace);
    end if;
  end loop;
  p.queued_mask := p.queued_mask | fresh;

  if (p.done_mask | p.dead_mask | p.skipped_mask) = p.full_mask then
    ending := case
      when p.done_mask = p.full_mask and p.gap_mask = 0 then 'done'
      when p.done_mask = 0 then 'failed'
      else 'done_with_gaps' end;
    if ending <> 'done' then
      select t.failure into p.failure from tasks t where t.pipeline_id = p.id and t.failure is not null order by t.idx limit 1;
    end if;
    p.state := ending;
    p.finished_at := pl_now();
  end if;

  update pipelines set queued_mask = p.queued_mask, skipped_mask = p.skipped_mask, state = p.state,
         failure = case when p.finished_at is null then null else p.failure end, finished_at = p.finished_at
  where id = p.id;
  if p.finished_at is not null then
    -- What failed keeps its marks: its progress does not fall.
    delete from task_progress where pipeline_id = p.id and p.state <> 'failed';
    perform add_event(p.workspace, 'pipeline.finished', doc, p.public_id, null, jsonb_build_object(
      'state', p.state, 'seconds', extract(epoch from p.finished_at - p.created_at), 'engine', p.engine));
  end if;
end $$;

-- One move of one leased task; the caller holds the pipeline's lock. False: the lease is gone.
create function move_leased(p_move jsonb) returns boolean language plpgsql as $$
declare
  l leases;
  p pipelines;
  task text;
  doc text;
  kind text := p_move ->> 'kind';
  is_lost boolean := coalesce((p_move ->> 'lost')::boolean, false);
  bit bigint;
  took double precision;
begin
  -- A worker's move names its container too: one container cannot settle for another.
  delete from leases where epoch = (p_move ->> 'epoch')::bigint and id = (p_move ->> 'id')::bigint
    and container_id = coalesce(p_move ->> 'container', container_id) returning * into l;
  if not found then return false; end if;
  bit := 1::bigint << l.idx;
  took := extract(epoch from pl_now() - l.leased_at);
  select * into p from pipelines where id = l.pipeline_id;
  select k.task_names[l.idx + 1] into task from packs k where k.id = p.pack_id;
  select d.public_id into doc from documents d where d.id = p.document_id;

  insert into attempts (pipeline_id, idx, generation, attempt, workspace, container_id, epoch, lease_id, started_at, outcome, lost, failure)
  values (l.pipeline_id, l.idx, l.generation, l.attempt, l.workspace, l.container_id, l.epoch, l.id, l.leased_at,
          case kind when 'done' then 'done' when 'delay' then 'delayed' when 'dead' then 'dead' else 'released' end, is_lost, p_move -> 'failure');

  if kind = 'done' then
    insert into results (pipeline_id, idx, generation, workspace, result, engine, attempt)
    values (l.pipeline_id, l.idx, l.generation, l.workspace, p_move -> 'result', p_move -> 'engine', l.attempt);
    insert into tasks (pipeline_id, idx, generation, workspace, gaps, applicable, reason, container, engine, seconds, finished_at)
    values (l.pipeline_id, l.idx, l.generation, l.workspace,
            coalesce((select array_agg(g::int) from jsonb_array_elements_text(p_move -> 'gaps') g), '{}'),
            (p_move ->> 'applicable')::boolean, p_move ->> 'reason', l.container_id, p_move -> 'engine', took, pl_now())
    on conflict (pipeline_id, idx) do update set generation = excluded.generation, failure = null, gaps = excluded.gaps,
      applicable = excluded.applicable, reason = excluded.reason, container = excluded.container,
      engine = excluded.engine, seconds = excluded.seconds, finished_at = excluded.finished_at;
    delete from task_progress where pipeline_id = l.pipeline_id and idx = l.idx;
    update pipelines set done_mask = done_mask | bit, started_at = coalesce(started_at, l.leased_at), engine = coalesce(engine, p_move -> 'engine'),
      gap_mask = case when jsonb_array_length(coalesce(p_move -> 'gaps', '[]')) > 0 then gap_mask | bit else gap_mask end
    where id = l.pipeline_id;
    perform add_event(l.workspace, 'task.done', doc, p.public_id, task, jsonb_build_object('seconds', took, 'container', l.container_id,
      'gaps', p_move -> 'gaps', 'applicable', p_move -> 'applicable', 'reason', p_move -> 'reason'));
    return true;
  end if;

  if kind = 'release' then
    insert into ready (class_id, priority, seq, pipeline_id, idx, generation, attempt, workspace)
    values (l.class_id, l.priority, l.seq, l.pipeline_id, l.idx, l.generation, l.attempt, l.workspace);
    perform add_event(l.workspace, 'task.released', doc, p.public_id, task, jsonb_build_object('container', l.container_id));
    return true;
  end if;

  insert into tasks (pipeline_id, idx, generation, workspace, failures, lost, failure, container, finished_at)
  values (l.pipeline_id, l.idx, l.generation, l.workspace, (not is_lost)::int, is_lost::int, p_move -> 'failure', l.container_id,
          case when kind = 'dead' then pl_now() end)
  on conflict (pipeline_id, idx) do update set generation = excluded.generation,
    failures = tasks.failures + excluded.failures, lost = tasks.lost + excluded.lost,
    failure = excluded.failure, container = excluded.container, finished_at = excluded.finished_at;
  if kind = 'delay' then
    insert into delayed (pipeline_id, idx, generation, attempt, class_id, priority, workspace, run_at)
    values (l.pipeline_id, l.idx, l.generation, l.attempt + 1, l.class_id, l.priority, l.workspace,
            pl_now() + (p_move ->> 'afterMs')::double precision * interval '1 millisecond');
    update pipelines set started_at = coalesce(started_at, l.leased_at) where id = l.pipeline_id;
  else
    update pipelines set dead_mask = dead_mask | bit, started_at = coalesce(started_at, l.leased_at) where id = l.pipeline_id;
  end if;
  perform add_event(l.workspace, case kind when 'delay' then 'task.delayed' else 'task.dead' end, doc, p.public_id, task, jsonb_build_object(
    'code', p_move #>> '{failure,code}', 'detail', p_move #>> '{failure,detail}', 'attempt', l.attempt, 'lost', is_lost, 'container', l.container_id,
    'retryAt', case when kind = 'delay' then pl_now() + (p_move ->> 'afterMs')::double precision * interval '1 millisecond' end));
  return true;
end $$;

-- Ends a pipeline that has not ended; what is finished stays. False: nothing to cancel.
create function move_cancel(p_pipeline bigint, p_by text) returns boolean language plpgsql as $$
declare
  p pipelines;
begin
  select * into p from pipelines where id = p_pipeline;
  if p.state not in ('active', 'fetching') then return false; end if;
  -- The way a task goes: a promotion or claim in flight is waited for, and what it made is then seen.
  delete from delayed where pipeline_id = p.id;
  delete from ready where pipeline_id = p.id;
  with gone as (delete from leases where pipeline_id = p.id returning *)
  insert into attempts (pipeline_id, idx, generation, attempt, workspace, container_id, epoch, lease_id, started_at, outcome)
  select pipeline_id, idx, generation, attempt, workspace, container_id, epoch, id, leased_at, 'cancelled' from gone;
  update pipelines set state = 'cancelled', finished_at = pl_now() where id = p.id;
  perform add_event(p.workspace, 'pipeline.cancelled', (select public_id from documents where id = p.document_id), p.public_id, null, jsonb_build_object('by', p_by));
  return true;
end $$;

-- Opens again what failed, was skipped, was cancelled or has gaps, what stands on it, and what it
-- cannot start without. Finished work without gaps stays; where finished work is opened again, that
-- is a new generation.
create function retry_mask(p_pipeline bigint, p_from_mask bigint) returns bigint language plpgsql stable as $$
declare
  p pipelines;
  k packs;
  mask bigint;
  grown bigint;
begin
  select * into p from pipelines where id = p_pipeline;
  select * into k from packs where id = p.pack_id;
  if p.state in ('active', 'fetching') then
    mask := p.dead_mask | p.skipped_mask;
  else
    mask := (p.full_mask & ~p.done_mask) | p.gap_mask;
  end if;
  if p_from_mask is not null then mask := mask & p_from_mask; end if;
  if mask = 0 then return 0; end if;
  -- A pipeline that goes on goes on as a whole: what it was cancelled before is not left behind.
  if p.finished_at is not null then mask := mask | (p.full_mask & ~(p.done_mask | p.dead_mask | p.skipped_mask)); end if;
  loop
    grown := mask;
    for i in 1 .. cardinality(k.needs) loop
      if k.needs[i] & mask <> 0 then grown := grown | (1::bigint << (i - 1)); end if;
      if mask & (1::bigint << (i - 1)) <> 0 then grown := grown | (k.needs[i] & (p.dead_mask | p.skipped_mask)); end if;
    end loop;
    exit when grown = mask;
    mask := grown;
  end loop;
  return mask;
end $$;

create function move_retry(p_pipeline bigint, p_from_mask bigint, p_by text) returns boolean language plpgsql as $$
declare
  p pipelines;
  mask bigint := retry_mask(p_pipeline, p_from_mask);
begin
  if mask = 0 then return false; end if;
  select * into p from pipelines where id = p_pipeline;
  if mask & p.done_mask <> 0 then p.generation := p.generation + 1; end if;
  update tasks set failures = 0, lost = 0, failure = null, gaps = '{}', finished_at = null, applicable = null, reason = null
  where pipeline_id = p.id and mask & (1::bigint << idx) <> 0;
  delete from slide_failures where pipeline_id = p.id and mask & (1::bigint << idx) <> 0;
  -- Without a file there is nothing to work on yet: it is fetched again.
  update pipelines set state = case when (select sha256 from documents where id = p.document_id) is null then 'fetching' else 'active' end,
    finished_at = null, failure = null, generation = p.generation,
    queued_mask = queued_mask & ~mask, done_mask = done_mask & ~mask, dead_mask = dead_mask & ~mask,
    skipped_mask = skipped_mask & ~mask, gap_mask = gap_mask & ~mask
  where id = p.id;
  perform add_event(p.workspace, 'pipeline.retried', (select public_id from documents where id = p.document_id), p.public_id, null, jsonb_build_object(
    'by', p_by, 'generation', p.generation, 'tasks', (select jsonb_agg(k.task_names[i + 1] order by i) from packs k, generate_series(0, cardinality(k.task_names) - 1) i
      where k.id = p.pack_id and mask & (1::bigint << i) <> 0)));
  return true;
end $$;

-- fetching -> active with what was found at the source, or -> failed with the reason.
create function move_fetched(p_move jsonb) returns boolean language plpgsql as $$
declare
  p pipelines;
begin
  select * into p from pipelines where id = (p_move ->> 'pipeline')::bigint;
  if p.state is distinct from 'fetching' then return false; end if;
  if p_move ->> 'kind' = 'unfetchable' then
    update pipelines set state = 'failed', finished_at = pl_now(), failure = p_move -> 'failure' where id = p.id;
    perform add_event(p.workspace, 'pipeline.finished', (select public_id from documents where id = p.document_id), p.public_id, null,
      jsonb_build_object('state', 'failed', 'seconds', extract(epoch from pl_now() - p.created_at)));
  else
    update documents set sha256 = p_move ->> 'sha256', bytes = (p_move ->> 'bytes')::bigint, pages = (p_move ->> 'pages')::int
    where id = p.document_id;
    update pipelines set state = 'active' where id = p.id;
  end if;
  return true;
end $$;

-- The choke point. Moves: {kind: done|delay|dead|release, epoch, id, ...} of a lease, or
-- {kind: cancel|retry|fetched|unfetchable, pipeline, ...} of a pipeline (internal id). One answer a move, in order.
create function apply_moves(p_moves jsonb) returns table (n int, accepted boolean) language plpgsql as $$
declare
  touched bigint[];
  move jsonb;
  pipeline bigint;
begin
  select array_agg(distinct t.id) into touched from (
    select (m ->> 'pipeline')::bigint as id from jsonb_array_elements(p_moves) m where m ? 'pipeline'
    union
    select l.pipeline_id from jsonb_array_elements(p_moves) m join leases l on l.epoch = (m ->> 'epoch')::bigint and l.id = (m ->> 'id')::bigint
  ) t;
  perform 1 from pipelines where id = any (touched) order by id for no key update;
  n := 0;
  for move in select * from jsonb_array_elements(p_moves) loop
    accepted := case move ->> 'kind'
      when 'cancel' then move_cancel((move ->> 'pipeline')::bigint, move ->> 'by')
      when 'fetched' then move_fetched(move)
      when 'unfetchable' then move_fetched(move)
      when 'retry' then move_retry((move ->> 'pipeline')::bigint, (move ->> 'fromMask')::bigint, move ->> 'by')
      else move_leased(move) end;
    return next;
    n := n + 1;
  end loop;
  foreach pipeline in array coalesce((select array_agg(t order by t) from unnest(touched) t), '{}') loop
    perform free_and_close(pipeline);
  end loop;
end $$;

-- delayed -> ready when its time has come. Locks only the rows it takes.
create function promote_delayed(p_limit int default 1000) returns int language plpgsql as $$
declare
  moved int;
begin
  with due as (
    select pipeline_id, idx from delayed where run_at <= pl_now() order by run_at limit p_limit for update skip locked
  ), taken as (
    delete from delayed d using due where d.pipeline_id = due.pipeline_id and d.idx = due.idx returning d.*
  )
  insert into ready (class_id, priority, pipeline_id, idx, generation, attempt, workspace)
  select class_id, priority, pipeline_id, idx, generation, attempt, workspace from taken;
  get diagnostics moved = row_count;
  return moved;
end $$;

-- Hands tasks to a container: first of pipelines it already holds, then new ones while it may hold
-- more and is not draining. A silent one gets nothing. One claim at a time per container.
create function claim_tasks(p_container text, p_epoch bigint, p_limit int) returns setof leases language plpgsql as $$
declare
  c processing_servers;
  held bigint[];
  r ready;
  l leases;
  k packs;
begin
  select * into c from processing_servers where id = p_container and ended_at is null and expires_at > pl_now() for no key update;
  if not found or c.status not in ('ready', 'draining') then return; end if;
  select coalesce(array_agg(distinct pipeline_id), '{}') into held from leases where container_id = c.id;
  for taken in 1 .. least(p_limit, c.slots - (select count(*)::int from leases where container_id = c.id)) loop
    select * into r from ready where class_id = any (c.class_ids) and pipeline_id = any (held)
      order by priority desc, seq limit 1 for update skip locked;
    if not found and not c.drain and c.status = 'ready' and cardinality(held) < c.max_concurrent_pipelines then
      select * into r from ready where class_id = any (c.class_ids)
        order by priority desc, seq limit 1 for update skip locked;
    end if;
    exit when r.pipeline_id is null;
    delete from ready where class_id = r.class_id and priority = r.priority and seq = r.seq;
    select pk.* into k from packs pk join pipelines p on p.pack_id = pk.id where p.id = r.pipeline_id;
    insert into leases (epoch, pipeline_id, idx, generation, attempt, class_id, priority, seq, workspace, container_id, deadline_at, stall_ms)
    values (p_epoch, r.pipeline_id, r.idx, r.generation, r.attempt, r.class_id, r.priority, r.seq, r.workspace, c.id,
            pl_now() + k.timeout_ms[r.idx + 1] * interval '1 millisecond', k.stall_ms[r.idx + 1])
    returning * into l;
    perform add_event(l.workspace, 'task.leased', d.public_id, p.public_id, k.task_names[l.idx + 1],
      jsonb_build_object('container', c.server_type || '-' || c.replica, 'attempt', l.attempt))
    from pipelines p join documents d on d.id = p.document_id where p.id = l.pipeline_id;
    if l.pipeline_id <> all (held) then held := array_append(held, l.pipeline_id); end if;
    return next l;
    r := null;
  end loop;
end $$;

-- Fenced: false when the lease is gone, and then nothing has changed.
create function report_progress(p_container text, p_epoch bigint, p_id bigint, p_fraction double precision, p_done int, p_total int)
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
  perform add_event(l.workspace, 'task.progress', d.public_id, p.public_id, k.task_names[l.idx + 1],
    jsonb_build_object('fraction', p_fraction, 'done', p_done, 'total', p_total))
  from pipelines p join documents d on d.id = p.document_id join packs k on k.id = p.pack_id where p.id = l.pipeline_id;
  return true;
end $$;

-- A finished slide, readable at once; fenced like every write of a worker.
create function save_slide(p_container text, p_epoch bigint, p_id bigint, p_recipe text, p_slide int, p_result jsonb, p_seconds double precision)
returns boolean language plpgsql as $$
declare
  l leases;
begin
  update leases set progressed_at = pl_now() where epoch = p_epoch and id = p_id and container_id = p_container returning * into l;
  if not found then return false; end if;
  insert into visual_results (workspace, sha256, recipe, slide, result, pipeline_id, container, seconds)
  select l.workspace, d.sha256, p_recipe, p_slide, p_result, p.id, p_container, p_seconds
  from pipelines p join documents d on d.id = p.document_id where p.id = l.pipeline_id
  on conflict (workspace, sha256, recipe, slide) do nothing;
  delete from slide_failures where pipeline_id = l.pipeline_id and idx = l.idx and slide = p_slide;
  perform add_event(l.workspace, 'slide.done', d.public_id, p.public_id, k.task_names[l.idx + 1],
    jsonb_build_object('slide', p_slide, 'seconds', p_seconds, 'container', p_container))
  from pipelines p join documents d on d.id = p.document_id join packs k on k.id = p.pack_id where p.id = l.pipeline_id;
  return true;
end $$;

create function save_slide_failure(p_container text, p_epoch bigint, p_id bigint, p_slide int, p_failure jsonb)
returns boolean language plpgsql as $$
declare
  l leases;
begin
  update leases set progressed_at = pl_now() where epoch = p_epoch and id = p_id and container_id = p_container returning * into l;
  if not found then return false; end if;
  insert into slide_failures (pipeline_id, idx, generation, slide, failure) values (l.pipeline_id, l.idx, l.generation, p_slide, p_failure)
  on conflict (pipeline_id, idx, generation, slide) do update set failure = excluded.failure;
  perform add_event(l.workspace, 'slide.failed', d.public_id, p.public_id, k.task_names[l.idx + 1],
    jsonb_build_object('slide', p_slide, 'code', p_failure ->> 'code', 'detail', p_failure ->> 'detail'))
  from pipelines p join documents d on d.id = p.document_id join packs k on k.id = p.pack_id where p.id = l.pipeline_id;
  return true;
end $$;

-- What each task of each open or ended pipeline is now, in the words of the life cycle.
create view task_states as
  select p.id as pipeline_id, i.idx::smallint as idx, k.task_names[i.idx + 1] as task,
    case
      when p.done_mask & (1::bigint << i.idx) <> 0 then 'done'
      when p.dead_mask & (1::bigint << i.idx) <> 0 then 'dead'
      when p.skipped_mask & (1::bigint << i.idx) <> 0 then 'skipped'
      when p.finished_at is not null then 'cancelled'
      when exists (select 1 from leases l where l.pipeline_id = p.id and l.idx = i.idx) then 'leased'
      when exists (select 1 from ready r where r.pipeline_id = p.id and r.idx = i.idx) then 'ready'
      when exists (select 1 from delayed d where d.pipeline_id = p.id and d.idx = i.idx) then 'delayed'
      else 'blocked' end as state
  from pipelines p join packs k on k.id = p.pack_id
  cross join lateral generate_series(0, cardinality(k.task_names) - 1) as i(idx);
