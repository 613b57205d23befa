-- Submission: any number of documents in one transaction, whole or not at all.

-- Begins with the time, so that new rows lie beside each other in the index: ten hex digits of milliseconds, twelve of chance.
create or replace function make_public_id(prefix text) returns text language sql volatile as $$
  select prefix || '_' || right(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 10) || right(gen_random_uuid()::text, 12)
$$;

create table batches (
  id              bigint generated always as identity primary key,
  public_id       text not null unique default make_public_id('b'),
  workspace       text not null,
  name            text not null check (length(name) between 1 and 255),
  idempotency_key text,
  created_at      timestamptz not null default pl_now()
);
create unique index batches_idempotency on batches (workspace, idempotency_key) where idempotency_key is not null;
create index batches_by_workspace on batches (workspace, id desc);
alter table pipelines add column batch_id bigint;
create index pipelines_by_batch on pipelines (batch_id) where batch_id is not null;

-- Fair sharing. Each workspace has a virtual time a priority: where its next document will stand. It is a share of the queue, not a
-- counter of what runs, and is void once the queue has run empty.
create table shares (
  workspace  text not null,
  priority   smallint not null,
  virtual_ms bigint not null,
  at         timestamptz not null,
  primary key (workspace, priority)
) with (fillfactor = 50);

-- How far each class has come: the virtual time last handed out, whether anything waits, and when it last ran empty. Written now
-- and then by whoever hands out.
create table queue_clocks (
  class_id   int primary key,
  virtual_ms bigint not null,
  is_empty   boolean not null,
  drained_at timestamptz not null
) with (fillfactor = 50);

-- Where new documents stand: `admit` of core/pipeline/order, as SQL. One document of a workspace is spacing_ms after its last; a level
-- of priority is worth level_ms, which is a hundred documents.
create function admit(p_workspace text, p_class int, p_priority int, p_count int, p_now timestamptz) returns bigint language plpgsql as $$
declare
  spacing_ms constant bigint := 1000;
  level_ms constant bigint := 100000;
  now_ms bigint := (extract(epoch from p_now) * 1000)::bigint;
  clock queue_clocks;
  first_ms bigint;
begin
  select * into clock from queue_clocks c where c.class_id = p_class;
  first_ms := case when clock.is_empty then greatest(now_ms, clock.virtual_ms) else coalesce(clock.virtual_ms, now_ms) end;
  insert into shares as s (workspace, priority, virtual_ms, at) values (p_workspace, p_priority, first_ms + p_count * spacing_ms, p_now)
  on conflict (workspace, priority) do update set at = excluded.at,
    virtual_ms = case when s.at <= clock.drained_at then first_ms else greatest(first_ms, s.virtual_ms) end + p_count * spacing_ms
  returning s.virtual_ms - p_count * spacing_ms into first_ms;
  return first_ms - (p_priority - 5) * level_ms;
end $$;

-- Documents and their pipelines with all first tasks, in one transaction. p_items: [{sha256 | sourceUri, name, key?, bytes?, pages?}]. An item
-- whose key is known answers what it made before; rank and classes say where its first tasks wait. Raises PACK_NOT_FOUND, WORKSPACE_UNKNOWN, IDEMPOTENCY_CONFLICT.
create function add_pipelines(p_workspace text, p_pack text, p_priority int, p_items jsonb, p_batch bigint default null)
returns table (n int, document_id text, pipeline_id text, existing boolean, rank bigint, class_ids int[]) language plpgsql set enable_seqscan = off set plan_cache_mode = force_generic_plan set jit = off as $$
#variable_conflict use_column
declare
  now_ timestamptz := pl_now();
  docs bigint[];
  names text[];
  k packs;
  roots bigint;
  root_classes int[];
  first_rank bigint;
  conflict text;
