-- Recovery: rerun as a new generation, rounds of attempts, quarantine of a document that kills containers.
-- docs/explanation/queue.md says what each is; the pure twins are core/pipeline/retry and core/pipeline/reopen.

-- When a retry or rerun last opened it: containers lost before that are forgiven.
alter table pipelines add column opened_at timestamptz;
-- Why nothing of it is tried again by itself: of all its failures, the one that ended it.
alter table pipelines add column quarantine jsonb;
-- Set by a rerun: slides of an older generation, or of another pipeline, do not count for this task any more.
alter table tasks add column slides_since int;

-- A rerun reads a slide again, and what was read before stays.
alter table visual_results add column generation int not null default 1;
alter table visual_results drop constraint visual_results_pkey,
  add primary key (workspace, sha256, recipe, slide, pipeline_id, generation);

-- Takes everything of a pipeline that waits or runs out of the queue, in the way a task goes: a promotion or claim in flight
-- is waited for, and what it made is then seen.
create function take_out(p pipelines) returns void language plpgsql set enable_seqscan = off set plan_cache_mode = force_generic_plan set jit = off as $$
begin
  delete from delayed where pipeline_id = p.id;
  delete from ready r using packs k where k.id = p.pack_id and r.class_id = any (k.class_ids) and r.rank = p.rank and r.pipeline_id = p.id;
  with gone as (delete from leases where pipeline_id = p.id returning *)
  insert into attempts (pipeline_id, idx, generation, attempt, container_id, epoch, lease_id, started_at, outcome)
  select pipeline_id, idx, generation, attempt, container_id, epoch, id, leased_at, 'cancelled' from gone;
end $$;

-- Ends a pipeline that has not ended; what is finished stays. False: nothing to cancel.
create or replace function move_cancel(p_pipeline bigint, p_by text) returns boolean language plpgsql set enable_seqscan = off set plan_cache_mode = force_generic_plan set jit = off as $$
declare
  p pipelines;
begin
  select * into p from pipelines where id = p_pipeline;
  if p.state is null or p.state not in ('active', 'fetching') then return false; end if;
  perform take_out(p);
  update pipelines set state = 'cancelled', finished_at = pl_now() where id = p.id;
  perform add_event(p.workspace, 'pipeline.cancelled', p.document, p.public_id, null, jsonb_build_object('by', p_by));
  return true;
end $$;

-- The document is suspected of killing containers: what waits or runs is taken back, and all that is not finished is skipped.
-- The caller has marked the task that was lost as dead, and closes the pipeline afterwards.
create function stop_suspect(p_pipeline bigint, p_task text, p_failure jsonb, p_data jsonb) returns void language plpgsql as $$
declare
  p pipelines;
  k packs;
  left_over bigint;
begin
  select * into p from pipelines where id = p_pipeline;
  select * into k from packs where id = p.pack_id;
  perform take_out(p);
  left_over := p.full_mask & ~(p.done_mask | p.dead_mask | p.skipped_mask);
  update pipelines set skipped_mask = skipped_mask | left_over, quarantine = p_failure where id = p.id;
  perform add_event(p.workspace, 'pipeline.quarantined', p.document, p.public_id, p_task, p_data);
  perform add_event(p.workspace, 'task.skipped', p.document, p.public_id, k.task_names[i + 1], '{"because": "the document is in quarantine"}')
  from generate_series(0, cardinality(k.task_names) - 1) i where left_over & (1::bigint << i) <> 0;
end $$;

-- One move of one leased task that did not go well; the caller holds the pipeline's lock. False: the lease is gone.
create or replace function move_leased(p_move jsonb) returns boolean language plpgsql set enable_seqscan = off set plan_cache_mode = force_generic_plan set jit = off as $$
declare
  l leases;
  p pipelines;
  task text;
  kind text := p_move ->> 'kind';
  is_lost boolean := coalesce((p_move ->> 'lost')::boolean, false);
  bit bigint;
  again timestamptz;
  told jsonb;
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
          case kind when 'delay' then 'delayed' when 'release' then 'released' else 'dead' end, is_lost, p_move -> 'failure');

  if kind = 'release' then
    insert into ready (class_id, rank, pipeline_id, idx, generation, attempt)
    values (l.class_id, p.rank, l.pipeline_id, l.idx, l.generation, l.attempt);
    perform add_event(p.workspace, 'task.released', p.document, p.public_id, task, jsonb_build_object('container', l.container_id));
    return true;
  end if;

  insert into tasks (pipeline_id, idx, generation, failures, lost, failure, container, finished_at)
  values (l.pipeline_id, l.idx, l.generation, (not is_lost)::int, is_lost::int, p_move -> 'failure', l.container_id,
          case when kind <> 'delay' then pl_now() end)
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
  told := jsonb_build_object('code', p_move #>> '{failure,code}', 'detail', p_move #>> '{failure,detail}', 'attempt', l.attempt,
    'lost', is_lost, 'container', l.container_id, 'retryAt', again, 'round', p_move -> 'round');
  perform add_event(p.workspace, case kind when 'delay' then 'task.delayed' else 'task.dead' end, p.document, p.public_id, task, told);
  if kind = 'quarantine' then perform stop_suspect(p.id, task, p_move -> 'failure', told); end if;
  return true;
