-- A document that ended with gaps has shown 100 %. Opened again it is another generation, with a bar of its own: within one
-- nothing that is shown ever falls.

-- As of 0022, and a new generation too where all that would come had come. What is opened for it begins with no marks.
create or replace function move_retry(p_pipeline bigint, p_from_mask bigint, p_by text) returns boolean language plpgsql as $$
declare
  p pipelines;
  mask bigint := retry_mask(p_pipeline, p_from_mask);
  is_new boolean;
begin
  if coalesce(mask, 0) = 0 or is_deleted(p_pipeline) then return false; end if;
  select * into p from pipelines where id = p_pipeline;
  is_new := p.state = 'done_with_gaps' or mask & p.done_mask <> 0;
  update tasks set failures = 0, lost = 0, failure = null, finished_at = null
  where pipeline_id = p.id and mask & (1::bigint << idx) <> 0;
  if is_new then
    delete from task_progress where pipeline_id = p.id and mask & (1::bigint << idx) <> 0;
  end if;
  perform open_again(p.id, mask, p.generation + is_new::int, 'pipeline.retried', p_by);
  return true;
end $$;

-- How long tasks of a pack take, by its tasks in order: seconds a page where slides are read, else seconds of the whole task.
-- The weights of bars that begin from then on; a row is never changed, so that no bar changes under whoever looks at it.
create table learned_weights (
  pack_id int not null,
  valid_from timestamptz not null,
  unit_seconds double precision[] not null,
  -- The fewest measurements of a task.
  n int not null,
  primary key (pack_id, valid_from)
);

-- As of 0020; with gaps: a person lets a task that reads slides be done with those it has read, whatever it was opened for.
create or replace function move_cached(p_move jsonb) returns boolean language plpgsql
set enable_seqscan = off set plan_cache_mode = force_generic_plan set jit = off as $$
declare
  p pipelines;
  r ready;
  at_ timestamptz := pl_now();
  task_idx int := (p_move ->> 'idx')::int;
  gaps_ int[] := array(select g::int from jsonb_array_elements_text(coalesce(p_move -> 'gaps', '[]')) g);
begin
  select * into p from pipelines where id = (p_move ->> 'pipeline')::bigint and state = 'active' and pack_id = (p_move ->> 'pack')::int;
  if not found then return false; end if;
  if gaps_ = '{}' and exists (select 1 from tasks t where t.pipeline_id = p.id and t.idx = task_idx and t.slides_since is not null) then return false; end if;
  select q.* into r from packs k cross join lateral (
    select q.* from ready q where q.class_id = k.class_ids[task_idx + 1] and q.rank = p.rank and q.pipeline_id = p.id and q.idx = task_idx for update skip locked) q
  where k.id = p.pack_id;
  if not found then return false; end if;
  delete from ready q where q.class_id = r.class_id and q.rank = r.rank and q.pipeline_id = r.pipeline_id and q.idx = r.idx;
  -- No container, no lease, no time: nobody worked on it.
  insert into results (pipeline_id, idx, generation, result, engine, attempt, started_at, gaps, applicable, created_at)
  values (p.id, r.idx, r.generation, p_move -> 'result', p_move -> 'engine', r.attempt, at_, gaps_, true, at_);
  update pipelines set done_mask = done_mask | (1::bigint << task_idx), engine = coalesce(engine, p_move -> 'engine'), started_at = coalesce(started_at, at_),
    gap_mask = case when gaps_ = '{}' then gap_mask else gap_mask | (1::bigint << task_idx) end
  where id = p.id;
  insert into slide_failures (pipeline_id, idx, generation, slide, failure)
  select p.id, r.idx, r.generation, g, p_move -> 'failure' from unnest(gaps_) g where p_move ? 'failure' on conflict do nothing;
  perform add_event(p.workspace, 'task.done', p.document, p.public_id, k.task_names[task_idx + 1], case when gaps_ = '{}'
    then jsonb_build_object('seconds', 0, 'applicable', true, 'cached', true)
    else jsonb_build_object('seconds', 0, 'applicable', true, 'gaps', to_jsonb(gaps_), 'by', p_move -> 'by') end) from packs k where k.id = p.pack_id;
  return true;
end $$;
