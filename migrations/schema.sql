-- The outcome of all migrations, read from the catalogue of a migrated database. For reading:
-- the migrations are what is applied. A test compares the two; `UPDATE=1` before it writes this anew.

-- sequences

create sequence lease_id_seq;
create sequence ready_seq;

-- tables

create table api_keys (
  id bigint generated always as identity not null,
  workspace text not null,
  label text not null,
  hash bytea not null,
  created_at timestamp with time zone default pl_now() not null,
  revoked_at timestamp with time zone,
  constraint api_keys_hash_key UNIQUE (hash),
  constraint api_keys_pkey PRIMARY KEY (id),
  constraint api_keys_workspace_fkey FOREIGN KEY (workspace) REFERENCES workspaces(id)
);

create table attempts (
  pipeline_id bigint not null,
  idx smallint not null,
  generation integer not null,
  attempt integer not null,
  workspace text not null,
  container_id text not null,
  epoch bigint not null,
  lease_id bigint not null,
  started_at timestamp with time zone not null,
  ended_at timestamp with time zone default pl_now() not null,
  outcome text not null,
  lost boolean default false not null,
  failure jsonb,
  constraint attempts_outcome_check CHECK ((outcome = ANY (ARRAY['done'::text, 'delayed'::text, 'dead'::text, 'released'::text, 'cancelled'::text])))
) partition by RANGE (ended_at);

create table attempts_default partition of attempts DEFAULT;

create table decisions (
  id bigint generated always as identity not null,
  at timestamp with time zone default pl_now() not null,
  policy text not null,
  pool text not null,
  action text not null,
  replica text,
  rule text not null,
  sentence text not null,
  inputs jsonb not null,
  alternative text,
  constraint decisions_action_check CHECK ((action = ANY (ARRAY['start'::text, 'stop'::text, 'hold'::text]))),
  constraint decisions_pkey PRIMARY KEY (id, at)
) partition by RANGE (at);

create table decisions_default partition of decisions DEFAULT;

create table delayed (
  pipeline_id bigint not null,
  idx smallint not null,
  generation integer not null,
  attempt integer not null,
  class_id integer not null,
  priority smallint not null,
  workspace text not null,
  run_at timestamp with time zone not null,
  constraint delayed_pkey PRIMARY KEY (pipeline_id, idx)
);

create table documents (
  id bigint generated always as identity not null,
  public_id text default make_public_id('d'::text) not null,
  workspace text not null,
  sha256 text,
  source_uri text,
  name text not null,
  bytes bigint,
  pages integer,
  created_at timestamp with time zone default pl_now() not null,
  constraint documents_check CHECK (((sha256 IS NOT NULL) OR (source_uri IS NOT NULL))),
  constraint documents_name_check CHECK (((length(name) >= 1) AND (length(name) <= 255))),
  constraint documents_pkey PRIMARY KEY (id),
  constraint documents_public_id_key UNIQUE (public_id),
  constraint documents_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text)),
  constraint documents_workspace_fkey FOREIGN KEY (workspace) REFERENCES workspaces(id)
);

create table events (
  id bigint generated always as identity not null,
  at timestamp with time zone default pl_now() not null,
  xid xid8 default pg_current_xact_id() not null,
  workspace text,
  type text not null,
  document text,
  pipeline text,
  task text,
  data jsonb default '{}'::jsonb not null,
  constraint events_pkey PRIMARY KEY (id, at)
) partition by RANGE (at);

create table events_default partition of events DEFAULT;

create table installation (
  only_row boolean default true not null,
  id text not null,
  epoch bigint default 0 not null,
  created_at timestamp with time zone default pl_now() not null,
  constraint installation_only_row_check CHECK (only_row),
  constraint installation_pkey PRIMARY KEY (only_row)
);

create table leases (
  epoch bigint not null,
  id bigint default nextval('lease_id_seq'::regclass) not null,
  pipeline_id bigint not null,
  idx smallint not null,
  generation integer not null,
  attempt integer not null,
  class_id integer not null,
  priority smallint not null,
  seq bigint not null,
  workspace text not null,
  container_id text not null,
  leased_at timestamp with time zone default pl_now() not null,
  deadline_at timestamp with time zone not null,
  stall_ms bigint not null,
  progressed_at timestamp with time zone default pl_now() not null,
  staged jsonb,
  constraint leases_pkey PRIMARY KEY (epoch, id)
) with (fillfactor=70, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=1000);