end $$;

-- The tasks of a mask in the order of the pack, for an event.
create function named_tasks(p_pack int, p_mask bigint) returns jsonb language sql stable as $$
  select jsonb_agg(k.task_names[i + 1] order by i) from packs k, generate_series(0, cardinality(k.task_names) - 1) i
  where k.id = p_pack and p_mask & (1::bigint << i) <> 0
$$;

-- Opens tasks again, whatever they are. Without a file there is nothing to work on yet: it is fetched again.
create function open_again(p_pipeline bigint, p_mask bigint, p_generation int, p_event text, p_by text) returns void language plpgsql as $$
begin
  delete from slide_failures where pipeline_id = p_pipeline and p_mask & (1::bigint << idx) <> 0;
  update pipelines p set state = case when (select sha256 from documents where id = p.document_id) is null then 'fetching' else 'active' end,
    finished_at = null, failure = null, quarantine = null, opened_at = pl_now(), generation = p_generation,
    queued_mask = queued_mask & ~p_mask, done_mask = done_mask & ~p_mask, dead_mask = dead_mask & ~p_mask,
    skipped_mask = skipped_mask & ~p_mask, gap_mask = gap_mask & ~p_mask
  where p.id = p_pipeline;
  perform add_event(p.workspace, p_event, p.document, p.public_id, null, jsonb_build_object(
    'by', p_by, 'generation', p_generation, 'tasks', named_tasks(p.pack_id, p_mask)))
  from pipelines p where p.id = p_pipeline;
end $$;

create or replace function move_retry(p_pipeline bigint, p_from_mask bigint, p_by text) returns boolean language plpgsql as $$
declare
  p pipelines;
  mask bigint := retry_mask(p_pipeline, p_from_mask);
begin
  if coalesce(mask, 0) = 0 then return false; end if;
  select * into p from pipelines where id = p_pipeline;
  update tasks set failures = 0, lost = 0, failure = null, finished_at = null
  where pipeline_id = p.id and mask & (1::bigint << idx) <> 0;
  perform open_again(p.id, mask, p.generation + (mask & p.done_mask <> 0)::int, 'pipeline.retried', p_by);
  return true;
end $$;

-- The tasks a rerun opens: those asked for, with what stands on them and what they cannot start without. busy: those of them that
-- wait or run, for which it is refused. Mask 0: nothing has ended there yet.
create function rerun_mask(p_pipeline bigint, p_from_mask bigint, out mask bigint, out busy bigint) language plpgsql stable as $$
declare
  p pipelines;
  k packs;
  ended bigint;
  grown bigint;
begin
  mask := 0;
  busy := 0;
  select * into p from pipelines where id = p_pipeline;
  if p.state is null or p.state = 'fetching' then return; end if;
  select * into k from packs where id = p.pack_id;
  ended := p.done_mask | p.dead_mask | p.skipped_mask;
  mask := coalesce(p_from_mask, p.full_mask) & p.full_mask;
  if mask = 0 or (p.finished_at is null and mask & ended = 0) then
    mask := 0;
    return;
  end if;
  -- A pipeline that goes on goes on as a whole, as in retry_mask.
  if p.finished_at is not null then mask := mask | (p.full_mask & ~ended); end if;
  loop
    grown := mask;
    for i in 1 .. cardinality(k.needs) loop
      if k.needs[i] & mask <> 0 then grown := grown | (1::bigint << (i - 1)); end if;
      if mask & (1::bigint << (i - 1)) <> 0 then grown := grown | (k.needs[i] & (p.dead_mask | p.skipped_mask)); end if;
    end loop;
    exit when grown = mask;
    mask := grown;
  end loop;
  if p.finished_at is null then busy := mask & p.queued_mask & ~ended; end if;
end $$;

-- Does again what has ended, as a new generation; results of the older one stay beside the new ones.
create function move_rerun(p_pipeline bigint, p_from_mask bigint, p_by text) returns boolean language plpgsql as $$
declare
  p pipelines;
  asked record := rerun_mask(p_pipeline, p_from_mask);
begin
  if asked.mask = 0 or asked.busy <> 0 then return false; end if;
  select * into p from pipelines where id = p_pipeline;
  insert into tasks (pipeline_id, idx, generation, slides_since)
  select p.id, i, p.generation + 1, p.generation + 1 from generate_series(0, 62) i where asked.mask & (1::bigint << i) <> 0
  on conflict (pipeline_id, idx) do update set generation = excluded.generation, slides_since = excluded.slides_since,
    failures = 0, lost = 0, failure = null, container = null, finished_at = null;
  delete from task_progress where pipeline_id = p.id and asked.mask & (1::bigint << idx) <> 0;
  -- Another engine may read it this time.
  if asked.mask = p.full_mask then update pipelines set engine = null where id = p.id; end if;
  perform open_again(p.id, asked.mask, p.generation + 1, 'pipeline.rerun', p_by);
  return true;
