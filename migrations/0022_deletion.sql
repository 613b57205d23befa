-- A document can be deleted. What was in it goes: its file, pictures, results, readings, reviews, and its words in what is told of it.
-- Its row and its pipelines stay, without any of that: they say who deleted what and when, and costs and forecasts are made of them.

alter table documents add column deleted_at timestamptz, add column deleted_by text check (length(deleted_by) between 1 and 200),
  add constraint deleted_by_somebody check ((deleted_at is null) = (deleted_by is null));
alter table documents drop constraint documents_check,
  add constraint has_content_or_is_deleted check (case when deleted_at is null then sha256 is not null or source_uri is not null
    else sha256 is null and source_uri is null end);
-- Who else has these bytes.
create index documents_by_hash on documents (workspace, sha256) where sha256 is not null;

-- Bytes of which everything that lies outside of this database has to go. Files and other servers take no part in a transaction, so
-- what is to be removed is written down with it, and done until it is done.
create table forgotten_files (
  workspace text not null,
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  forgotten_at timestamptz not null default pl_now(),
  -- When it is looked at next.
  due_at timestamptz not null default pl_now(),
  primary key (workspace, sha256)
);
create index forgotten_files_by_time on forgotten_files (due_at);

-- Whoever stores bytes or removes them holds this to the end of the transaction. Before any row, so that nobody waits in a circle.
create function hold_file(p_workspace text, p_sha256 text) returns void language sql as $$
  select pg_advisory_xact_lock(hashtextextended(p_workspace || '/' || p_sha256, 22))
$$;

create function is_file_wanted(p_workspace text, p_sha256 text) returns boolean language sql stable set enable_seqscan = off as $$
  select exists (select 1 from documents d where d.workspace = p_workspace and d.sha256 = p_sha256)
    or exists (select 1 from files f where f.workspace = p_workspace and f.sha256 = p_sha256)
$$;

-- What was read in bytes that nobody has any more.
create function forget_readings(p_workspace text, p_sha256 text) returns void language sql set enable_seqscan = off as $$
  delete from visual_results where workspace = p_workspace and sha256 = p_sha256;
  delete from visual_cache_entries where workspace = p_workspace and sha256 = p_sha256;
$$;

create function is_deleted(p_pipeline bigint) returns boolean language sql stable as $$
  select exists (select 1 from pipelines p join documents d on d.id = p.document_id where p.id = p_pipeline and d.deleted_at is not null)
$$;

create function without_detail(p_failure jsonb) returns jsonb language sql immutable as $$
  select case when p_failure is not null then p_failure || '{"detail": null}' end
$$;

-- Numbers, states and who did it stay; whatever else an event says may be words of a document, or its name.
create function without_words(p_data json) returns json language sql immutable as $$
  select coalesce(json_object_agg(e.key, e.value), '{}') from json_each(p_data) e
  where e.key = any ('{pages,bytes,seconds,state,engine,by,tasks,generation,code,container,replica,attempt,round,retryAt,lost,fraction,done,total,gaps,applicable,cached,slide,what,rows}')
$$;

create function events_without_words(p_type text, p_data json) returns json language sql immutable as $$
  select case when p_type <> 'moved' then without_words(p_data) else (
    select coalesce(json_agg(json_build_array(m.value -> 0, m.value -> 1, without_words(m.value -> 2)) order by m.nth), '[]')
    from json_array_elements(p_data) with ordinality as m(value, nth)) end
$$;

-- By the id of a document or of its pipeline. No row: the workspace has no such document. One that is deleted already stays as it is.
-- What is kept by hash goes with the last document of these bytes.
create function delete_document(p_workspace text, p_id text, p_by text) returns table (document text, deleted_at timestamptz, deleted_by text)
language plpgsql set enable_seqscan = off set plan_cache_mode = force_generic_plan set jit = off as $$
#variable_conflict use_column
declare
  now_ timestamptz := pl_now();
  d documents;
  ids bigint[];