create table packs (
  id integer generated always as identity not null,
  name text not null,
  version integer not null,
  content_hash text not null,
  content json not null,
  dependencies jsonb not null,
  task_names text[] not null,
  layers integer[] not null,
  weights integer[] not null,
  needs bigint[] not null,
  class_ids integer[] not null,
  pools text[] not null,
  timeout_ms bigint[] not null,
  stall_ms bigint[] not null,
  attempts_max integer[] not null,
  lost_max integer[] not null,
  backoff_ms bigint[] not null,
  full_mask bigint not null,
  active boolean default false not null,
  created_at timestamp with time zone default pl_now() not null,
  constraint packs_name_version_content_hash_key UNIQUE (name, version, content_hash),
  constraint packs_pkey PRIMARY KEY (id),
  constraint packs_task_names_check CHECK (((cardinality(task_names) >= 1) AND (cardinality(task_names) <= 63)))
);

create table pipelines (
  id bigint generated always as identity not null,
  public_id text default make_public_id('p'::text) not null,
  workspace text not null,
  document_id bigint not null,
  pack_id integer not null,
  generation integer default 1 not null,
  state text default 'active'::text not null,
  priority smallint default 5 not null,
  idempotency_key text,
  full_mask bigint not null,
  queued_mask bigint default 0 not null,
  done_mask bigint default 0 not null,
  dead_mask bigint default 0 not null,
  skipped_mask bigint default 0 not null,
  gap_mask bigint default 0 not null,
  failure jsonb,
  engine jsonb,
  created_at timestamp with time zone default pl_now() not null,
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  constraint finished_or_not CHECK (((finished_at IS NOT NULL) = (state = ANY (ARRAY['done'::text, 'done_with_gaps'::text, 'failed'::text, 'cancelled'::text])))),
  constraint masks_apart CHECK ((((done_mask & dead_mask) = 0) AND ((done_mask & skipped_mask) = 0) AND ((dead_mask & skipped_mask) = 0))),
  constraint masks_within CHECK ((((((done_mask | dead_mask) | skipped_mask) | queued_mask) & (~ full_mask)) = 0)),
  constraint pipelines_document_id_fkey FOREIGN KEY (document_id) REFERENCES documents(id),
  constraint pipelines_pack_id_fkey FOREIGN KEY (pack_id) REFERENCES packs(id),
  constraint pipelines_pkey PRIMARY KEY (id),
  constraint pipelines_priority_check CHECK (((priority >= 0) AND (priority <= 9))),
  constraint pipelines_public_id_key UNIQUE (public_id),
  constraint pipelines_state_check CHECK ((state = ANY (ARRAY['fetching'::text, 'active'::text, 'done'::text, 'done_with_gaps'::text, 'failed'::text, 'cancelled'::text]))),
  constraint pipelines_workspace_fkey FOREIGN KEY (workspace) REFERENCES workspaces(id)
) with (fillfactor=60);

create table processing_servers (
  id text not null,
  server_type text not null,
  replica integer not null,
  container_id text,
  status text not null,
  capabilities jsonb default '{}'::jsonb not null,
  features text[] not null,
  class_ids integer[] default '{}'::integer[] not null,
  slots integer not null,
  max_concurrent_pipelines integer default 3 not null,
  pipeline_coordination_url text,
  visual_cache_access boolean default false not null,
  boot_id text not null,
  token_hash bytea not null,
  engine jsonb not null,
  gpu text,
  pid integer,
  note text,
  drain boolean default false not null,
  drain_reason text,
  last_heartbeat timestamp with time zone default pl_now() not null,
  expires_at timestamp with time zone not null,
  created_at timestamp with time zone default pl_now() not null,
  updated_at timestamp with time zone default pl_now() not null,
  ended_at timestamp with time zone,
  constraint processing_servers_max_concurrent_pipelines_check CHECK ((max_concurrent_pipelines > 0)),
  constraint processing_servers_pkey PRIMARY KEY (id),
  constraint processing_servers_slots_check CHECK ((slots > 0))
) with (fillfactor=70);

create table ready (
  class_id integer not null,
  priority smallint not null,
  seq bigint default nextval('ready_seq'::regclass) not null,
  pipeline_id bigint not null,
  idx smallint not null,
  generation integer not null,
  attempt integer not null,
  workspace text not null,
  since timestamp with time zone default pl_now() not null,
  constraint ready_pkey PRIMARY KEY (class_id, priority, seq)
) with (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=1000);

