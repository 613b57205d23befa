-- Visual results kept between documents, and tasks that are done by them without a container.

-- What read: the code and the model's weights, as the container tells it. Null: it does not say.
alter table processing_servers add column reader text;

-- One row a document read by one recipe; what is evicted, is evicted whole.
create table visual_cache_entries (
  workspace text not null,
  sha256 text not null,
  recipe text not null,
  bytes bigint not null default 0,
  created_at timestamptz not null default pl_now(),
  used_at timestamptz not null default pl_now(),
  primary key (workspace, sha256, recipe)
);

-- Slides by their number; 0 is what the result of the whole document says beside its slides.
create table visual_cache (
  workspace text not null,
  sha256 text not null,
  recipe text not null,
  slide int not null check (slide >= 0),
  result jsonb not null,
  bytes int not null,
  primary key (workspace, sha256, recipe, slide),
  foreign key (workspace, sha256, recipe) references visual_cache_entries on delete cascade
);

-- Slides are written one by one, and by several hands at once: the entry's row makes them wait for each other.
create function cache_slide(p_workspace text, p_sha256 text, p_recipe text, p_slide int, p_result jsonb, p_bytes int) returns void language plpgsql as $$
declare
  before int;
begin
  insert into visual_cache_entries as e (workspace, sha256, recipe) values (p_workspace, p_sha256, p_recipe)
  on conflict (workspace, sha256, recipe) do update set used_at = pl_now();
  select c.bytes into before from visual_cache c where c.workspace = p_workspace and c.sha256 = p_sha256 and c.recipe = p_recipe and c.slide = p_slide;
  insert into visual_cache (workspace, sha256, recipe, slide, result, bytes) values (p_workspace, p_sha256, p_recipe, p_slide, p_result, p_bytes)
  on conflict (workspace, sha256, recipe, slide) do update set result = excluded.result, bytes = excluded.bytes;
  update visual_cache_entries e set bytes = e.bytes + p_bytes - coalesce(before, 0)
  where e.workspace = p_workspace and e.sha256 = p_sha256 and e.recipe = p_recipe;
end $$;

-- Ready tasks of these classes that may be done by what is known: those that are to be done anew are left out.
create function ready_tasks(p_classes int[], p_limit int) returns table (
  pipeline_id bigint, idx smallint, class_id int, pack_id int, workspace text, sha256 text, pages int)
language sql stable set enable_seqscan = off set jit = off as $$
  select r.pipeline_id, r.idx, r.class_id, p.pack_id, p.workspace, d.sha256, d.pages
  from unnest(p_classes) as c(id)
  cross join lateral (select r.* from ready r where r.class_id = c.id order by r.class_id, r.rank, r.pipeline_id, r.idx limit p_limit) r
  cross join lateral (select p.pack_id, p.workspace, p.document_id from pipelines p where p.id = r.pipeline_id and p.state = 'active' offset 0) p
  join documents d on d.id = p.document_id
  where d.sha256 is not null and d.pages > 0
    and not exists (select 1 from tasks t where t.pipeline_id = r.pipeline_id and t.idx = r.idx and t.slides_since is not null)
$$;

-- A ready task is done by what is known already. Its slides have to be of the pack version that the pipeline runs, and
-- a task that is to be done anew is left alone. Whoever is taking it at this moment keeps it.
create function move_cached(p_move jsonb) returns boolean language plpgsql
set enable_seqscan = off set plan_cache_mode = force_generic_plan set jit = off as $$
declare
  p pipelines;
  r ready;
  at_ timestamptz := pl_now();
  task_idx int := (p_move ->> 'idx')::int;
begin
  select * into p from pipelines where id = (p_move ->> 'pipeline')::bigint and state = 'active' and pack_id = (p_move ->> 'pack')::int;
  if not found then return false; end if;
  if exists (select 1 from tasks t where t.pipeline_id = p.id and t.idx = task_idx and t.slides_since is not null) then return false; end if;
  select q.* into r from packs k cross join lateral (
    select q.* from ready q where q.class_id = k.class_ids[task_idx + 1] and q.rank = p.rank and q.pipeline_id = p.id and q.idx = task_idx for update skip locked) q
  where k.id = p.pack_id;
  if not found then return false; end if;
  delete from ready q where q.class_id = r.class_id and q.rank = r.rank and q.pipeline_id = r.pipeline_id and q.idx = r.idx;
  -- No container, no lease, no time: nobody worked on it.
  insert into results (pipeline_id, idx, generation, result, engine, attempt, started_at, applicable, created_at)
  values (p.id, r.idx, r.generation, p_move -> 'result', p_move -> 'engine', r.attempt, at_, true, at_);
  update pipelines set done_mask = done_mask | (1::bigint << task_idx), engine = coalesce(engine, p_move -> 'engine'), started_at = coalesce(started_at, at_)
  where id = p.id;
  perform add_event(p.workspace, 'task.done', p.document, p.public_id, k.task_names[task_idx + 1],
    jsonb_build_object('seconds', 0, 'applicable', true, 'cached', true)) from packs k where k.id = p.pack_id;
  return true;
end $$;

-- As before, and {kind: cached, pipeline, pack, idx, result, engine}.
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
      when 'cached' then move_cached(move)
      when 'rerun' then move_rerun((move ->> 'pipeline')::bigint, (move ->> 'fromMask')::bigint, move ->> 'by')
      else move_leased(move) end;
    accepted := coalesce(accepted, false);
    return next;
    n := n + 1;
  end loop;
  perform advance_pipelines(touched, null, null, null, null, now_);
end $$;

-- Tasks that nobody worked on are no attempts.
create or replace view attempt_history as
  select pipeline_id, idx, generation, attempt, container_id, epoch, lease_id, started_at, ended_at, outcome, lost, failure from attempts
  union all
  select pipeline_id, idx, generation, attempt, container, epoch, lease_id, started_at, created_at, 'done', false, null from results where container is not null;
