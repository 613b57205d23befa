-- Batches: many documents in one call, as an object of its own with progress, cancel and retry.

alter table batches
  -- What was submitted under the key, to tell a repeat from another use of it.
  add column content_hash text,
  -- Set by a cancel, taken back by a retry: meanwhile nothing may join.
  add column cancelled_at timestamptz;

-- Files that lie in the storage of a workspace: what a submission may name by its hash. Written by whoever stores one.
create table files (
  workspace  text not null,
  sha256     text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  name       text not null check (length(name) between 1 and 255),
  bytes      bigint not null,
  pages      int not null,
  created_at timestamptz not null default pl_now(),
  primary key (workspace, sha256)
);
insert into files (workspace, sha256, name, bytes, pages, created_at)
select distinct on (workspace, sha256) workspace, sha256, name, bytes, pages, created_at from documents
where sha256 is not null and bytes is not null and pages is not null order by workspace, sha256, id;

-- A batch and its documents, in one transaction. p_documents: [{sha256 | sourceUri, name?, key?, bytes?, pages?}], at most 1,000; null or
-- empty makes a batch that uploads will join. A known key answers what it made before. Raises BATCH_TOO_LARGE, FILE_NOT_FOUND,
-- IDEMPOTENCY_CONFLICT, PACK_NOT_FOUND, WORKSPACE_UNKNOWN.
create function make_batch(p_workspace text, p_documents jsonb, p_name text, p_priority int, p_pack text, p_key text,
  out batch bigint, out public_id text, out existing boolean)
language plpgsql set enable_seqscan = off set plan_cache_mode = force_generic_plan set jit = off as $$
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
  left join lateral (select f.name, f.bytes, f.pages from files f where f.workspace = p_workspace and f.sha256 = i.sha256 offset 0) f on true;
  if missing is not null then
    raise exception 'FILE_NOT_FOUND' using errcode = 'PL422', detail = 'Document ' || missing || ' of the list: ' || (p_documents -> (missing - 1)::int ->> 'sha256');
  end if;
  perform 1 from add_pipelines(p_workspace, p_pack, p_priority, items, batch);
end $$;

-- What each document of a submission became, in its order. A key that was known before the batch leads to the document it made then; the
-- others are found by their order, for those that joined later come after them.
create function batch_items(p_workspace text, p_batch bigint, p_documents jsonb)
returns table (n int, document_id text, pipeline_id text, existing boolean)
language plpgsql set enable_seqscan = off set plan_cache_mode = force_generic_plan set jit = off as $$
#variable_conflict use_column
begin
  return query
    with item as materialized (
      select i.key, i.n, row_number() over (partition by i.key is null order by i.n) as nth
      from rows from (jsonb_to_recordset(p_documents) as (key text)) with ordinality as i(key, n)
    ), plain as materialized (
      select p.document, p.public_id, row_number() over (order by p.document_id) as nth from pipelines p
      where p.batch_id = p_batch and p.idempotency_key is null
    ), keyed as materialized (
      select i.n, p.document, p.public_id, p.batch_id is distinct from p_batch as existing from item i
      cross join lateral (select p.* from pipelines p where p.workspace = p_workspace and p.idempotency_key = i.key offset 0) p where i.key is not null
    )
    select i.n::int, p.document, p.public_id, false from item i join plain p on p.nth = i.nth where i.key is null
    union all
    select k.n::int, k.document, k.public_id, k.existing from keyed k
    order by 1;
end $$;

-- The door for other backends: many documents at once, as a batch, inside the caller's own transaction.
create function add_document_processing_pipelines(
  p_workspace text,
  p_documents jsonb,
  p_name text default null,
  p_priority int default 5,
  p_pack text default 'pitch-deck',
  p_idempotency_key text default null,
  p_notify boolean default true
) returns table (batch_id text, n int, document_id text, pipeline_id text, existing boolean) language plpgsql as $$
declare
  made record;
begin
  select * into made from make_batch(p_workspace, p_documents, p_name, p_priority, p_pack, p_idempotency_key);
  if p_notify then perform pg_notify('pilotlight_work', ''); end if;
  return query select made.public_id, i.n, i.document_id, i.pipeline_id, made.existing or i.existing
    from batch_items(p_workspace, made.batch, p_documents) i;
end $$;

-- More documents for a batch that is there. Its row is locked: a cancel that comes meanwhile waits and then sees them, and
-- two that join count each other. Raises BATCH_NOT_FOUND, BATCH_CANCELLED, BATCH_TOO_LARGE and what add_pipelines raises.
create function add_to_batch(p_workspace text, p_batch text, p_pack text, p_priority int, p_items jsonb)
returns table (n int, document_id text, pipeline_id text, existing boolean)
language plpgsql set enable_seqscan = off set plan_cache_mode = force_generic_plan set jit = off as $$
declare
  b batches;
begin
  select * into b from batches where public_id = p_batch and workspace = p_workspace for no key update;
  if not found then raise exception 'BATCH_NOT_FOUND' using errcode = 'PL404', detail = p_batch; end if;
  if b.cancelled_at is not null then raise exception 'BATCH_CANCELLED' using errcode = 'PL409', detail = p_batch; end if;
  return query select a.n, a.document_id, a.pipeline_id, a.existing from add_pipelines(p_workspace, p_pack, p_priority, p_items, b.id) a;
  if (select count(*) from pipelines p where p.batch_id = b.id) > 1000 then
    raise exception 'BATCH_TOO_LARGE' using errcode = 'PL413', detail = p_batch;
  end if;
end $$;