create table replicas (
  id bigint generated always as identity not null,
  pool text not null,
  replica integer not null,
  provider text not null,
  provider_ref text,
  phase text not null,
  phase_since timestamp with time zone default pl_now() not null,
  reason text,
  failure jsonb,
  container_id text,
  requested_at timestamp with time zone default pl_now() not null,
  ready_at timestamp with time zone,
  ended_at timestamp with time zone,
  constraint ended_or_not CHECK (((ended_at IS NOT NULL) = (phase = ANY (ARRAY['stopped'::text, 'failed'::text])))),
  constraint replicas_phase_check CHECK ((phase = ANY (ARRAY['requested'::text, 'provisioning'::text, 'pulling_image'::text, 'booting'::text, 'pulling_model'::text, 'loading'::text, 'canary'::text, 'ready'::text, 'draining'::text, 'stopped'::text, 'failed'::text]))),
  constraint replicas_pkey PRIMARY KEY (id)
);

create table results (
  pipeline_id bigint not null,
  idx smallint not null,
  generation integer not null,
  workspace text not null,
  result jsonb not null,
  engine jsonb not null,
  attempt integer not null,
  created_at timestamp with time zone default pl_now() not null,
  constraint results_pipeline_id_fkey FOREIGN KEY (pipeline_id) REFERENCES pipelines(id),
  constraint results_pkey PRIMARY KEY (pipeline_id, idx, generation)
);

create table schema_migrations (
  number integer not null,
  name text not null,
  checksum text not null,
  applied_at timestamp with time zone default now() not null,
  constraint schema_migrations_pkey PRIMARY KEY (number)
);

create table slide_failures (
  pipeline_id bigint not null,
  idx smallint not null,
  generation integer not null,
  slide integer not null,
  failure jsonb not null,
  created_at timestamp with time zone default pl_now() not null,
  constraint slide_failures_pkey PRIMARY KEY (pipeline_id, idx, generation, slide)
);

create table task_classes (
  id integer generated always as identity not null,
  key text not null,
  pool text not null,
  features text[] not null,
  constraint task_classes_key_key UNIQUE (key),
  constraint task_classes_pkey PRIMARY KEY (id)
);

create table task_progress (
  pipeline_id bigint not null,
  idx smallint not null,
  generation integer not null,
  fraction double precision not null,
  done integer,
  total integer,
  updated_at timestamp with time zone default pl_now() not null,
  constraint task_progress_fraction_check CHECK (((fraction >= (0)::double precision) AND (fraction <= (1)::double precision))),
  constraint task_progress_pkey PRIMARY KEY (pipeline_id, idx, generation)
) with (fillfactor=50);

create table tasks (
  pipeline_id bigint not null,
  idx smallint not null,
  generation integer not null,
  workspace text not null,
  failures integer default 0 not null,
  lost integer default 0 not null,
  failure jsonb,
  gaps integer[] default '{}'::integer[] not null,
  applicable boolean,
  reason text,
  container text,
  engine jsonb,
  seconds double precision,
  finished_at timestamp with time zone,
  constraint tasks_pipeline_id_fkey FOREIGN KEY (pipeline_id) REFERENCES pipelines(id),
  constraint tasks_pkey PRIMARY KEY (pipeline_id, idx)
);

create table visual_results (
  workspace text not null,
  sha256 text not null,
  recipe text not null,
  slide integer not null,
  result jsonb not null,
  pipeline_id bigint not null,
  container text,
  seconds double precision,
  created_at timestamp with time zone default pl_now() not null,
  constraint visual_results_pkey PRIMARY KEY (workspace, sha256, recipe, slide),
  constraint visual_results_slide_check CHECK ((slide > 0))
);

create table workspaces (
  id text not null,
  name text not null,
  created_at timestamp with time zone default pl_now() not null,
  constraint workspaces_id_check CHECK ((id ~ '^[a-z0-9][a-z0-9-]{0,62}$'::text)),
  constraint workspaces_pkey PRIMARY KEY (id)
);

-- indexes

