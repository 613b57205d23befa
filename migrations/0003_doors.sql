-- The SQL functions a backend in any language may call inside its own transaction. Each is a door to
-- the functions of 0002. Errors carry SQLSTATE class PL and the code of the registry as message.

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
declare
  k packs;
  d documents;
  p pipelines;
begin
  select * into k from packs where name = p_pack and active;
  if not found then raise exception 'PACK_NOT_FOUND' using errcode = 'PL404', detail = p_pack; end if;

  if p_idempotency_key is not null then
    -- Two submissions with one key wait for each other here; the second finds the first.
    perform pg_advisory_xact_lock(hashtextextended(p_workspace || chr(31) || p_idempotency_key, 0));
    select pi.* into p from pipelines pi where pi.workspace = p_workspace and pi.idempotency_key = p_idempotency_key;
    if found then
      select * into d from documents where id = p.document_id;
      if (p_sha256 is not null and d.sha256 is distinct from p_sha256) or (p_sha256 is null and d.source_uri is distinct from p_source_uri) then
        raise exception 'IDEMPOTENCY_CONFLICT' using errcode = 'PL409', detail = p_idempotency_key;
      end if;
      document_id := d.public_id; pipeline_id := p.public_id; existing := true;
      return next; return;
    end if;
  end if;

  insert into documents (workspace, sha256, source_uri, name, bytes, pages)
  values (p_workspace, p_sha256, p_source_uri, p_name, p_bytes, p_pages) returning * into d;
  insert into pipelines (workspace, document_id, pack_id, state, priority, idempotency_key, full_mask)
  values (p_workspace, d.id, k.id, case when p_sha256 is null then 'fetching' else 'active' end, p_priority, p_idempotency_key, k.full_mask)
  returning * into p;
  perform add_event(p_workspace, 'document.accepted', d.public_id, p.public_id, null,
    jsonb_build_object('name', p_name, 'pages', p_pages, 'bytes', p_bytes));
  perform free_and_close(p.id);
  if p_notify then perform pg_notify('pilotlight_work', ''); end if;
  document_id := d.public_id; pipeline_id := p.public_id; existing := false;
  return next;
end $$;

create function lease_text(l leases) returns text language sql immutable as $$ select l.epoch || '-' || l.id $$;

-- The next task for a registered container, or no row.
create function get_next_processing_task(p_server_id text)
returns table (lease text, pipeline_id text, document_sha256 text, task text, attempt int, deadline timestamptz) language sql as $$
  select c.epoch || '-' || c.id, p.public_id, d.sha256, k.task_names[c.idx + 1], c.attempt, c.deadline_at
  from claim_tasks(p_server_id, (select epoch from installation), 1) c
  join pipelines p on p.id = c.pipeline_id join documents d on d.id = p.document_id join packs k on k.id = p.pack_id
$$;

create function update_task_progress(p_lease text, p_percent double precision) returns boolean language sql as $$
  select coalesce((select report_progress(l.container_id, l.epoch, l.id, least(1, greatest(0, p_percent / 100)), null, null)
    from leases l where l.epoch = split_part(p_lease, '-', 1)::bigint and l.id = split_part(p_lease, '-', 2)::bigint), false)
$$;

-- Success with a result, or failure with a code: then the pack's attempts and backoff decide.
create function complete_task(p_lease text, p_success boolean, p_result jsonb default '{}', p_code text default 'INTERNAL')
returns boolean language plpgsql as $$
declare
  l leases;
  k packs;
  spent int;
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
    spent := 1 + coalesce((select t.failures from tasks t where t.pipeline_id = l.pipeline_id and t.idx = l.idx), 0);
    move := move || jsonb_build_object('failure', jsonb_build_object('code', p_code, 'detail', null)) || case
      when spent < k.attempts_max[l.idx + 1]
        then jsonb_build_object('kind', 'delay', 'afterMs', k.backoff_ms[l.idx + 1] * 2 ^ (spent - 1))
      else '{"kind": "dead"}'::jsonb end;
  end if;
  return (select accepted from apply_moves(jsonb_build_array(move)));
end $$;

-- Opens again what failed in a pipeline: one task and what stands on it, or everything.
create function retry_failed_task(p_pipeline text, p_task text default null) returns boolean language sql as $$
  select coalesce((select m.accepted from pipelines p join packs k on k.id = p.pack_id
    cross join lateral apply_moves(jsonb_build_array(jsonb_strip_nulls(jsonb_build_object('kind', 'retry', 'pipeline', p.id, 'by', 'sql',
      'fromMask', case when p_task is not null then 1::bigint << (array_position(k.task_names, p_task) - 1) end)))) m
    where p.public_id = p_pipeline and (p_task is null or p_task = any (k.task_names))), false)
$$;