begin
  select c.* into d from documents c where c.workspace = p_workspace and c.id = (
    select x.id from documents x where x.public_id = p_id union all select q.document_id from pipelines q where q.public_id = p_id limit 1);
  if not found then return; end if;
  if d.sha256 is not null then
    perform hold_file(d.workspace, d.sha256);
    -- A batch that names the file is waited for.
    perform 1 from files f where f.workspace = d.workspace and f.sha256 = d.sha256 for update;
  end if;
  select array_agg(p.id order by p.id) into ids from pipelines p where p.document_id = d.id;
  -- The normal move. What has ended refuses it, and is only locked.
  perform 1 from apply_moves((select jsonb_agg(jsonb_build_object('kind', 'cancel', 'pipeline', i, 'by', p_by)) from unnest(ids) i));
  select c.* into d from documents c where c.id = d.id for update;
  if d.deleted_at is not null then
    return query select d.public_id, d.deleted_at, d.deleted_by;
    return;
  end if;
  -- It may have been fetched meanwhile.
  if d.sha256 is not null then perform hold_file(d.workspace, d.sha256); end if;

  update documents c set sha256 = null, source_uri = null, name = 'deleted', deleted_at = now_, deleted_by = p_by where c.id = d.id;
  -- A key is free again: who sends the file once more makes a new document.
  update pipelines p set failure = without_detail(p.failure), quarantine = without_detail(p.quarantine),
    idempotency_key = case when p.idempotency_key is not null then 'deleted/' || p.public_id end where p.id = any (ids);
  update tasks t set failure = without_detail(t.failure) where t.pipeline_id = any (ids) and t.failure is not null;
  update attempts a set failure = without_detail(a.failure) where a.pipeline_id = any (ids) and a.failure is not null;
  -- What a task cost stays beside what it said.
  update results r set result = '{}', reason = null where r.pipeline_id = any (ids);
  delete from slide_failures f where f.pipeline_id = any (ids);
  delete from task_progress g where g.pipeline_id = any (ids);
  delete from reviews r where r.document_id = d.id;
  update events e set data = events_without_words(e.type, e.data) where e.document = d.public_id;
  update events e set data = events_without_words(e.type, e.data) where e.pipeline_id = any (ids);
  if d.sha256 is not null and not exists (select 1 from documents c where c.workspace = d.workspace and c.sha256 = d.sha256) then
    delete from files f where f.workspace = d.workspace and f.sha256 = d.sha256;
    perform forget_readings(d.workspace, d.sha256);
    insert into forgotten_files (workspace, sha256) values (d.workspace, d.sha256)
    on conflict (workspace, sha256) do update set forgotten_at = now_, due_at = now_;
  end if;
  perform add_event(d.workspace, 'document.deleted', d.public_id, null, null, jsonb_build_object('by', p_by));
  return query select d.public_id, now_, p_by;
end $$;

-- As before, and what is deleted stays so.
create or replace function move_retry(p_pipeline bigint, p_from_mask bigint, p_by text)
returns boolean
language plpgsql
as $$
declare
  p pipelines;
  mask bigint := retry_mask(p_pipeline, p_from_mask);
begin
  if coalesce(mask, 0) = 0 or is_deleted(p_pipeline) then return false; end if;
  select * into p from pipelines where id = p_pipeline;
  update tasks set failures = 0, lost = 0, failure = null, finished_at = null
  where pipeline_id = p.id and mask & (1::bigint << idx) <> 0;
  perform open_again(p.id, mask, p.generation + (mask & p.done_mask <> 0)::int, 'pipeline.retried', p_by);
  return true;
end $$;

create or replace function move_rerun(p_pipeline bigint, p_from_mask bigint, p_by text)
returns boolean
language plpgsql
as $$
declare
  p pipelines;
  asked record := rerun_mask(p_pipeline, p_from_mask);
begin
  if asked.mask = 0 or asked.busy <> 0 or is_deleted(p_pipeline) then return false; end if;
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