CREATE INDEX attempts_by_pipeline ON ONLY public.attempts USING btree (pipeline_id, idx);
CREATE INDEX delayed_by_time ON public.delayed USING btree (run_at);
CREATE INDEX documents_by_workspace ON public.documents USING btree (workspace, id DESC);
CREATE INDEX events_by_document ON ONLY public.events USING btree (document, id);
CREATE INDEX events_in_order ON ONLY public.events USING btree (xid, id);
CREATE INDEX leases_by_container ON public.leases USING btree (container_id);
CREATE UNIQUE INDEX leases_by_task ON public.leases USING btree (pipeline_id, idx);
CREATE UNIQUE INDEX packs_active ON public.packs USING btree (name) WHERE active;
CREATE INDEX pipelines_by_document ON public.pipelines USING btree (document_id);
CREATE UNIQUE INDEX pipelines_idempotency ON public.pipelines USING btree (workspace, idempotency_key) WHERE (idempotency_key IS NOT NULL);
CREATE INDEX pipelines_open ON public.pipelines USING btree (id) WHERE (finished_at IS NULL);
CREATE UNIQUE INDEX processing_servers_live ON public.processing_servers USING btree (server_type, replica) WHERE (ended_at IS NULL);
CREATE UNIQUE INDEX ready_by_pipeline ON public.ready USING btree (pipeline_id, idx);
CREATE UNIQUE INDEX replicas_open ON public.replicas USING btree (pool, replica) WHERE (ended_at IS NULL);

-- views

create view current_pipelines as
 SELECT s.id AS container_id,
    (count(DISTINCT l.pipeline_id))::integer AS current_pipelines,
    (count(l.id))::integer AS leases
   FROM (processing_servers s
     LEFT JOIN leases l ON ((l.container_id = s.id)))
  WHERE (s.ended_at IS NULL)
  GROUP BY s.id;

create view task_states as
 SELECT p.id AS pipeline_id,
    (i.idx)::smallint AS idx,
    k.task_names[(i.idx + 1)] AS task,
        CASE
            WHEN ((p.done_mask & ((1)::bigint << i.idx)) <> 0) THEN 'done'::text
            WHEN ((p.dead_mask & ((1)::bigint << i.idx)) <> 0) THEN 'dead'::text
            WHEN ((p.skipped_mask & ((1)::bigint << i.idx)) <> 0) THEN 'skipped'::text
            WHEN (p.finished_at IS NOT NULL) THEN 'cancelled'::text
            WHEN (EXISTS ( SELECT 1
               FROM leases l
              WHERE ((l.pipeline_id = p.id) AND (l.idx = i.idx)))) THEN 'leased'::text
            WHEN (EXISTS ( SELECT 1
               FROM ready r
              WHERE ((r.pipeline_id = p.id) AND (r.idx = i.idx)))) THEN 'ready'::text
            WHEN (EXISTS ( SELECT 1
               FROM delayed d
              WHERE ((d.pipeline_id = p.id) AND (d.idx = i.idx)))) THEN 'delayed'::text
            ELSE 'blocked'::text
        END AS state
   FROM ((pipelines p
     JOIN packs k ON ((k.id = p.pack_id)))
     CROSS JOIN LATERAL generate_series(0, (cardinality(k.task_names) - 1)) i(idx));

-- functions

CREATE OR REPLACE FUNCTION public.add_document_processing_pipeline(p_workspace text, p_sha256 text DEFAULT NULL::text, p_source_uri text DEFAULT NULL::text, p_name text DEFAULT 'document.pdf'::text, p_pack text DEFAULT 'pitch-deck'::text, p_priority integer DEFAULT 5, p_idempotency_key text DEFAULT NULL::text, p_bytes bigint DEFAULT NULL::bigint, p_pages integer DEFAULT NULL::integer, p_notify boolean DEFAULT true)
 RETURNS TABLE(document_id text, pipeline_id text, existing boolean)
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.add_event(p_workspace text, p_type text, p_document text, p_pipeline text, p_task text, p_data jsonb)
 RETURNS void
 LANGUAGE sql
AS $function$
  insert into events (workspace, type, document, pipeline, task, data)
  values (p_workspace, p_type, p_document, p_pipeline, p_task, jsonb_strip_nulls(coalesce(p_data, '{}')))
$function$;

