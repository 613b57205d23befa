-- Versions of packs as data: who made one, when, on what ground and from which; what state it is in.

alter table packs
  -- `folder`: read at a start. `edit`, `import`: sent by somebody.
  add column source text not null default 'folder' check (source in ('folder', 'edit', 'import')),
  add column made_by text check (length(made_by) between 1 and 200),
  add column note text check (length(note) between 1 and 2000),
  -- The version it was made from.
  add column parent int references packs,
  -- Its files as they were given, by path; null: an earlier release stored it.
  add column files json,
  add column activated_at timestamptz,
  -- `start`: a control plane did, from its folder.
  add column activated_by text check (length(activated_by) between 1 and 200),
  -- The version that was active before it: where a rollback goes.
  add column replaced int references packs;
update packs set made_by = 'start', activated_at = created_at, activated_by = 'start';
alter table packs
  add column state text not null generated always as
    (case when active then 'active' when activated_at is null then 'draft' else 'retired' end) stored,
  add constraint active_since check (not active or activated_at is not null);

-- The version that a submission means: `pitch-deck` the active one, `pitch-deck@3` that one, whatever its state.
create function find_pack(p_pack text) returns int language sql stable as $$
  select id from packs where name = split_part(p_pack, '@', 1)
    and case when position('@' in p_pack) = 0 then active when split_part(p_pack, '@', 2) ~ '^[0-9]{1,7}$' then version = split_part(p_pack, '@', 2)::int else false end
  order by id desc limit 1
$$;

-- As before, but a pack may be named with its version.
create or replace function add_pipelines(p_workspace text, p_pack text, p_priority int, p_items jsonb, p_batch bigint default null)
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
  select * into k from packs where id = find_pack(p_pack);
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