begin
  select * into k from packs where name = p_pack and active;
  if not found then raise exception 'PACK_NOT_FOUND' using errcode = 'PL404', detail = p_pack; end if;
  if not exists (select 1 from workspaces w where w.id = p_workspace) then
    raise exception 'WORKSPACE_UNKNOWN' using errcode = 'PL404', detail = p_workspace;
  end if;
  select bit_or(1::bigint << (i - 1)), array_agg(k.class_ids[i] order by i) into roots, root_classes from generate_subscripts(k.needs, 1) i where k.needs[i] = 0;
  select array_agg(nextval(pg_get_serial_sequence('documents', 'id'))), array_agg(make_public_id('d')) into docs, names
  from generate_series(1, jsonb_array_length(p_items));
  first_rank := admit(p_workspace, root_classes[1], p_priority, cardinality(docs), now_);

  -- Pipelines first: two submissions with one key wait for each other here, and only the first makes anything. Keys in
  -- order, so that two batches cannot wait in a circle.
  with item as materialized (
    select x.* from rows from (jsonb_to_recordset(p_items) as (sha256 text, "sourceUri" text, name text, key text, bytes bigint, pages int)) with ordinality
      as x(sha256, source_uri, name, key, bytes, pages, n)
  ), made as (
    insert into pipelines (workspace, document_id, document, pack_id, state, priority, rank, idempotency_key, batch_id, full_mask, queued_mask, created_at)
    select p_workspace, docs[i.n], names[i.n], k.id, case when i.sha256 is null then 'fetching' else 'active' end, p_priority,
      first_rank + (i.n - 1) * 1000, i.key, p_batch, k.full_mask, case when i.sha256 is null then 0 else roots end, now_
    from item i order by i.key, i.n
    on conflict (workspace, idempotency_key) where idempotency_key is not null do nothing
    returning id, document_id, document, public_id, rank, state
  ), stored as (
    insert into documents (id, public_id, workspace, sha256, source_uri, name, bytes, pages, created_at) overriding system value
    select docs[i.n], names[i.n], p_workspace, i.sha256, i.source_uri, i.name, i.bytes, i.pages, now_ from item i join made m on m.document_id = docs[i.n]
  ), queued as (
    insert into ready (class_id, rank, pipeline_id, idx, generation, attempt, since)
    select k.class_ids[i], m.rank, m.id, i - 1, 1, 1, now_ from made m cross join generate_subscripts(k.needs, 1) i where m.state = 'active' and k.needs[i] = 0
  )
  insert into events (at, type, pipeline_id, data)
  select now_, 'moved', m.id, json_build_array(json_build_array('document.accepted', null, json_build_object('name', i.name, 'pages', i.pages, 'bytes', i.bytes)))
  from item i join made m on m.document_id = docs[i.n];

  -- A key that was used for another document: nothing of this submission stands.
  select i.key into conflict
  from jsonb_to_recordset(p_items) as i(sha256 text, "sourceUri" text, key text)
  join pipelines p on p.workspace = p_workspace and p.idempotency_key = i.key join documents d on d.id = p.document_id
  where i.key is not null and case when i.sha256 is not null then d.sha256 is distinct from i.sha256 else d.source_uri is distinct from i."sourceUri" end limit 1;
  if found then raise exception 'IDEMPOTENCY_CONFLICT' using errcode = 'PL409', detail = conflict; end if;

  return query
    select i.n::int, p.document, p.public_id, p.document_id <> docs[i.n], p.rank, root_classes
    from rows from (jsonb_to_recordset(p_items) as (key text)) with ordinality as i(key, n)
    cross join lateral (
      select q.document, q.public_id, q.document_id, q.rank from pipelines q where i.key is null and q.document_id = docs[i.n]
      union all
      select q.document, q.public_id, q.document_id, q.rank from pipelines q where i.key is not null and q.workspace = p_workspace and q.idempotency_key = i.key
    ) p order by i.n;
end $$;

drop function add_document_processing_pipeline(text, text, text, text, text, int, text, bigint, int, boolean);
create function add_document_processing_pipeline(
  p_workspace text,
  p_sha256 text default null,
  p_source_uri text default null,
  p_name text default 'document.pdf',
  p_pack text default 'pitch-deck',
  p_priority int default 5,
  p_idempotency_key text default null,
  p_bytes bigint default null,
  p_pages int default null,
  p_notify boolean default true
) returns table (document_id text, pipeline_id text, existing boolean) language plpgsql as $$
begin
  return query select a.document_id, a.pipeline_id, a.existing from add_pipelines(p_workspace, p_pack, p_priority, jsonb_build_array(jsonb_build_object(
    'sha256', p_sha256, 'sourceUri', p_source_uri, 'name', p_name, 'key', p_idempotency_key, 'bytes', p_bytes, 'pages', p_pages))) a;
  if p_notify then perform pg_notify('pilotlight_work', ''); end if;
end $$;