CREATE OR REPLACE FUNCTION public.apply_moves(p_moves jsonb)
 RETURNS TABLE(n integer, accepted boolean)
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.claim_tasks(p_container text, p_epoch bigint, p_limit integer)
 RETURNS SETOF leases
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.complete_task(p_lease text, p_success boolean, p_result jsonb DEFAULT '{}'::jsonb, p_code text DEFAULT 'INTERNAL'::text)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.ensure_partitions(days_ahead integer DEFAULT 2)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  day date;
  parent text;
begin
  perform pg_advisory_xact_lock(hashtext('pilotlight.partitions'));
  foreach parent in array array['attempts', 'decisions', 'events'] loop
    for day in select d::date from generate_series((pl_now() at time zone 'utc')::date,
                                                   (pl_now() at time zone 'utc')::date + days_ahead, interval '1 day') d loop
      begin
        execute format('create table if not exists %I partition of %I for values from (%L) to (%L)',
          parent || '_' || to_char(day, 'YYYYMMDD'), parent, day::text || ' 00:00:00+00', (day + 1)::text || ' 00:00:00+00');
      exception when check_violation then
        -- Rows of that day already lie in the default partition: they stay there.
        null;
      end;
    end loop;
  end loop;
end $function$;

CREATE OR REPLACE FUNCTION public.free_and_close(p_pipeline bigint)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.get_next_processing_task(p_server_id text)
 RETURNS TABLE(lease text, pipeline_id text, document_sha256 text, task text, attempt integer, deadline timestamp with time zone)
 LANGUAGE sql
AS $function$
  select c.epoch || '-' || c.id, p.public_id, d.sha256, k.task_names[c.idx + 1], c.attempt, c.deadline_at
  from claim_tasks(p_server_id, (select epoch from installation), 1) c
  join pipelines p on p.id = c.pipeline_id join documents d on d.id = p.document_id join packs k on k.id = p.pack_id
$function$;

CREATE OR REPLACE FUNCTION public.lease_text(l leases)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$ select l.epoch || '-' || l.id $function$;

CREATE OR REPLACE FUNCTION public.make_public_id(prefix text)
 RETURNS text
 LANGUAGE sql
AS $function$
  select prefix || '_' || substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)
$function$;

CREATE OR REPLACE FUNCTION public.move_cancel(p_pipeline bigint, p_by text)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.move_fetched(p_move jsonb)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.move_leased(p_move jsonb)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.move_retry(p_pipeline bigint, p_from_mask bigint, p_by text)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.pl_now()
 RETURNS timestamp with time zone
 LANGUAGE sql
 PARALLEL SAFE
AS $function$
  select coalesce(nullif(current_setting('pilotlight.now', true), '')::timestamptz, clock_timestamp())
$function$;

CREATE OR REPLACE FUNCTION public.promote_delayed(p_limit integer DEFAULT 1000)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.report_progress(p_container text, p_epoch bigint, p_id bigint, p_fraction double precision, p_done integer, p_total integer)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.retry_failed_task(p_pipeline text, p_task text DEFAULT NULL::text)
 RETURNS boolean
 LANGUAGE sql
AS $function$
  select coalesce((select m.accepted from pipelines p join packs k on k.id = p.pack_id
    cross join lateral apply_moves(jsonb_build_array(jsonb_strip_nulls(jsonb_build_object('kind', 'retry', 'pipeline', p.id, 'by', 'sql',
      'fromMask', case when p_task is not null then 1::bigint << (array_position(k.task_names, p_task) - 1) end)))) m
    where p.public_id = p_pipeline and (p_task is null or p_task = any (k.task_names))), false)
$function$;

CREATE OR REPLACE FUNCTION public.retry_mask(p_pipeline bigint, p_from_mask bigint)
 RETURNS bigint
 LANGUAGE plpgsql
 STABLE
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.save_slide(p_container text, p_epoch bigint, p_id bigint, p_recipe text, p_slide integer, p_result jsonb, p_seconds double precision)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.save_slide_failure(p_container text, p_epoch bigint, p_id bigint, p_slide integer, p_failure jsonb)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.update_task_progress(p_lease text, p_percent double precision)
 RETURNS boolean
 LANGUAGE sql
AS $function$
  select coalesce((select report_progress(l.container_id, l.epoch, l.id, least(1, greatest(0, p_percent / 100)), null, null)
    from leases l where l.epoch = split_part(p_lease, '-', 1)::bigint and l.id = split_part(p_lease, '-', 2)::bigint), false)
$function$;
