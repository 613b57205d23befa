-- Other doors over the new tables. Tasks that went well are settled by the set (0005); all other moves are rare and are made one by
-- one (0010).

drop function apply_moves(jsonb);
drop function move_leased(jsonb);
drop function free_and_close(bigint);
drop function promote_delayed(int);

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
  cross join lateral json_array_elements(t.granted) g cross join lateral json_array_elements(g) l
  join pipelines p on p.id = (l ->> 2)::bigint join documents d on d.id = p.document_id join packs k on k.id = p.pack_id
$$;