end $$;

-- The choke point of all moves that are not made by a turn. Moves: {kind: done|delay|dead|quarantine|release, epoch, id, ...} of a lease,
-- or {kind: cancel|retry|rerun|fetched|unfetchable, pipeline, ...} of a pipeline (internal id). One answer a move, in order.
create or replace function apply_moves(p_moves jsonb) returns table (n int, accepted boolean) language plpgsql set enable_seqscan = off set plan_cache_mode = force_generic_plan set jit = off as $$
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
      when 'rerun' then move_rerun((move ->> 'pipeline')::bigint, (move ->> 'fromMask')::bigint, move ->> 'by')
      else move_leased(move) end;
    accepted := coalesce(accepted, false);
    return next;
    n := n + 1;
  end loop;
  perform advance_pipelines(touched, null, null, null, null, now_);
end $$;

-- A finished slide, readable at once; fenced like every write of a worker.
create or replace function save_slide(p_container text, p_epoch bigint, p_id bigint, p_recipe text, p_slide int, p_result jsonb, p_seconds double precision)
returns boolean language plpgsql as $$
declare
  l leases;
begin
  update leases set progressed_at = pl_now() where epoch = p_epoch and id = p_id and container_id = p_container returning * into l;
  if not found then return false; end if;
  insert into visual_results (workspace, sha256, recipe, slide, generation, result, pipeline_id, container, seconds)
  select p.workspace, d.sha256, p_recipe, p_slide, l.generation, p_result, p.id, p_container, p_seconds
  from pipelines p join documents d on d.id = p.document_id where p.id = l.pipeline_id
  on conflict (workspace, sha256, recipe, slide, pipeline_id, generation) do nothing;
  delete from slide_failures where pipeline_id = l.pipeline_id and idx = l.idx and slide = p_slide;
  perform add_event(p.workspace, 'slide.done', p.document, p.public_id, k.task_names[l.idx + 1],
    jsonb_build_object('slide', p_slide, 'seconds', p_seconds, 'container', p_container))
  from pipelines p join packs k on k.id = p.pack_id where p.id = l.pipeline_id;
  return true;
end $$;

-- Success with a result, or failure with a code: then the pack's attempts and backoff decide, and p_rounds_extra more rounds of
-- attempts, each p_round_delay_ms after the last, as in nextMove of core/pipeline/retry.
drop function complete_task(text, boolean, jsonb, text);
create function complete_task(p_lease text, p_success boolean, p_result jsonb default '{}', p_code text default 'INTERNAL',
  p_rounds_extra int default 1, p_round_delay_ms bigint default 120000)
returns boolean language plpgsql as $$
declare
  l leases;
  k packs;
  spent int;
  tries int;
  move jsonb;
begin
  select * into l from leases where epoch = split_part(p_lease, '-', 1)::bigint and id = split_part(p_lease, '-', 2)::bigint;
  if not found then return false; end if;
  select pk.* into k from packs pk join pipelines p on p.pack_id = pk.id where p.id = l.pipeline_id;
  move := jsonb_build_object('epoch', l.epoch, 'id', l.id);
  if p_success then
    move := move || jsonb_build_object('kind', 'done', 'result', p_result, 'gaps', '[]'::jsonb, 'applicable', true,
      'engine', (select engine from processing_servers where id = l.container_id));
  else
    tries := k.attempts_max[l.idx + 1];
    spent := 1 + coalesce((select t.failures from tasks t where t.pipeline_id = l.pipeline_id and t.idx = l.idx), 0);
    move := move || jsonb_build_object('failure', jsonb_build_object('code', p_code, 'detail', null)) || case
      when spent % tries <> 0
        then jsonb_build_object('kind', 'delay', 'afterMs', k.backoff_ms[l.idx + 1] * 2 ^ ((spent - 1) % tries))
      when spent / tries <= p_rounds_extra
        then jsonb_build_object('kind', 'delay', 'afterMs', p_round_delay_ms, 'round', 1 + spent / tries)
      else '{"kind": "dead"}'::jsonb end;
  end if;
  return (select accepted from apply_moves(jsonb_build_array(move)));
end $$;

-- Does again one task and what stands on it, or everything, as a new generation. False: something of it waits or runs, or nothing has ended.
create function rerun_task(p_pipeline text, p_task text default null) returns boolean language sql as $$
  select coalesce((select m.accepted from pipelines p join packs k on k.id = p.pack_id
    cross join lateral apply_moves(jsonb_build_array(jsonb_strip_nulls(jsonb_build_object('kind', 'rerun', 'pipeline', p.id, 'by', 'sql',
      'fromMask', case when p_task is not null then 1::bigint << (array_position(k.task_names, p_task) - 1) end)))) m
    where p.public_id = p_pipeline and (p_task is null or p_task = any (k.task_names))), false)
$$;