-- As before; nothing is said of what is deleted. Null: it is.
create or replace function add_review(p_review jsonb)
returns bigint
language plpgsql
as $$
declare
  made reviews;
begin
  insert into reviews (workspace, document_id, pipeline_id, generation, task, path, verdict, seen, corrected, note, made_by)
  select d.workspace, d.id, (p_review ->> 'pipeline')::bigint, (p_review ->> 'generation')::int, p_review ->> 'task', p_review ->> 'path',
    p_review ->> 'verdict', p_review -> 'seen', p_review -> 'corrected', p_review ->> 'note', p_review ->> 'by'
  from documents d where d.id = (p_review ->> 'document')::bigint and d.deleted_at is null for key share
  returning * into made;
  perform add_event(p.workspace, 'review.' || made.verdict, p.document, p.public_id, made.task, jsonb_build_object('path', made.path, 'by', made.made_by))
  from pipelines p where p.id = made.pipeline_id;
  return made.id;
end $$;

-- As before; a file that is named is not deleted before the batch stands.
create or replace function make_batch(p_workspace text, p_documents jsonb, p_name text, p_priority integer, p_pack text, p_key text, OUT batch bigint, OUT public_id text, OUT existing boolean)
returns record
language plpgsql
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
as $$
#variable_conflict use_column
declare
  size int := coalesce(jsonb_array_length(p_documents), 0);
  hash text := encode(sha256(convert_to(jsonb_build_array(p_pack, p_priority, p_documents)::text, 'UTF8')), 'hex');
  known batches;
  items jsonb;
  missing bigint;
begin
  if size > 1000 then raise exception 'BATCH_TOO_LARGE' using errcode = 'PL413', detail = size || ' documents.'; end if;
  if not exists (select 1 from workspaces w where w.id = p_workspace) then
    raise exception 'WORKSPACE_UNKNOWN' using errcode = 'PL404', detail = p_workspace;
  end if;
  -- Two submissions with one key wait for each other here; the second finds the first.
  insert into batches (workspace, name, idempotency_key, content_hash)
  values (p_workspace, left(coalesce(nullif(btrim(p_name), ''), case size when 0 then 'Batch' when 1 then '1 document' else size || ' documents' end), 255), p_key, hash)
  on conflict (workspace, idempotency_key) where idempotency_key is not null do nothing
  returning id, batches.public_id into batch, public_id;
  existing := batch is null;
  if existing then
    select * into known from batches b where b.workspace = p_workspace and b.idempotency_key = p_key;
    if known.content_hash is distinct from hash then raise exception 'IDEMPOTENCY_CONFLICT' using errcode = 'PL409', detail = p_key; end if;
    batch := known.id;
    public_id := known.public_id;
    return;
  end if;
  if size = 0 then return; end if;

  select jsonb_agg(jsonb_build_object('sha256', i.sha256, 'sourceUri', i.source_uri, 'key', i.key,
      'name', left(coalesce(i.name, f.name, nullif(regexp_replace(i.source_uri, '^.*/', ''), ''), 'document.pdf'), 255),
      'bytes', coalesce(f.bytes, i.bytes), 'pages', coalesce(f.pages, i.pages)) order by i.n),
    min(i.n) filter (where i.sha256 is not null and coalesce(f.pages, i.pages) is null)
  into items, missing
  from rows from (jsonb_to_recordset(p_documents) as (sha256 text, "sourceUri" text, name text, key text, bytes bigint, pages int)) with ordinality
    as i(sha256, source_uri, name, key, bytes, pages, n)
  left join lateral (select f.name, f.bytes, f.pages from files f where f.workspace = p_workspace and f.sha256 = i.sha256 offset 0 for key share) f on true;
  if missing is not null then
    raise exception 'FILE_NOT_FOUND' using errcode = 'PL422', detail = 'Document ' || missing || ' of the list: ' || (p_documents -> (missing - 1)::int ->> 'sha256');
  end if;
  perform 1 from add_pipelines(p_workspace, p_pack, p_priority, items, batch);
end $$;
