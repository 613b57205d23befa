-- The outcome of all migrations, read from the catalogue of a migrated database. For reading:
-- the migrations are what is applied. A test compares the two; `UPDATE=1` before it writes this anew.

-- sequences

create sequence lease_id_seq;

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

create table batches (
  id bigint generated always as identity not null,
  public_id text default make_public_id('b'::text) not null,
  workspace text not null,
  name text not null,
  idempotency_key text,
  created_at timestamp with time zone default pl_now() not null,
  content_hash text,
  cancelled_at timestamp with time zone,
  constraint batches_name_check CHECK (((length(name) >= 1) AND (length(name) <= 255))),
  constraint batches_pkey PRIMARY KEY (id),
  constraint batches_public_id_key UNIQUE (public_id)
);

create table container_logs (
  container text not null,
  id bigint generated always as identity not null,
  at timestamp with time zone default pl_now() not null,
  line text not null,
  constraint container_logs_pkey PRIMARY KEY (container, id)
);

create table daily_totals (
  day date not null,
  workspace text not null,
  pack text not null,
  documents integer not null,
  done integer not null,
  done_with_gaps integer not null,
  failed integer not null,
  cancelled integer not null,
  tasks_done integer not null,
  tasks_delayed integer not null,
  tasks_dead integer not null,
  tasks_released integer not null,
  tasks_cancelled integer not null,
  tasks_lost integer not null,
  seconds double precision not null,
  constraint daily_totals_pkey PRIMARY KEY (day, workspace, pack)
);

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
  version text,
  tick bigint,
  verdict jsonb,
  constraint decisions_action_check CHECK ((action = ANY (ARRAY['start'::text, 'stop'::text, 'hold'::text, 'place'::text, 'refuse'::text]))),
  constraint decisions_pkey PRIMARY KEY (id, at)
) partition by RANGE (at);

create table decisions_default partition of decisions DEFAULT;

create table deck_choices (
  document_id bigint not null,
  deck_key text not null,
  made_by text not null,
  at timestamp with time zone default pl_now() not null,
  constraint deck_choices_document_id_fkey FOREIGN KEY (document_id) REFERENCES documents(id) ON DELETE CASCADE,
  constraint deck_choices_made_by_check CHECK (((length(made_by) >= 1) AND (length(made_by) <= 200))),
  constraint deck_choices_pkey PRIMARY KEY (document_id)
);

create table delayed (
  pipeline_id bigint not null,
  idx smallint not null,
  generation integer not null,
  attempt integer not null,
  class_id integer not null,
  run_at timestamp with time zone not null,
  constraint delayed_pkey PRIMARY KEY (pipeline_id, idx)
) with (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=1000, autovacuum_vacuum_cost_delay=0, vacuum_truncate=false);

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
  deleted_at timestamp with time zone,
  deleted_by text,
  constraint deleted_by_somebody CHECK (((deleted_at IS NULL) = (deleted_by IS NULL))),
  constraint documents_deleted_by_check CHECK (((length(deleted_by) >= 1) AND (length(deleted_by) <= 200))),
  constraint documents_name_check CHECK (((length(name) >= 1) AND (length(name) <= 255))),
  constraint documents_pkey PRIMARY KEY (id),
  constraint documents_public_id_key UNIQUE (public_id),
  constraint documents_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text)),
  constraint has_content_or_is_deleted CHECK (
CASE
    WHEN (deleted_at IS NULL) THEN ((sha256 IS NOT NULL) OR (source_uri IS NOT NULL))
    ELSE ((sha256 IS NULL) AND (source_uri IS NULL))
END)
);

create table epochs (
  epoch bigint not null,
  server_started timestamp with time zone default pg_postmaster_start_time() not null,
  home oid default 'leases'::regclass not null,
  drawn_at timestamp with time zone default pl_now() not null,
  constraint epochs_pkey PRIMARY KEY (epoch)
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
  data json default '{}'::jsonb not null,
  pipeline_id bigint
) partition by RANGE (at);

create table events_default partition of events DEFAULT;

create table failure_acknowledgements (
  id bigint generated always as identity not null,
  at timestamp with time zone default pl_now() not null,
  workspace text not null,
  fingerprint text not null,
  kind text not null,
  note text,
  made_by text not null,
  until_pack integer,
  engines text[] default '{}'::text[] not null,
  packs text[] default '{}'::text[] not null,
  constraint failure_acknowledgements_check CHECK (((kind = 'muted'::text) = (until_pack IS NOT NULL))),
  constraint failure_acknowledgements_fingerprint_check CHECK ((fingerprint ~ '^f_[0-9a-f]{12}$'::text)),
  constraint failure_acknowledgements_kind_check CHECK ((kind = ANY (ARRAY['acknowledged'::text, 'muted'::text, 'reopened'::text]))),
  constraint failure_acknowledgements_made_by_check CHECK (((length(made_by) >= 1) AND (length(made_by) <= 200))),
  constraint failure_acknowledgements_note_check CHECK (((length(note) >= 1) AND (length(note) <= 2000))),
  constraint failure_acknowledgements_pkey PRIMARY KEY (id)
);

create table files (
  workspace text not null,
  sha256 text not null,
  name text not null,
  bytes bigint not null,
  pages integer not null,
  created_at timestamp with time zone default pl_now() not null,
  constraint files_name_check CHECK (((length(name) >= 1) AND (length(name) <= 255))),
  constraint files_pkey PRIMARY KEY (workspace, sha256),
  constraint files_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text))
);

create table fleet_orders (
  id bigint generated always as identity not null,
  kind text not null,
  pool text not null,
  replica integer,
  keep integer,
  reason text,
  at timestamp with time zone default pl_now() not null,
  until timestamp with time zone,
  ended_at timestamp with time zone,
  constraint fleet_orders_kind_check CHECK ((kind = ANY (ARRAY['start'::text, 'drain'::text, 'stop'::text, 'pause'::text]))),
  constraint fleet_orders_pkey PRIMARY KEY (id),
  constraint names_replica CHECK (((kind = ANY (ARRAY['drain'::text, 'stop'::text])) = (replica IS NOT NULL))),
  constraint start_keeps CHECK (((kind = 'start'::text) = (keep IS NOT NULL)))
);

create table forgotten_files (
  workspace text not null,
  sha256 text not null,
  forgotten_at timestamp with time zone default pl_now() not null,
  due_at timestamp with time zone default pl_now() not null,
  constraint forgotten_files_pkey PRIMARY KEY (workspace, sha256),
  constraint forgotten_files_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text))
);

create table installation (
  only_row boolean default true not null,
  id text not null,
  epoch bigint default 0 not null,
  created_at timestamp with time zone default pl_now() not null,
  registration_token text default encode(sha256((((gen_random_uuid())::text)::bytea || ((gen_random_uuid())::text)::bytea)), 'hex'::text) not null,
  constraint installation_only_row_check CHECK (only_row),
  constraint installation_pkey PRIMARY KEY (only_row)
);

create table leader (
  only_row boolean default true not null,
  holder text not null,
  pid integer not null,
  term bigint not null,
  since timestamp with time zone not null,
  renewed_at timestamp with time zone not null,
  constraint leader_only_row_check CHECK (only_row),
  constraint leader_pkey PRIMARY KEY (only_row)
);

create table learned_weights (
  pack_id integer not null,
  valid_from timestamp with time zone not null,
  unit_seconds double precision[] not null,
  n integer not null,
  constraint learned_weights_pkey PRIMARY KEY (pack_id, valid_from)
);

create table leases (
  epoch bigint not null,
  id bigint default nextval('lease_id_seq'::regclass) not null,
  pipeline_id bigint not null,
  idx smallint not null,
  generation integer not null,
  attempt integer not null,
  class_id integer not null,
  container_id text not null,
  leased_at timestamp with time zone default pl_now() not null,
  deadline_at timestamp with time zone not null,
  stall_ms bigint not null,
  progressed_at timestamp with time zone default pl_now() not null,
  staged jsonb,
  constraint leases_pkey PRIMARY KEY (id, epoch)
) with (fillfactor=70, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=1000, autovacuum_vacuum_cost_delay=0, vacuum_truncate=false);

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
  dependents bigint[] not null,
  source text default 'folder'::text not null,
  made_by text,
  note text,
  parent integer,
  files json,
  activated_at timestamp with time zone,
  activated_by text,
  replaced integer,
  state text generated always as (
CASE
    WHEN active THEN 'active'::text
    WHEN (activated_at IS NULL) THEN 'draft'::text
    ELSE 'retired'::text
END) stored not null,
  constraint active_since CHECK (((NOT active) OR (activated_at IS NOT NULL))),
  constraint packs_activated_by_check CHECK (((length(activated_by) >= 1) AND (length(activated_by) <= 200))),
  constraint packs_made_by_check CHECK (((length(made_by) >= 1) AND (length(made_by) <= 200))),
  constraint packs_name_version_content_hash_key UNIQUE (name, version, content_hash),
  constraint packs_note_check CHECK (((length(note) >= 1) AND (length(note) <= 2000))),
  constraint packs_parent_fkey FOREIGN KEY (parent) REFERENCES packs(id),
  constraint packs_pkey PRIMARY KEY (id),
  constraint packs_replaced_fkey FOREIGN KEY (replaced) REFERENCES packs(id),
  constraint packs_source_check CHECK ((source = ANY (ARRAY['folder'::text, 'edit'::text, 'import'::text]))),
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
  rank bigint not null,
  document text not null,
  batch_id bigint,
  opened_at timestamp with time zone,
  quarantine jsonb,
  constraint finished_or_not CHECK (((finished_at IS NOT NULL) = (state = ANY (ARRAY['done'::text, 'done_with_gaps'::text, 'failed'::text, 'cancelled'::text])))),
  constraint masks_apart CHECK ((((done_mask & dead_mask) = 0) AND ((done_mask & skipped_mask) = 0) AND ((dead_mask & skipped_mask) = 0))),
  constraint masks_within CHECK ((((((done_mask | dead_mask) | skipped_mask) | queued_mask) & (~ full_mask)) = 0)),
  constraint pipelines_pkey PRIMARY KEY (id),
  constraint pipelines_priority_check CHECK (((priority >= 0) AND (priority <= 9))),
  constraint pipelines_public_id_key UNIQUE (public_id),
  constraint pipelines_state_check CHECK ((state = ANY (ARRAY['fetching'::text, 'active'::text, 'done'::text, 'done_with_gaps'::text, 'failed'::text, 'cancelled'::text])))
) with (fillfactor=60, autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=5000);

create table policy_proposals (
  id bigint generated always as identity not null,
  at timestamp with time zone default pl_now() not null,
  policy text,
  settings jsonb default '{}'::jsonb not null,
  predicted jsonb,
  sentence text not null,
  constraint policy_proposals_pkey PRIMARY KEY (id),
  constraint policy_proposals_policy_check CHECK (((length(policy) >= 1) AND (length(policy) <= 400))),
  constraint policy_proposals_settings_check CHECK ((jsonb_typeof(settings) = 'object'::text))
);

create table policy_versions (
  version integer not null,
  at timestamp with time zone default pl_now() not null,
  by text not null,
  policy text,
  settings jsonb default '{}'::jsonb not null,
  predicted jsonb,
  previous integer,
  reverts integer,
  constraint policy_versions_by_check CHECK (((length(by) >= 1) AND (length(by) <= 200))),
  constraint policy_versions_check CHECK (((version > previous) AND (version > reverts))),
  constraint policy_versions_check1 CHECK (((policy IS NOT NULL) OR (settings = '{}'::jsonb))),
  constraint policy_versions_pkey PRIMARY KEY (version),
  constraint policy_versions_policy_check CHECK (((length(policy) >= 1) AND (length(policy) <= 400))),
  constraint policy_versions_previous_fkey FOREIGN KEY (previous) REFERENCES policy_versions(version),
  constraint policy_versions_reverts_fkey FOREIGN KEY (reverts) REFERENCES policy_versions(version),
  constraint policy_versions_settings_check CHECK ((jsonb_typeof(settings) = 'object'::text)),
  constraint policy_versions_version_check CHECK ((version > 0))
);

create table portfolio (
  document_id bigint not null,
  workspace text not null,
  pipeline_id bigint not null,
  generation integer not null,
  done_mask bigint not null,
  review_id bigint not null,
  made_as integer not null,
  company_key text,
  stem text,
  deck_key text not null,
  constraint portfolio_document_id_fkey FOREIGN KEY (document_id) REFERENCES documents(id) ON DELETE CASCADE,
  constraint portfolio_pkey PRIMARY KEY (document_id)
);

create table portfolio_fields (
  document_id bigint not null,
  path text not null,
  workspace text not null,
  title text not null,
  type text not null,
  position integer not null,
  value jsonb,
  shown text,
  number double precision,
  number_to double precision,
  unit text,
  conflicts integer not null,
  confidence double precision,
  review text,
  constraint portfolio_fields_document_id_fkey FOREIGN KEY (document_id) REFERENCES portfolio(document_id) ON DELETE CASCADE,
  constraint portfolio_fields_pkey PRIMARY KEY (document_id, path),
  constraint portfolio_fields_review_check CHECK ((review = ANY (ARRAY['verified'::text, 'flagged'::text, 'corrected'::text])))
);

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
  idle_since timestamp with time zone,
  worked_from timestamp with time zone,
  reader text,
  constraint processing_servers_max_concurrent_pipelines_check CHECK ((max_concurrent_pipelines > 0)),
  constraint processing_servers_pkey PRIMARY KEY (id),
  constraint processing_servers_slots_check CHECK ((slots > 0))
) with (fillfactor=70, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=200, autovacuum_vacuum_cost_delay=0);

create table provider_facts (
  provider text not null,
  fact text not null,
  value jsonb not null,
  measured_at timestamp with time zone default pl_now() not null,
  constraint provider_facts_pkey PRIMARY KEY (provider, fact)
);

create table provider_looks (
  provider text not null,
  kind text not null,
  ok boolean not null,
  detail text,
  others text[] default '{}'::text[] not null,
  seen_at timestamp with time zone,
  looked_at timestamp with time zone default pl_now() not null,
  constraint provider_looks_pkey PRIMARY KEY (provider)
);

create table queue_clocks (
  class_id integer not null,
  virtual_ms bigint not null,
  is_empty boolean not null,
  drained_at timestamp with time zone not null,
  constraint queue_clocks_pkey PRIMARY KEY (class_id)
) with (fillfactor=50, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=200, autovacuum_vacuum_cost_delay=0);

create table ready (
  class_id integer not null,
  rank bigint not null,
  pipeline_id bigint not null,
  idx smallint not null,
  generation integer not null,
  attempt integer not null,
  since timestamp with time zone default pl_now() not null,
  constraint ready_pkey PRIMARY KEY (class_id, rank, pipeline_id, idx)
) with (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=1000, autovacuum_vacuum_cost_delay=0, vacuum_truncate=false);

create table refusals (
  provider text not null,
  gpu text not null,
  gpus integer not null,
  region text not null,
  spot boolean not null,
  code text not null,
  at timestamp with time zone default pl_now() not null,
  constraint refusals_pkey PRIMARY KEY (provider, gpu, gpus, region, spot)
);

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
  gpu text,
  gpus integer default 0 not null,
  region text,
  spot boolean default false not null,
  micro_usd_per_hour bigint,
  unpriced boolean default false not null,
  quantum_ms bigint default 0 not null,
  billed_from timestamp with time zone,
  billed_until timestamp with time zone,
  phases jsonb default '[]'::jsonb not null,
  pull jsonb,
  trouble text,
  decision_id bigint,
  constraint billed_forward CHECK ((billed_until >= billed_from)),
  constraint ended_or_not CHECK (((ended_at IS NOT NULL) = (phase = ANY (ARRAY['stopped'::text, 'failed'::text])))),
  constraint replicas_micro_usd_per_hour_check CHECK ((micro_usd_per_hour >= 0)),
  constraint replicas_phase_check CHECK ((phase = ANY (ARRAY['requested'::text, 'provisioning'::text, 'pulling_image'::text, 'booting'::text, 'pulling_model'::text, 'loading'::text, 'canary'::text, 'ready'::text, 'draining'::text, 'stopped'::text, 'failed'::text]))),
  constraint replicas_pkey PRIMARY KEY (id),
  constraint replicas_quantum_ms_check CHECK ((quantum_ms >= 0))
);

create table results (
  pipeline_id bigint not null,
  idx smallint not null,
  generation integer not null,
  result jsonb not null,
  engine jsonb not null,
  attempt integer not null,
  created_at timestamp with time zone default pl_now() not null,
  container text,
  epoch bigint,
  lease_id bigint,
  started_at timestamp with time zone,
  gaps integer[] default '{}'::integer[] not null,
  applicable boolean,
  reason text,
  findings integer[] generated always as (finding_counts(result)) stored,
  company text generated always as (
CASE
    WHEN (result ? 'extractions'::text) THEN "left"(COALESCE((result #>> '{extractions,startup_name,value}'::text[]), ''::text), 200)
    ELSE NULL::text
END) stored,
  constraint results_pkey PRIMARY KEY (pipeline_id, idx, generation)
);

create table reviews (
  id bigint generated always as identity not null,
  at timestamp with time zone default pl_now() not null,
  workspace text not null,
  document_id bigint not null,
  pipeline_id bigint not null,
  generation integer not null,
  task text not null,
  path text not null,
  verdict text not null,
  seen jsonb not null,
  corrected jsonb,
  note text,
  made_by text not null,
  constraint reviews_check CHECK (((verdict = 'corrected'::text) = (corrected IS NOT NULL))),
  constraint reviews_document_id_fkey FOREIGN KEY (document_id) REFERENCES documents(id) ON DELETE CASCADE,
  constraint reviews_made_by_check CHECK (((length(made_by) >= 1) AND (length(made_by) <= 200))),
  constraint reviews_note_check CHECK (((length(note) >= 1) AND (length(note) <= 2000))),
  constraint reviews_path_check CHECK (((length(path) >= 1) AND (length(path) <= 200))),
  constraint reviews_pipeline_id_fkey FOREIGN KEY (pipeline_id) REFERENCES pipelines(id) ON DELETE CASCADE,
  constraint reviews_pkey PRIMARY KEY (id),
  constraint reviews_verdict_check CHECK ((verdict = ANY (ARRAY['verified'::text, 'flagged'::text, 'corrected'::text, 'withdrawn'::text])))
);

create table rolled_days (
  day date not null,
  rolled_at timestamp with time zone default pl_now() not null,
  constraint rolled_days_pkey PRIMARY KEY (day)
);

create table scaler_state (
  policy text not null,
  version text not null,
  tick bigint not null,
  term bigint not null,
  state json not null,
  told_xid xid8,
  told_id bigint,
  told_at timestamp with time zone,
  updated_at timestamp with time zone default pl_now() not null,
  constraint scaler_state_pkey PRIMARY KEY (policy, version),
  constraint told_whole CHECK ((num_nulls(told_xid, told_id, told_at) = ANY (ARRAY[0, 3])))
) with (fillfactor=50, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=200, autovacuum_vacuum_cost_delay=0);

create table schema_migrations (
  number integer not null,
  name text not null,
  checksum text not null,
  applied_at timestamp with time zone default now() not null,
  constraint schema_migrations_pkey PRIMARY KEY (number)
);

create table shares (
  workspace text not null,
  priority smallint not null,
  virtual_ms bigint not null,
  at timestamp with time zone not null,
  constraint shares_pkey PRIMARY KEY (workspace, priority)
) with (fillfactor=50, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=200, autovacuum_vacuum_cost_delay=0);

create table slide_failures (
  pipeline_id bigint not null,
  idx smallint not null,
  generation integer not null,
  slide integer not null,
  failure jsonb not null,
  created_at timestamp with time zone default pl_now() not null,
  constraint slide_failures_pkey PRIMARY KEY (pipeline_id, idx, generation, slide)
);

create table slide_texts (
  document_id bigint not null,
  slide integer not null,
  workspace text not null,
  title text,
  text text not null,
  words tsvector generated always as ((((setweight(to_tsvector('simple'::regconfig, COALESCE(title, ''::text)), 'A'::"char") || setweight(to_tsvector('english'::regconfig, COALESCE(title, ''::text)), 'A'::"char")) || to_tsvector('simple'::regconfig, text)) || to_tsvector('english'::regconfig, text))) stored not null,
  constraint slide_texts_document_id_fkey FOREIGN KEY (document_id) REFERENCES portfolio(document_id) ON DELETE CASCADE,
  constraint slide_texts_pkey PRIMARY KEY (document_id, slide),
  constraint slide_texts_slide_check CHECK ((slide > 0))
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
) with (fillfactor=50, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=1000, autovacuum_vacuum_cost_delay=0);

create table tasks (
  pipeline_id bigint not null,
  idx smallint not null,
  generation integer not null,
  failures integer default 0 not null,
  lost integer default 0 not null,
  failure jsonb,
  container text,
  finished_at timestamp with time zone,
  slides_since integer,
  constraint tasks_pkey PRIMARY KEY (pipeline_id, idx)
);

create table visual_cache (
  workspace text not null,
  sha256 text not null,
  recipe text not null,
  slide integer not null,
  result jsonb not null,
  bytes integer not null,
  constraint visual_cache_pkey PRIMARY KEY (workspace, sha256, recipe, slide),
  constraint visual_cache_slide_check CHECK ((slide >= 0)),
  constraint visual_cache_workspace_sha256_recipe_fkey FOREIGN KEY (workspace, sha256, recipe) REFERENCES visual_cache_entries(workspace, sha256, recipe) ON DELETE CASCADE
);

create table visual_cache_entries (
  workspace text not null,
  sha256 text not null,
  recipe text not null,
  bytes bigint default 0 not null,
  created_at timestamp with time zone default pl_now() not null,
  used_at timestamp with time zone default pl_now() not null,
  constraint visual_cache_entries_pkey PRIMARY KEY (workspace, sha256, recipe)
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
  generation integer default 1 not null,
  constraint visual_results_pkey PRIMARY KEY (workspace, sha256, recipe, slide, pipeline_id, generation),
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
CREATE INDEX batches_by_workspace ON public.batches USING btree (workspace, id DESC);
CREATE UNIQUE INDEX batches_idempotency ON public.batches USING btree (workspace, idempotency_key) WHERE (idempotency_key IS NOT NULL);
CREATE INDEX decisions_by_pool ON ONLY public.decisions USING btree (pool, id);
CREATE INDEX decisions_open ON ONLY public.decisions USING btree (id) WHERE (verdict IS NULL);
CREATE INDEX delayed_by_time ON public.delayed USING btree (run_at);
CREATE INDEX documents_by_hash ON public.documents USING btree (workspace, sha256) WHERE (sha256 IS NOT NULL);
CREATE INDEX documents_by_workspace ON public.documents USING btree (workspace, id DESC);
CREATE INDEX events_by_document ON ONLY public.events USING btree (document, id) WHERE (document IS NOT NULL);
CREATE INDEX events_by_id ON ONLY public.events USING brin (id) WITH (pages_per_range='16', autosummarize='on');
CREATE INDEX events_by_pipeline ON ONLY public.events USING btree (pipeline_id, id) WHERE (pipeline_id IS NOT NULL);
CREATE INDEX events_in_order ON ONLY public.events USING btree (xid, id);
CREATE INDEX events_rejected ON ONLY public.events USING btree (workspace, at) WHERE (type = 'document.rejected'::text);
CREATE INDEX events_retried ON ONLY public.events USING btree (workspace, at) WHERE (type = 'pipeline.retried'::text);
CREATE INDEX failure_acknowledgements_newest ON public.failure_acknowledgements USING btree (workspace, fingerprint, id DESC);
CREATE UNIQUE INDEX fleet_orders_open ON public.fleet_orders USING btree (pool, kind, COALESCE(replica, 0)) WHERE ((ended_at IS NULL) AND (kind <> 'start'::text));
CREATE INDEX forgotten_files_by_time ON public.forgotten_files USING btree (due_at);
CREATE INDEX leases_by_container ON public.leases USING btree (container_id, id);
CREATE UNIQUE INDEX leases_by_task ON public.leases USING btree (pipeline_id, idx);
CREATE UNIQUE INDEX packs_active ON public.packs USING btree (name) WHERE active;
CREATE INDEX pipelines_by_batch ON public.pipelines USING btree (batch_id) WHERE (batch_id IS NOT NULL);
CREATE INDEX pipelines_by_document ON public.pipelines USING btree (document_id);
CREATE INDEX pipelines_by_end ON public.pipelines USING btree (workspace, finished_at, document_id) WHERE (finished_at IS NOT NULL);
CREATE INDEX pipelines_fetching ON public.pipelines USING btree (id) WHERE (state = 'fetching'::text);
CREATE UNIQUE INDEX pipelines_idempotency ON public.pipelines USING btree (workspace, idempotency_key) WHERE (idempotency_key IS NOT NULL);
CREATE INDEX pipelines_open ON public.pipelines USING btree (id) WHERE (finished_at IS NULL);
CREATE INDEX pipelines_troubled ON public.pipelines USING btree (workspace, document_id) WHERE ((state = ANY (ARRAY['failed'::text, 'done_with_gaps'::text, 'cancelled'::text])) OR (quarantine IS NOT NULL));
CREATE INDEX policy_proposals_by_time ON public.policy_proposals USING btree (at DESC, id DESC);
CREATE INDEX portfolio_by_deck ON public.portfolio USING btree (workspace, deck_key, document_id);
CREATE INDEX portfolio_by_stem ON public.portfolio USING btree (workspace, stem, document_id) WHERE (stem IS NOT NULL);
CREATE INDEX portfolio_fields_by_path ON public.portfolio_fields USING btree (workspace, path, document_id);
CREATE INDEX processing_servers_by_slot ON public.processing_servers USING btree (server_type, replica, created_at);
CREATE UNIQUE INDEX processing_servers_live ON public.processing_servers USING btree (server_type, replica) WHERE (ended_at IS NULL);
CREATE INDEX replicas_by_container ON public.replicas USING btree (container_id COLLATE "C") WHERE (container_id IS NOT NULL);
CREATE UNIQUE INDEX replicas_by_decision ON public.replicas USING btree (decision_id) WHERE (decision_id IS NOT NULL);
CREATE INDEX replicas_by_slot ON public.replicas USING btree (pool, replica, id DESC);
CREATE INDEX replicas_by_time ON public.replicas USING btree (pool, replica, requested_at);
CREATE UNIQUE INDEX replicas_open ON public.replicas USING btree (pool, replica) WHERE (ended_at IS NULL);
CREATE INDEX results_by_time ON public.results USING brin (created_at) WITH (pages_per_range='16', autosummarize='on');
CREATE INDEX results_company ON public.results USING btree (pipeline_id) INCLUDE (generation, company) WHERE (company IS NOT NULL);
CREATE INDEX reviews_by_time ON public.reviews USING btree (at);
CREATE INDEX reviews_document ON public.reviews USING btree (document_id, path, id DESC);
CREATE INDEX slide_texts_by_words ON public.slide_texts USING gin (words);
CREATE INDEX visual_results_by_time ON public.visual_results USING brin (created_at) WITH (pages_per_range='16', autosummarize='on');

-- views

create view attempt_history as
 SELECT attempts.pipeline_id,
    attempts.idx,
    attempts.generation,
    attempts.attempt,
    attempts.container_id,
    attempts.epoch,
    attempts.lease_id,
    attempts.started_at,
    attempts.ended_at,
    attempts.outcome,
    attempts.lost,
    attempts.failure
   FROM attempts
UNION ALL
 SELECT results.pipeline_id,
    results.idx,
    results.generation,
    results.attempt,
    results.container AS container_id,
    results.epoch,
    results.lease_id,
    results.started_at,
    results.created_at AS ended_at,
    'done'::text AS outcome,
    false AS lost,
    NULL::jsonb AS failure
   FROM results
  WHERE (results.container IS NOT NULL);

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
              WHERE ((r.class_id = k.class_ids[(i.idx + 1)]) AND (r.rank = p.rank) AND (r.pipeline_id = p.id) AND (r.idx = i.idx)))) THEN 'ready'::text
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
begin
  return query select a.document_id, a.pipeline_id, a.existing from add_pipelines(p_workspace, p_pack, p_priority, jsonb_build_array(jsonb_build_object(
    'sha256', p_sha256, 'sourceUri', p_source_uri, 'name', p_name, 'key', p_idempotency_key, 'bytes', p_bytes, 'pages', p_pages))) a;
  if p_notify then perform pg_notify('pilotlight_work', ''); end if;
end $function$;

CREATE OR REPLACE FUNCTION public.add_document_processing_pipelines(p_workspace text, p_documents jsonb, p_name text DEFAULT NULL::text, p_priority integer DEFAULT 5, p_pack text DEFAULT 'pitch-deck'::text, p_idempotency_key text DEFAULT NULL::text, p_notify boolean DEFAULT true)
 RETURNS TABLE(batch_id text, n integer, document_id text, pipeline_id text, existing boolean)
 LANGUAGE plpgsql
AS $function$
declare
  made record;
begin
  select * into made from make_batch(p_workspace, p_documents, p_name, p_priority, p_pack, p_idempotency_key);
  if p_notify then perform pg_notify('pilotlight_work', ''); end if;
  return query select made.public_id, i.n, i.document_id, i.pipeline_id, made.existing or i.existing
    from batch_items(p_workspace, made.batch, p_documents) i;
end $function$;

CREATE OR REPLACE FUNCTION public.add_event(p_workspace text, p_type text, p_document text, p_pipeline text, p_task text, p_data jsonb)
 RETURNS void
 LANGUAGE sql
AS $function$
  insert into events (workspace, type, document, pipeline, task, data)
  values (p_workspace, p_type, p_document, p_pipeline, p_task, jsonb_strip_nulls(coalesce(p_data, '{}'))::json)
$function$;

CREATE OR REPLACE FUNCTION public.add_failure_acknowledgement(p_workspace text, p_fingerprint text, p_kind text, p_note text, p_by text, p_until_pack integer, p_engines text[], p_packs text[])
 RETURNS timestamp with time zone
 LANGUAGE plpgsql
AS $function$
declare
  made failure_acknowledgements;
begin
  insert into failure_acknowledgements (workspace, fingerprint, kind, note, made_by, until_pack, engines, packs)
  values (p_workspace, p_fingerprint, p_kind, p_note, p_by, p_until_pack, p_engines, p_packs) returning * into made;
  perform add_event(p_workspace, 'failure.' || p_kind, null, null, null,
    jsonb_strip_nulls(jsonb_build_object('fingerprint', p_fingerprint, 'by', p_by, 'note', p_note, 'untilPack', p_until_pack)));
  return made.at;
end $function$;

CREATE OR REPLACE FUNCTION public.add_pipelines(p_workspace text, p_pack text, p_priority integer, p_items jsonb, p_batch bigint DEFAULT NULL::bigint)
 RETURNS TABLE(n integer, document_id text, pipeline_id text, existing boolean, rank bigint, class_ids integer[])
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.add_review(p_review jsonb)
 RETURNS bigint
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.add_to_batch(p_workspace text, p_batch text, p_pack text, p_priority integer, p_items jsonb)
 RETURNS TABLE(n integer, document_id text, pipeline_id text, existing boolean)
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.admit(p_workspace text, p_class integer, p_priority integer, p_count integer, p_now timestamp with time zone)
 RETURNS bigint
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.advance_pipelines(p_ids bigint[], p_done bigint[], p_gaps bigint[], p_starts timestamp with time zone[], p_engines jsonb[], p_now timestamp with time zone, p_said text[] DEFAULT NULL::text[], p_epoch bigint DEFAULT NULL::bigint, p_holders text[] DEFAULT NULL::text[], p_who text[] DEFAULT NULL::text[], p_room integer[] DEFAULT NULL::integer[], p_serves text[] DEFAULT NULL::text[], OUT granted json, OUT takers text[], OUT freed integer[], OUT freed_ranks bigint[])
 RETURNS record
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
begin
  with b as (
    select b.*, w.at, w.serves from unnest(p_ids, p_done, p_gaps, p_starts, p_engines, p_holders, p_said) as b(id, done, gaps, started, engine, holder, said)
    left join unnest(p_who, p_serves::text[]) with ordinality as w(id, serves, at) on w.id = b.holder
  ), cur as materialized (
    select p.id, k.class_ids, k.timeout_ms, k.stall_ms, p.rank, p.generation, p.created_at, b.started, b.said,
      coalesce(p.engine, b.engine) as engine, b.at, b.serves::int[] as serves, m.done, m.gaps, s.skipped, s.skipped & ~p.skipped_mask as lost, f.fresh, e.ending
    from b cross join lateral (select * from pipelines p where p.id = b.id and p.state = 'active' offset 0) p
    cross join lateral (select needs, dependents, class_ids, timeout_ms, stall_ms from packs k where k.id = p.pack_id offset 0) k
    cross join lateral (select p.done_mask | coalesce(b.done, 0) as done, p.gap_mask | coalesce(b.gaps, 0) as gaps offset 0) m
    cross join lateral (select p.skipped_mask | case when p.dead_mask = 0 then 0 else coalesce((
      select bit_or(k.dependents[i]) from generate_subscripts(k.dependents, 1) i where p.dead_mask & (1::bigint << (i - 1)) <> 0), 0) end as skipped offset 0) s
    cross join lateral (select coalesce(bit_or(1::bigint << (i - 1)), 0) as fresh from generate_subscripts(k.needs, 1) i
      where (p.queued_mask | m.done | p.dead_mask | s.skipped) & (1::bigint << (i - 1)) = 0 and k.needs[i] & ~m.done = 0) f
    cross join lateral (select case when (m.done | p.dead_mask | s.skipped) <> p.full_mask then null
      when m.done = p.full_mask and m.gaps = 0 then 'done' when m.done = 0 then 'failed' else 'done_with_gaps' end as ending offset 0) e
  ), moved as (
    update pipelines p set done_mask = c.done, gap_mask = c.gaps, skipped_mask = c.skipped, queued_mask = p.queued_mask | c.fresh,
      engine = c.engine, started_at = coalesce(p.started_at, c.started), state = coalesce(c.ending, 'active'), finished_at = case when c.ending is not null then p_now end,
      failure = case when c.ending in ('failed', 'done_with_gaps')
        then (select t.failure from tasks t where t.pipeline_id = c.id and p.dead_mask & (1::bigint << t.idx) <> 0 order by t.idx limit 1) end
    from cur c where p.id = any (p_ids) and p.id = c.id
  ), open as (
    select o.*, row_number() over (partition by o.at order by o.rank, o.id, o.idx) as nth from (
      select c.id, c.rank, c.generation, (i - 1)::smallint as idx, c.class_ids[i] as class_id, c.timeout_ms[i] as timeout_ms, c.stall_ms[i] as stall_ms,
        case when c.class_ids[i] = any (c.serves) then c.at end as at
      from cur c cross join lateral generate_subscripts(c.class_ids, 1) i where c.fresh & (1::bigint << (i - 1)) <> 0) o
  ), placed as materialized (
    select *, case when nth <= p_room[at] then p_who[at] end as container from open
  ), lease as (
    insert into leases (epoch, pipeline_id, idx, generation, attempt, class_id, container_id, leased_at, progressed_at, deadline_at, stall_ms)
    select p_epoch, id, idx, generation, 1, class_id, container, p_now, p_now, p_now + timeout_ms * interval '1 millisecond', stall_ms
    from placed where container is not null order by rank, id, idx
    returning id, container_id, pipeline_id, idx, generation, attempt, class_id, deadline_at
  ), wait as (
    insert into ready (class_id, rank, pipeline_id, idx, generation, attempt, since)
    select class_id, rank, id, idx, generation, 1, p_now from placed where container is null returning class_id, rank
  ), loose as (
    select class_id, min(rank) as rank from wait group by class_id
  ), told as (
    insert into events (at, type, pipeline_id, data)
    select p_now, 'moved', x.id, ('[' || string_agg(x.said, ',' order by x.nth) || ']')::json from (
      select c.id, 1 as nth, c.said from cur c where c.said is not null
      union all
      select o.id, 2, string_agg(json_build_array('task.leased', o.idx, json_build_object('container', o.container, 'attempt', 1))::text, ',')
      from placed o where o.container is not null group by o.id
      union all
      select c.id, 3, (select string_agg(json_build_array('task.skipped', i - 1, json_build_object('because', 'a task it waits for failed'))::text, ',' order by i)
        from generate_subscripts(c.class_ids, 1) i where c.lost & (1::bigint << (i - 1)) <> 0) from cur c where c.lost <> 0
      union all
      select c.id, 4, json_build_array('pipeline.finished', null, json_build_object(
        'state', c.ending, 'seconds', extract(epoch from p_now - c.created_at), 'engine', c.engine))::text from cur c where c.ending is not null
    ) x group by x.id
  ), marks as (
    -- What failed keeps its marks: its progress does not fall.
    delete from task_progress g where g.pipeline_id = any (array(select c.id from cur c where c.ending in ('done', 'done_with_gaps')))
  )
  select (select json_agg(json_build_array(id, container_id, pipeline_id, idx, generation, attempt, class_id, deadline_at)) from lease),
    (select array_agg(container_id) from lease), array_agg(l.class_id), array_agg(l.rank) into granted, takers, freed, freed_ranks from loose l;
end $function$;

CREATE OR REPLACE FUNCTION public.apply_moves(p_moves jsonb)
 RETURNS TABLE(n integer, accepted boolean)
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.batch_items(p_workspace text, p_batch bigint, p_documents jsonb)
 RETURNS TABLE(n integer, document_id text, pipeline_id text, existing boolean)
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.cache_slide(p_workspace text, p_sha256 text, p_recipe text, p_slide integer, p_result jsonb, p_bytes integer)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.choose_deck(p_workspace text, p_document text, p_other text, p_by text)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
declare
  d documents;
  runs bigint[];
  chosen text;
begin
  select * into d from documents x where x.workspace = p_workspace and x.public_id = p_document and x.deleted_at is null for key share;
  if not found then return null; end if;
  if p_other is null then chosen := coalesce(md5('file/' || d.sha256), md5('document/' || d.id));
  else
    select f.deck_key into chosen from documents x join portfolio f on f.document_id = x.id
    where x.workspace = p_workspace and x.public_id = p_other and x.deleted_at is null;
    if chosen is null then return null; end if;
  end if;
  select array_agg(x.id order by x.id) into runs from (
    select x.id from documents x where x.id = d.id or x.workspace = p_workspace and x.sha256 = d.sha256 order by x.id for key share) x;
  insert into deck_choices (document_id, deck_key, made_by) select i, chosen, p_by from unnest(runs) i
  on conflict (document_id) do update set deck_key = excluded.deck_key, made_by = excluded.made_by, at = excluded.at;
  update portfolio f set deck_key = chosen where f.document_id = any (runs);
  perform add_event(d.workspace, 'document.version', d.public_id, null, null, jsonb_build_object('by', p_by));
  return chosen;
end $function$;

CREATE OR REPLACE FUNCTION public.complete_task(p_lease text, p_success boolean, p_result jsonb DEFAULT '{}'::jsonb, p_code text DEFAULT 'INTERNAL'::text, p_rounds_extra integer DEFAULT 1, p_round_delay_ms bigint DEFAULT 120000)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.count_ready(p_max integer)
 RETURNS TABLE(class_id integer, n integer, since timestamp with time zone)
 LANGUAGE sql
 STABLE
 SET enable_seqscan TO 'off'
 SET enable_bitmapscan TO 'off'
 SET enable_sort TO 'off'
 SET jit TO 'off'
AS $function$
  select c.id, r.n, r.since from task_classes c cross join lateral (select count(*)::int as n, min(r.since) as since from (
    select r.since from ready r where r.class_id = c.id order by r.class_id, r.rank, r.pipeline_id, r.idx limit p_max) r) r
$function$;

CREATE OR REPLACE FUNCTION public.deck_key_of(p_document bigint)
 RETURNS text
 LANGUAGE plpgsql
 STABLE
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
begin
  return (
      with self as (select d.id, d.workspace, d.sha256 from documents d where d.id = p_document),
      own as materialized (
        select f.document_id, f.company_key, f.stem from portfolio f
        where f.document_id = p_document or f.document_id = any (array(select o.id from documents o, self s where o.workspace = s.workspace and o.sha256 = s.sha256))
      ), file as (
        select (select c.deck_key from deck_choices c join own o on o.document_id = c.document_id order by c.at desc, c.document_id desc limit 1) as choice,
          (select o.company_key from own o where o.company_key is not null order by o.document_id desc limit 1) as company,
          (select o.stem from own o where o.stem is not null order by o.document_id limit 1) as stem
      )
      select coalesce(
        k.choice,
        md5('company/' || k.company),
        (select f.deck_key from portfolio f join documents d on d.id = f.document_id
          where f.workspace = s.workspace and f.stem = k.stem and f.company_key is not null and f.document_id not in (select o.document_id from own o)
            -- What a person made a deck of its own draws nothing to it.
            and f.deck_key not in (md5('document/' || d.id), md5('file/' || d.sha256)) order by f.document_id desc limit 1),
        md5('name/' || k.stem),
        coalesce(md5('file/' || s.sha256), md5('document/' || s.id)))
      from self s, file k);
end $function$;

CREATE OR REPLACE FUNCTION public.delete_document(p_workspace text, p_id text, p_by text)
 RETURNS TABLE(document text, deleted_at timestamp with time zone, deleted_by text)
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
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
  delete from portfolio f where f.document_id = d.id;
  delete from deck_choices c where c.document_id = d.id;
  update events e set data = events_without_words(e.type, e.data) where e.document = d.public_id collate "default";
  update events e set data = events_without_words(e.type, e.data) where e.pipeline_id = any (ids);
  if exists (select 1 from documents c where c.workspace = d.workspace and c.sha256 = d.sha256) then
    -- It was called as whoever sent it first did.
    update files f set name = (select c.name from documents c where c.workspace = d.workspace and c.sha256 = d.sha256 order by c.id limit 1)
    where f.workspace = d.workspace and f.sha256 = d.sha256;
  elsif d.sha256 is not null then
    delete from files f where f.workspace = d.workspace and f.sha256 = d.sha256;
    perform forget_readings(d.workspace, d.sha256);
    insert into forgotten_files (workspace, sha256) values (d.workspace, d.sha256)
    on conflict (workspace, sha256) do update set forgotten_at = now_, due_at = now_;
  end if;
  perform add_event(d.workspace, 'document.deleted', d.public_id, null, null, jsonb_build_object('by', p_by));
  return query select d.public_id, now_, p_by;
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

CREATE OR REPLACE FUNCTION public.enter_phase(p_id bigint, p_phase text)
 RETURNS boolean
 LANGUAGE sql
AS $function$
  update replicas r set phase = p_phase, phase_since = pl_now(),
    phases = r.phases || jsonb_build_array(jsonb_build_object('phase', p_phase, 'at', pl_now())),
    ready_at = case when p_phase = 'ready' then coalesce(r.ready_at, pl_now()) else r.ready_at end
  where r.id = p_id and r.ended_at is null and r.phase <> 'draining' and p_phase not in ('stopped', 'failed', 'draining')
    and array_position(array['requested', 'provisioning', 'pulling_image', 'booting', 'pulling_model', 'loading', 'canary', 'ready'], r.phase)
      < array_position(array['requested', 'provisioning', 'pulling_image', 'booting', 'pulling_model', 'loading', 'canary', 'ready'], p_phase)
  returning true
$function$;

CREATE OR REPLACE FUNCTION public.events_without_words(p_type text, p_data json)
 RETURNS json
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select case when p_type <> 'moved' then without_words(p_data) else (
    select coalesce(json_agg(json_build_array(m.value -> 0, m.value -> 1, without_words(m.value -> 2)) order by m.nth), '[]')
    from json_array_elements(p_data) with ordinality as m(value, nth)) end
$function$;

CREATE OR REPLACE FUNCTION public.file_run(p_workspace text, p_sha256 text, p_document bigint)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET enable_seqscan TO 'off'
AS $function$
  select case when count(*) > 1 then jsonb_build_object('number', count(*) filter (where d.id <= p_document), 'of', count(*)) end
  from documents d where d.workspace = p_workspace and d.sha256 = p_sha256
$function$;

CREATE OR REPLACE FUNCTION public.find_pack(p_pack text)
 RETURNS integer
 LANGUAGE sql
 STABLE
AS $function$
  select id from packs where name = split_part(p_pack, '@', 1)
    and case when position('@' in p_pack) = 0 then active when split_part(p_pack, '@', 2) ~ '^[0-9]{1,7}$' then version = split_part(p_pack, '@', 2)::int else false end
  order by id desc limit 1
$function$;

CREATE OR REPLACE FUNCTION public.find_stuck(p_ids bigint[])
 RETURNS TABLE(id bigint, lost bigint)
 LANGUAGE sql
 STABLE
 SET enable_seqscan TO 'off'
 SET jit TO 'off'
AS $function$
  select p.id, f.lost
  from unnest(p_ids) as i(id)
  cross join lateral (select * from pipelines p where p.id = i.id and p.state = 'active' offset 0) p
  cross join lateral (select needs, dependents, class_ids from packs k where k.id = p.pack_id offset 0) k
  cross join lateral (select p.done_mask | p.dead_mask | p.skipped_mask as ended offset 0) m
  cross join lateral (
    select coalesce(bit_or(t.bit) filter (where t.is_queued and t.is_lost), 0) as lost, bool_or(not t.is_queued and k.needs[t.i] & ~p.done_mask = 0) as is_due
    from (
      select i, bit, p.queued_mask & bit <> 0 as is_queued, case when p.queued_mask & bit <> 0 then
        not exists (select 1 from leases l where l.pipeline_id = p.id and l.idx = i - 1)
        and not exists (select 1 from ready r where r.class_id = k.class_ids[i] and r.rank = p.rank and r.pipeline_id = p.id and r.idx = i - 1)
        and not exists (select 1 from delayed d where d.pipeline_id = p.id and d.idx = i - 1) end as is_lost
      from generate_subscripts(k.needs, 1) i cross join lateral (select 1::bigint << (i - 1) as bit offset 0) b where m.ended & bit = 0
    ) t
  ) f
  where f.lost <> 0 or f.is_due or m.ended = p.full_mask or (p.dead_mask <> 0 and exists (
    select 1 from generate_subscripts(k.dependents, 1) i where p.dead_mask & (1::bigint << (i - 1)) <> 0 and k.dependents[i] & ~p.skipped_mask & ~p.dead_mask <> 0))
$function$;

CREATE OR REPLACE FUNCTION public.finding_counts(p_result jsonb)
 RETURNS integer[]
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
AS $function$
begin
  if jsonb_typeof(p_result -> 'slides') is distinct from 'array' or not (p_result #> '{slides,0}') ? 'findings' then return null; end if;
  return (
    select array[count(*) filter (where f.severity = '"critical"'), count(*) filter (where f.severity = '"major"'),
      count(*) filter (where f.severity = '"minor"'), count(*) filter (where f.severity = '"note"'), count(*) filter (where f.severity = '"praise"')]::int[]
    from jsonb_path_query(p_result, 'lax $.slides[*].findings[*].severity') f(severity));
end $function$;

CREATE OR REPLACE FUNCTION public.forget_readings(p_workspace text, p_sha256 text)
 RETURNS void
 LANGUAGE sql
 SET enable_seqscan TO 'off'
AS $function$
  delete from visual_results where workspace = p_workspace and sha256 = p_sha256;
  delete from visual_cache_entries where workspace = p_workspace and sha256 = p_sha256;
$function$;

CREATE OR REPLACE FUNCTION public.get_next_processing_task(p_server_id text)
 RETURNS TABLE(lease text, pipeline_id text, document_sha256 text, task text, attempt integer, deadline timestamp with time zone)
 LANGUAGE sql
AS $function$
  select e.epoch || '-' || (l ->> 0), p.public_id, d.sha256, k.task_names[(l ->> 3)::int + 1], (l ->> 5)::int, (l ->> 7)::timestamptz
  from (select max(epoch) as epoch from epochs) e
  cross join lateral take_turn(e.epoch, '{}', null, array[p_server_id], array[1], array[0]::bigint[]) t
  cross join lateral json_array_elements(t.granted) g cross join lateral json_array_elements(g) l
  join pipelines p on p.id = (l ->> 2)::bigint join documents d on d.id = p.document_id join packs k on k.id = p.pack_id
$function$;

CREATE OR REPLACE FUNCTION public.hand_out(p_epoch bigint, p_who text[], p_room integer[], p_held integer[], p_floor bigint[], p_seats integer[], p_serves text[], p_classes integer[], p_ranks bigint[], p_leavers text[], p_kept bigint[], OUT granted json[], OUT seen integer[], OUT seen_ranks bigint[], OUT drained boolean[])
 RETURNS record
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
declare
  room int[] := p_room;
  free int[] := p_seats;
  more json;
  same text;
  seats int[];
  wanted int;
  classes int[];
  ranks bigint[];
  found_all int;
  seated_all int;
  takers int[];
  holds int[] := p_held;
  again boolean := true;
  mine bigint[];
begin
  granted := '{}';
  -- Round by round: what a round could not place, because its host was full by then, goes to another one in the next.
  while again loop
    again := false;
    for at in 1 .. cardinality(p_who) loop
      if (holds[at] > 0 or p_who[at] = any (p_leavers)) and room[at] > 0 then
        mine := array(select distinct l.pipeline_id from leases l where l.container_id = p_who[at] and l.id >= p_floor[at]);
        free[at] := p_seats[at] - cardinality(mine);
        if p_who[at] = any (p_leavers) then
          mine := array(select unnest(mine) union select k.id from unnest(p_leavers, p_kept) as k(container, id) where k.container = p_who[at]);
        end if;
        with t as materialized (
          select pl_now() as now
        ), found as materialized (
          select r.*, p.pack_id from unnest(p_serves[at]::int[]) as c(id) cross join unnest(mine) as m(id)
          cross join lateral (select p.rank, p.pack_id from pipelines p where p.id = m.id offset 0) p
          cross join lateral (select ctid as place, r.* from ready r where r.class_id = c.id and r.rank = p.rank and r.pipeline_id = m.id order by r.idx
            limit room[at] for update skip locked) r
          order by r.rank, r.pipeline_id, r.idx limit room[at]
        ), gone as (
          delete from ready r where r.ctid = any (array(select place from found))
        ), lease as (
          insert into leases (epoch, pipeline_id, idx, generation, attempt, class_id, container_id, leased_at, progressed_at, deadline_at, stall_ms)
          select p_epoch, f.pipeline_id, f.idx, f.generation, f.attempt, f.class_id, p_who[at], t.now, t.now,
            t.now + k.timeout_ms[f.idx + 1] * interval '1 millisecond', k.stall_ms[f.idx + 1]
          from found f cross join t cross join lateral (select timeout_ms, stall_ms from packs k where k.id = f.pack_id offset 0) k
          order by f.rank, f.pipeline_id, f.idx returning id, container_id, pipeline_id, idx, generation, attempt, class_id, deadline_at
        ), told as (
          insert into events (at, type, pipeline_id, data)
          select t.now, 'moved', pipeline_id, json_agg(json_build_array('task.leased', idx, json_build_object('container', container_id, 'attempt', attempt))) from lease cross join t group by pipeline_id, t.now
        )
        select json_agg(json_build_array(id, container_id, pipeline_id, idx, generation, attempt, class_id, deadline_at)) into more from lease;
        if more is not null then
          granted := granted || more;
          room[at] := room[at] - json_array_length(more);
          holds[at] := holds[at] + json_array_length(more);
        end if;
      end if;
    end loop;

    -- Containers that serve the same classes are seated together.
    for same in select distinct w.serves from unnest(p_serves, room, free) as w(serves, slots, chairs) where w.slots > 0 and w.chairs > 0
    loop
      -- A seat is a place for one more pipeline; the first seat of every container comes before any second one.
      with host as (
        select w.at, w.slots, w.chairs from unnest(p_serves, room, free) with ordinality as w(serves, slots, chairs, at)
        where w.serves = same and w.slots > 0 and w.chairs > 0
      )
      select array_agg(h.at order by j, h.at), (select sum(slots) from host) into seats, wanted from host h cross join lateral generate_series(1, least(h.chairs, h.slots)) j;

      with t as materialized (
        -- After the snapshot: no task seems to begin before the end of one it waited for.
        select pl_now() as now
      ), found as materialized (
        select r.*, dense_rank() over (order by r.rank, r.pipeline_id) as seat
        from unnest(same::int[]) as c(id) left join lateral (select f.rank from unnest(p_classes, p_ranks) as f(class_id, rank) where f.class_id = c.id) f on true
        cross join lateral (select ctid as place, r.* from ready r where r.class_id = c.id and r.rank >= coalesce(f.rank, '-9223372036854775808'::bigint)
          order by r.class_id, r.rank, r.pipeline_id, r.idx limit wanted for update skip locked) r
      ), seated as (
        select f.*, seats[f.seat] as at, row_number() over (partition by seats[f.seat] order by f.rank, f.pipeline_id, f.idx) as nth from found f
      ), void as (
        -- The first seat whose host is full before its pipeline's turn: from there on all wait for the next round, so that none is passed by.
        select coalesce(min(v.seat), 9223372036854775807) as seat from (
          select s.seat from seated s where s.at is not null group by s.seat, s.at having min(s.nth) > room[s.at]) v
      ), ranked as materialized (
        select s.*, coalesce(s.nth <= room[s.at] and s.seat < v.seat, false) as is_placed from seated s cross join void v
      ), placed as materialized (
        select * from ranked where is_placed
      ), looked as (
        select class_id, coalesce(min(rank) filter (where not is_placed), max(rank)) as rank, count(*)::int as n from ranked group by class_id
      ), gone as (
        delete from ready r where r.ctid = any (array(select place from placed))
      ), lease as (
        insert into leases (epoch, pipeline_id, idx, generation, attempt, class_id, container_id, leased_at, progressed_at, deadline_at, stall_ms)
        select p_epoch, f.pipeline_id, f.idx, f.generation, f.attempt, f.class_id, p_who[f.at], t.now, t.now,
          t.now + k.timeout_ms[f.idx + 1] * interval '1 millisecond', k.stall_ms[f.idx + 1]
        from placed f cross join t cross join lateral (select p.pack_id from pipelines p where p.id = f.pipeline_id offset 0) p
        cross join lateral (select timeout_ms, stall_ms from packs k where k.id = p.pack_id offset 0) k
        order by f.rank, f.pipeline_id, f.idx returning id, container_id, pipeline_id, idx, generation, attempt, class_id, deadline_at
      ), told as (
        insert into events (at, type, pipeline_id, data)
        select t.now, 'moved', pipeline_id, json_agg(json_build_array('task.leased', idx, json_build_object('container', container_id, 'attempt', attempt))) from lease cross join t group by pipeline_id, t.now
      )
      select (select json_agg(json_build_array(id, container_id, pipeline_id, idx, generation, attempt, class_id, deadline_at)) from lease),
        array_agg(c.id), array_agg(coalesce(k.rank, 0)), coalesce(sum(k.n), 0), (select array_agg(p.at) from placed p), (select count(*) from ranked r where r.at is not null)
      into more, classes, ranks, found_all, takers, seated_all
      from unnest(same::int[]) as c(id) left join looked k on k.class_id = c.id;
      if more is not null then
        granted := granted || more;
        again := again or seated_all > cardinality(takers);
        for at in 1 .. cardinality(takers) loop
          room[takers[at]] := room[takers[at]] - 1;
          holds[takers[at]] := holds[takers[at]] + 1;
        end loop;
      end if;
      seen := seen || classes;
      seen_ranks := seen_ranks || ranks;
      drained := drained || array_fill(found_all < wanted, array[cardinality(classes)]);
    end loop;
  end loop;
end $function$;

CREATE OR REPLACE FUNCTION public.hold_file(p_workspace text, p_sha256 text)
 RETURNS void
 LANGUAGE sql
AS $function$
  select pg_advisory_xact_lock(hashtextextended(p_workspace || '/' || p_sha256, 22))
$function$;

CREATE OR REPLACE FUNCTION public.is_deleted(p_pipeline bigint)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select exists (select 1 from pipelines p join documents d on d.id = p.document_id where p.id = p_pipeline and d.deleted_at is not null)
$function$;

CREATE OR REPLACE FUNCTION public.is_file_wanted(p_workspace text, p_sha256 text)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET enable_seqscan TO 'off'
AS $function$
  select exists (select 1 from documents d where d.workspace = p_workspace and d.sha256 = p_sha256)
    or exists (select 1 from files f where f.workspace = p_workspace and f.sha256 = p_sha256)
$function$;

CREATE OR REPLACE FUNCTION public.is_stray(p_state text, p_ended bigint, p_full bigint, p_idx integer)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select p_state is distinct from 'active' or (p_ended | ~p_full) & (1::bigint << p_idx) <> 0
$function$;

CREATE OR REPLACE FUNCTION public.make_batch(p_workspace text, p_documents jsonb, p_name text, p_priority integer, p_pack text, p_key text, OUT batch bigint, OUT public_id text, OUT existing boolean)
 RETURNS record
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.make_public_id(prefix text)
 RETURNS text
 LANGUAGE sql
AS $function$
  select prefix || '_' || right(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 10) || right(gen_random_uuid()::text, 12)
$function$;

CREATE OR REPLACE FUNCTION public.move_cached(p_move jsonb)
 RETURNS boolean
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.move_cancel(p_pipeline bigint, p_by text)
 RETURNS boolean
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
declare
  p pipelines;
begin
  select * into p from pipelines where id = p_pipeline;
  if p.state is null or p.state not in ('active', 'fetching') then return false; end if;
  perform take_out(p);
  update pipelines set state = 'cancelled', finished_at = pl_now() where id = p.id;
  perform add_event(p.workspace, 'pipeline.cancelled', p.document, p.public_id, null, jsonb_build_object('by', p_by));
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
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.move_rerun(p_pipeline bigint, p_from_mask bigint, p_by text)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.move_retry(p_pipeline bigint, p_from_mask bigint, p_by text)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.named_tasks(p_pack integer, p_mask bigint)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
AS $function$
  select jsonb_agg(k.task_names[i + 1] order by i) from packs k, generate_series(0, cardinality(k.task_names) - 1) i
  where k.id = p_pack and p_mask & (1::bigint << i) <> 0
$function$;

CREATE OR REPLACE FUNCTION public.note_first_work()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  new.worked_from := pl_now();
  return new;
end $function$;

CREATE OR REPLACE FUNCTION public.open_again(p_pipeline bigint, p_mask bigint, p_generation integer, p_event text, p_by text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.pipeline_facts(p_ids bigint[])
 RETURNS TABLE(pipeline_id bigint, workspace text, pipeline text, document text, name text, sha256 text, bytes bigint, pages integer, pack_id integer, rank bigint, priority smallint)
 LANGUAGE plpgsql
 STABLE
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
begin
  return query
    select p.id, p.workspace, p.public_id, p.document, d.name, d.sha256, d.bytes, d.pages, p.pack_id, p.rank, p.priority
    from unnest(p_ids) as w(id)
    cross join lateral (select * from pipelines q where q.id = w.id offset 0) p
    cross join lateral (select * from documents c where c.id = p.document_id offset 0) d;
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
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.ready_tasks(p_classes integer[], p_limit integer)
 RETURNS TABLE(pipeline_id bigint, idx smallint, class_id integer, pack_id integer, workspace text, sha256 text, pages integer)
 LANGUAGE sql
 STABLE
 SET enable_seqscan TO 'off'
 SET jit TO 'off'
AS $function$
  select r.pipeline_id, r.idx, r.class_id, p.pack_id, p.workspace, d.sha256, d.pages
  from unnest(p_classes) as c(id)
  cross join lateral (select r.* from ready r where r.class_id = c.id order by r.class_id, r.rank, r.pipeline_id, r.idx limit p_limit) r
  cross join lateral (select p.pack_id, p.workspace, p.document_id from pipelines p where p.id = r.pipeline_id and p.state = 'active' offset 0) p
  join documents d on d.id = p.document_id
  where d.sha256 is not null and d.pages > 0
    and not exists (select 1 from tasks t where t.pipeline_id = r.pipeline_id and t.idx = r.idx and t.slides_since is not null)
$function$;

CREATE OR REPLACE FUNCTION public.refuse_review_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'reviews are only added: %', old.id;
end $function$;

CREATE OR REPLACE FUNCTION public.repair_pipelines(p_ids bigint[], p_ready jsonb DEFAULT '[]'::jsonb)
 RETURNS TABLE(kind text, pipeline text, rows integer)
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
#variable_conflict use_column
declare
  now_ timestamptz := pl_now();
  touched bigint[];
  kinds text[] := '{}';
  broken bigint[] := '{}';
  bits bigint[] := '{}';
  hit bigint[];
  masks bigint[];
begin
  select array_agg(distinct i.id order by i.id) into touched from (
    select unnest(p_ids) as id union all select (r ->> 2)::bigint from jsonb_array_elements(p_ready) r) i;
  perform 1 from unnest(touched) t cross join lateral (select 1 from pipelines p where p.id = t for no key update) p;

  -- In the order a task goes: what is on its way is waited for, and seen where it arrives.
  with gone as (
    delete from delayed d using unnest(touched) t left join lateral (select p.*, p.done_mask | p.dead_mask | p.skipped_mask as ended_mask from pipelines p where p.id = t offset 0) p on true
      left join lateral (select class_ids from packs k where k.id = p.pack_id offset 0) k on true
    where d.pipeline_id = any (touched) and d.pipeline_id = t and (is_stray(p.state, p.ended_mask, p.full_mask, d.idx)
      or exists (select 1 from leases l where l.pipeline_id = d.pipeline_id and l.idx = d.idx)
      or exists (select 1 from ready r where r.class_id = k.class_ids[d.idx + 1] and r.rank = p.rank and r.pipeline_id = d.pipeline_id and r.idx = d.idx))
    returning d.pipeline_id, d.idx
  )
  select array_agg(pipeline_id), array_agg(1::bigint << idx) into hit, masks from gone;
  broken := broken || hit; bits := bits || masks; kinds := kinds || array_fill('stray_delayed'::text, array[coalesce(cardinality(hit), 0)]);

  with key as materialized (
    select (x ->> 0)::int as class_id, (x ->> 1)::bigint as rank, (x ->> 2)::bigint as id, (x ->> 3)::smallint as idx from jsonb_array_elements(p_ready) x
  ), gone as (
    delete from ready r where r.ctid = any (array(
      select r.place from key y
      cross join lateral (select ctid as place from ready r where r.class_id = y.class_id and r.rank = y.rank and r.pipeline_id = y.id and r.idx = y.idx for update) r
      left join lateral (select p.*, p.done_mask | p.dead_mask | p.skipped_mask as ended_mask from pipelines p where p.id = y.id offset 0) p on true
      left join lateral (select class_ids from packs k where k.id = p.pack_id offset 0) k on true
      where is_stray(p.state, p.ended_mask, p.full_mask, y.idx) or p.rank <> y.rank or k.class_ids[y.idx + 1] is distinct from y.class_id
        or exists (select 1 from leases l where l.pipeline_id = y.id and l.idx = y.idx)))
    returning r.pipeline_id, r.idx
  )
  select array_agg(pipeline_id), array_agg(1::bigint << idx) into hit, masks from gone;
  broken := broken || hit; bits := bits || masks; kinds := kinds || array_fill('stray_ready'::text, array[coalesce(cardinality(hit), 0)]);

  with gone as (
    delete from leases l using unnest(touched) t left join lateral (select p.*, p.done_mask | p.dead_mask | p.skipped_mask as ended_mask from pipelines p where p.id = t offset 0) p on true
    where l.pipeline_id = any (touched) and l.pipeline_id = t and is_stray(p.state, p.ended_mask, p.full_mask, l.idx) returning l.*
  ), kept as (
    insert into attempts (pipeline_id, idx, generation, attempt, container_id, epoch, lease_id, started_at, outcome)
    select pipeline_id, idx, generation, attempt, container_id, epoch, id, leased_at, 'cancelled' from gone
  )
  select array_agg(pipeline_id), array_agg(1::bigint << idx) into hit, masks from gone;
  broken := broken || hit; bits := bits || masks; kinds := kinds || array_fill('stray_lease'::text, array[coalesce(cardinality(hit), 0)]);

  -- A row that its pipeline does not know of would be queued a second time.
  with held as (
    select w.pipeline_id as id, bit_or(1::bigint << w.idx) as bits from (
      select d.pipeline_id, d.idx from delayed d where d.pipeline_id = any (touched)
      union all select l.pipeline_id, l.idx from leases l where l.pipeline_id = any (touched)
      union all select p.id, r.idx from unnest(touched) t cross join lateral (select p.id, p.rank, p.pack_id from pipelines p where p.id = t offset 0) p
        cross join lateral (select class_ids from packs k where k.id = p.pack_id offset 0) k cross join lateral unnest(k.class_ids) c(id)
        cross join lateral (select r.idx from ready r where r.class_id = c.id and r.rank = p.rank and r.pipeline_id = p.id offset 0) r
    ) w group by w.pipeline_id
  ), marked as (
    update pipelines p set queued_mask = p.queued_mask | h.bits from held h where p.id = any (touched) and p.id = h.id and p.state = 'active' and h.bits & ~p.queued_mask <> 0
    returning p.id, h.bits
  )
  select array_agg(id), array_agg(m.bits) into hit, masks from marked m;
  broken := broken || hit; bits := bits || masks; kinds := kinds || array_fill('unmarked'::text, array[coalesce(cardinality(hit), 0)]);

  select array_agg(f.id), array_agg(f.lost) into hit, masks from find_stuck(touched) f;
  if hit is not null then
    update pipelines p set queued_mask = p.queued_mask & ~s.lost from unnest(hit, masks) as s(id, lost) where p.id = any (hit) and p.id = s.id and s.lost <> 0;
    perform advance_pipelines(hit, null, null, null, null, now_);
    -- What was tried before is not forgotten.
    update ready r set attempt = 1 + e.failures + e.lost from (
      select k.class_ids[t.idx + 1] as class_id, p.rank, p.id, t.idx, t.failures, t.lost from unnest(hit, masks) as s(id, lost)
      cross join lateral (select p.id, p.rank, p.pack_id, p.generation from pipelines p where p.id = s.id offset 0) p
      cross join lateral (select class_ids from packs k where k.id = p.pack_id offset 0) k
      cross join lateral (select t.idx, t.failures, t.lost from tasks t where t.pipeline_id = p.id and t.generation = p.generation and s.lost & (1::bigint << t.idx) <> 0 offset 0) t
    ) e where r.class_id = e.class_id and r.rank = e.rank and r.pipeline_id = e.id and r.idx = e.idx;
    broken := broken || hit; bits := bits || masks; kinds := kinds || array_fill('stuck'::text, array[cardinality(hit)]);
  end if;

  return query
    with found as (
      select b.kind, b.id, count(*)::int as rows, bit_or(b.bits) as bits from unnest(kinds, broken, bits) as b(kind, id, bits) group by b.kind, b.id
    ), named as (
      select f.*, p.workspace, p.document, p.public_id, (select jsonb_agg(k.task_names[i] order by i) from packs k, generate_subscripts(k.task_names, 1) i
        where k.id = p.pack_id and f.bits & (1::bigint << (i - 1)) <> 0) as tasks
      from found f left join lateral (select p.*, p.done_mask | p.dead_mask | p.skipped_mask as ended_mask from pipelines p where p.id = f.id offset 0) p on true
    ), told as materialized (
      select n.*, add_event(n.workspace, 'queue.repaired', n.document, n.public_id, null, jsonb_build_object('what', n.kind, 'rows', n.rows, 'tasks', n.tasks, 'why',
        case n.kind
          when 'stuck' then case when n.bits = 0 then 'nobody had noticed that it could go on' else 'it was waiting, but in no queue' end
          when 'unmarked' then 'it was in a queue its pipeline did not know of'
          else case when n.public_id is null then 'its pipeline does not exist' else 'its pipeline or task had ended, or it was there twice' end end)) from named n
    )
    select t.kind, t.public_id, t.rows from told t;
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
  perform add_event(p.workspace, 'task.progress', p.document, p.public_id, k.task_names[l.idx + 1],
    jsonb_build_object('fraction', p_fraction, 'done', p_done, 'total', p_total))
  from pipelines p join packs k on k.id = p.pack_id where p.id = l.pipeline_id;
  return true;
end $function$;

CREATE OR REPLACE FUNCTION public.rerun_mask(p_pipeline bigint, p_from_mask bigint, OUT mask bigint, OUT busy bigint)
 RETURNS record
 LANGUAGE plpgsql
 STABLE
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.rerun_task(p_pipeline text, p_task text DEFAULT NULL::text)
 RETURNS boolean
 LANGUAGE sql
AS $function$
  select coalesce((select m.accepted from pipelines p join packs k on k.id = p.pack_id
    cross join lateral apply_moves(jsonb_build_array(jsonb_strip_nulls(jsonb_build_object('kind', 'rerun', 'pipeline', p.id, 'by', 'sql',
      'fromMask', case when p_task is not null then 1::bigint << (array_position(k.task_names, p_task) - 1) end)))) m
    where p.public_id = p_pipeline and (p_task is null or p_task = any (k.task_names))), false)
$function$;

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

CREATE OR REPLACE FUNCTION public.roll_day(p_day date)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
declare
  a timestamptz := p_day::timestamp at time zone 'utc';
  b timestamptz := (p_day + 1)::timestamp at time zone 'utc';
begin
  insert into rolled_days (day) values (p_day) on conflict do nothing;
  if not found then return false; end if;
  with said as materialized (
    select coalesce(e.pipeline_id, (select p.id from pipelines p where p.public_id = e.pipeline)) as id, m.value ->> 0 as type, m.value -> 2 as data
    from events e cross join lateral json_array_elements(case when e.type = 'moved' then e.data else json_build_array(json_build_array(e.type, null, e.data)) end) m
    where e.at >= a and e.at < b and e.type in ('moved', 'document.accepted', 'pipeline.finished', 'pipeline.cancelled')
  ), sums as (
    select id, count(*) filter (where type = 'document.accepted') as documents,
      count(*) filter (where type = 'pipeline.finished' and data ->> 'state' = 'done') as done,
      count(*) filter (where type = 'pipeline.finished' and data ->> 'state' = 'done_with_gaps') as done_with_gaps,
      count(*) filter (where type = 'pipeline.finished' and data ->> 'state' = 'failed') as failed,
      count(*) filter (where type = 'pipeline.cancelled') as cancelled,
      count(*) filter (where type = 'task.done') as tasks_done,
      0::bigint as tasks_delayed, 0::bigint as tasks_dead, 0::bigint as tasks_released, 0::bigint as tasks_cancelled, 0::bigint as tasks_lost,
      coalesce(sum((data ->> 'seconds')::double precision) filter (where type = 'task.done'), 0) as seconds
    from said group by id
    union all
    select pipeline_id, 0, 0, 0, 0, 0, 0, count(*) filter (where outcome = 'delayed'), count(*) filter (where outcome = 'dead'),
      count(*) filter (where outcome = 'released'), count(*) filter (where outcome = 'cancelled'), count(*) filter (where lost),
      sum(extract(epoch from ended_at - started_at))::double precision
    from attempts where ended_at >= a and ended_at < b group by pipeline_id
  )
  insert into daily_totals
  select p_day, p.workspace, k.name, sum(s.documents), sum(s.done), sum(s.done_with_gaps), sum(s.failed), sum(s.cancelled), sum(s.tasks_done), sum(s.tasks_delayed),
    sum(s.tasks_dead), sum(s.tasks_released), sum(s.tasks_cancelled), sum(s.tasks_lost), sum(s.seconds)
  from sums s join pipelines p on p.id = s.id join packs k on k.id = p.pack_id group by p.workspace, k.name;
  return true;
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
  insert into visual_results (workspace, sha256, recipe, slide, generation, result, pipeline_id, container, seconds)
  select p.workspace, d.sha256, p_recipe, p_slide, l.generation, p_result, p.id, p_container, p_seconds
  from pipelines p join documents d on d.id = p.document_id where p.id = l.pipeline_id
  on conflict (workspace, sha256, recipe, slide, pipeline_id, generation) do nothing;
  delete from slide_failures where pipeline_id = l.pipeline_id and idx = l.idx and slide = p_slide;
  perform add_event(p.workspace, 'slide.done', p.document, p.public_id, k.task_names[l.idx + 1],
    jsonb_build_object('slide', p_slide, 'seconds', p_seconds, 'container', p_container))
  from pipelines p join packs k on k.id = p.pack_id where p.id = l.pipeline_id;
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
  perform add_event(p.workspace, 'slide.failed', p.document, p.public_id, k.task_names[l.idx + 1],
    jsonb_build_object('slide', p_slide, 'code', p_failure ->> 'code', 'detail', p_failure ->> 'detail'))
  from pipelines p join packs k on k.id = p.pack_id where p.id = l.pipeline_id;
  return true;
end $function$;

CREATE OR REPLACE FUNCTION public.settle_done(p_ids bigint[], p_done jsonb, p_now timestamp with time zone, OUT accepted integer[], OUT ids bigint[], OUT bits bigint[], OUT gaps bigint[], OUT holders text[], OUT starts timestamp with time zone[], OUT engines jsonb[], OUT said text[])
 RETURNS record
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
begin
  with m as materialized (
    select distinct on (x.epoch, x.id) x.* from (
      select x.*, count(*) over (partition by x.epoch, x.id) as asked from rows from (jsonb_to_recordset(p_done) as (epoch bigint, id bigint, container text,
        result jsonb, engine jsonb, gaps jsonb, applicable boolean, reason text)) with ordinality as x(epoch, id, container, result, engine, gaps, applicable, reason, n)
    ) x
    -- One that asks for another's lease must not stand before its holder.
    order by x.epoch, x.id, x.asked > 1 and x.container is not null
      and not exists (select 1 from leases l where l.id = x.id and l.epoch = x.epoch and l.container_id = x.container offset 0), x.n
  ), gone as (
    delete from leases l using m where l.id = any (p_ids) and l.epoch = m.epoch and l.id = m.id and l.container_id = coalesce(m.container, l.container_id)
    returning m.n::int, l.*, m.result, m.engine, m.applicable, m.reason,
      case when m.gaps <> '[]' then (select array_agg(g::int) from jsonb_array_elements_text(m.gaps) g) end as gaps
  ), kept as (
    insert into results (pipeline_id, idx, generation, result, engine, attempt, container, epoch, lease_id, started_at, gaps, applicable, reason, created_at)
    select pipeline_id, idx, generation, result, engine, attempt, container_id, epoch, id, leased_at, coalesce(gone.gaps, '{}'), applicable, reason, p_now from gone
  ), sums as (
    select pipeline_id, bit_or(1::bigint << idx) as done, coalesce(bit_or(1::bigint << idx) filter (where gone.gaps is not null), 0) as gaps,
      min(container_id) as holder, min(leased_at) as started, (array_agg(engine order by n))[1] as engine,
      string_agg(json_build_array('task.done', idx, json_build_object('seconds', extract(epoch from p_now - leased_at), 'container', container_id,
        'gaps', gone.gaps, 'applicable', applicable, 'reason', reason))::text, ',') as said
    from gone group by pipeline_id
  )
  select (select array_agg(n) from gone), array_agg(s.pipeline_id), array_agg(s.done), array_agg(s.gaps), array_agg(s.holder), array_agg(s.started),
    array_agg(s.engine), array_agg(s.said)
  into accepted, ids, bits, gaps, holders, starts, engines, said from sums s;
end $function$;

CREATE OR REPLACE FUNCTION public.stop_suspect(p_pipeline bigint, p_task text, p_failure jsonb, p_data jsonb)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.take_out(p pipelines)
 RETURNS void
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
begin
  delete from delayed where pipeline_id = p.id;
  delete from ready r using packs k where k.id = p.pack_id and r.class_id = any (k.class_ids) and r.rank = p.rank and r.pipeline_id = p.id;
  with gone as (delete from leases where pipeline_id = p.id returning *)
  insert into attempts (pipeline_id, idx, generation, attempt, container_id, epoch, lease_id, started_at, outcome)
  select pipeline_id, idx, generation, attempt, container_id, epoch, id, leased_at, 'cancelled' from gone;
end $function$;

CREATE OR REPLACE FUNCTION public.take_turn(p_epoch bigint, p_ids bigint[], p_done jsonb, p_who text[], p_capacity integer[], p_floor bigint[], p_classes integer[] DEFAULT '{}'::integer[], p_ranks bigint[] DEFAULT '{}'::bigint[], OUT accepted integer[], OUT granted json, OUT freed integer[], OUT freed_ranks bigint[], OUT served text[], OUT lowest bigint[], OUT seen integer[], OUT seen_ranks bigint[], OUT drained boolean[])
 RETURNS record
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
declare
  now_ timestamptz := pl_now();
  touched bigint[];
  settled record;
  room int[];
  held int[];
  floors bigint[];
  seats int[];
  serves text[];
  direct json;
  takers text[];
  place int;
  handed record;
  lists json[] := '{}';
  leaving text[];
  leavers text[];
  kept bigint[];
begin
  if cardinality(p_who) > 0 then
    if not exists (select 1 from epochs e where e.epoch = p_epoch and e.server_started = pg_postmaster_start_time() and e.home = 'leases'::regclass) then
      raise exception 'EPOCH_STALE' using errcode = 'PL409';
    end if;
    select array_agg(s.id) filter (where s.leaves) into leaving from unnest(p_who) w
    cross join lateral (select s.id, s.drain or s.status <> 'ready' as leaves from processing_servers s where s.id = w for no key update) s;
  end if;
  if cardinality(p_ids) > 0 then
    select array_agg(distinct l.pipeline_id) into touched from leases l where l.id = any (p_ids);
    perform 1 from unnest(touched) t cross join lateral (select 1 from pipelines p where p.id = t for no key update) p;
    if leaving is not null then
      select array_agg(l.container_id), array_agg(l.pipeline_id) into leavers, kept from leases l where l.id = any (p_ids) and l.container_id = any (leaving);
    end if;
    settled := settle_done(p_ids, p_done, now_);
    accepted := settled.accepted;
  end if;
  if cardinality(p_who) > 0 then
    select array_agg(s.id), array_agg(greatest(0, least(w.capacity, s.slots - l.n))), array_agg(l.n), array_agg(w.floor), array_agg(s.seats), array_agg(s.serves), array_agg(l.lowest)
    into served, room, held, floors, seats, serves, lowest
    from unnest(p_who, p_capacity, p_floor) as w(id, capacity, floor)
    cross join lateral (select s.id, s.slots, s.class_ids::text as serves, case when s.status = 'ready' and not s.drain then s.max_concurrent_pipelines else 0 end as seats
      from processing_servers s where s.id = w.id and s.ended_at is null and s.expires_at > now_ and s.status in ('ready', 'draining') offset 0) s
    cross join lateral (select count(*)::int as n, coalesce(min(l.id), 0) as lowest from leases l where l.container_id = s.id and l.id >= w.floor) l;
  end if;
  if accepted is not null then
    select a.granted, a.takers, a.freed, a.freed_ranks into direct, takers, freed, freed_ranks from advance_pipelines(settled.ids, settled.bits, settled.gaps, settled.starts, settled.engines, now_,
      settled.said, p_epoch, settled.holders, served, room, serves) a;
    if direct is not null then
      lists := array[direct];
      for at in 1 .. cardinality(takers) loop
        place := array_position(served, takers[at]);
        room[place] := room[place] - 1;
        held[place] := held[place] + 1;
      end loop;
    end if;
  end if;
  if served is not null then
    handed := hand_out(p_epoch, served, room, held, floors, seats, serves, p_classes, p_ranks, leavers, kept);
    lists := lists || handed.granted;
    seen := handed.seen;
    seen_ranks := handed.seen_ranks;
    drained := handed.drained;
  end if;
  if cardinality(lists) > 0 then
    granted := to_json(lists);
    -- Works now; a heartbeat that names no lease says since when it does not.
    update processing_servers s set idle_since = 'infinity' where s.id = any (served) and s.idle_since is distinct from 'infinity'
      and exists (select 1 from leases l where l.container_id = s.id and l.id >= floors[array_position(served, s.id)]);
  end if;
end $function$;

CREATE OR REPLACE FUNCTION public.update_task_progress(p_lease text, p_percent double precision)
 RETURNS boolean
 LANGUAGE sql
AS $function$
  select coalesce((select report_progress(l.container_id, l.epoch, l.id, least(1, greatest(0, p_percent / 100)), null, null)
    from leases l where l.epoch = split_part(p_lease, '-', 1)::bigint and l.id = split_part(p_lease, '-', 2)::bigint), false)
$function$;

CREATE OR REPLACE FUNCTION public.visual_task(p_needs bigint[], p_pools text[])
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select min(u) from generate_subscripts(p_pools, 1) u where p_pools[u] = 'vision' and exists (
    select 1 from generate_subscripts(p_pools, 1) w where p_pools[w] = 'text' and p_needs[w] & (1::bigint << (u - 1)) <> 0)
$function$;

CREATE OR REPLACE FUNCTION public.walk_queue(p_table text, p_after jsonb, p_limit integer, OUT seen integer, OUT last jsonb, OUT odd jsonb)
 RETURNS record
 LANGUAGE plpgsql
 STABLE
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
 SET jit TO 'off'
AS $function$
begin
  case p_table
  when 'pipelines' then
    with page as materialized (
      select p.id from pipelines p where p.finished_at is null and p.id > coalesce((p_after ->> 0)::bigint, 0) order by p.id limit p_limit
    )
    select count(*), jsonb_build_array(max(id)), (select jsonb_agg(jsonb_build_array(f.id)) from find_stuck(array(select id from page)) f) into seen, last, odd from page;
  when 'ready' then
    with page as materialized (
      select r.class_id, r.rank, r.pipeline_id, r.idx from ready r
      where p_after is null or (r.class_id, r.rank, r.pipeline_id, r.idx) > ((p_after ->> 0)::int, (p_after ->> 1)::bigint, (p_after ->> 2)::bigint, (p_after ->> 3)::smallint)
      order by r.class_id, r.rank, r.pipeline_id, r.idx limit p_limit
    )
    select (select count(*) from page),
      (select jsonb_build_array(class_id, rank, pipeline_id, idx) from page order by class_id desc, rank desc, pipeline_id desc, idx desc limit 1),
      (select jsonb_agg(jsonb_build_array(r.class_id, r.rank, r.pipeline_id, r.idx)) from page r
        left join lateral (select p.*, p.done_mask | p.dead_mask | p.skipped_mask as ended_mask from pipelines p where p.id = r.pipeline_id offset 0) p on true
        left join lateral (select class_ids from packs k where k.id = p.pack_id offset 0) k on true
        where is_stray(p.state, p.ended_mask, p.full_mask, r.idx) or p.queued_mask & (1::bigint << r.idx) = 0 or p.rank <> r.rank or k.class_ids[r.idx + 1] is distinct from r.class_id
          or exists (select 1 from leases l where l.pipeline_id = r.pipeline_id and l.idx = r.idx)
          or exists (select 1 from delayed d where d.pipeline_id = r.pipeline_id and d.idx = r.idx))
    into seen, last, odd;
  when 'delayed' then
    with page as materialized (
      select d.pipeline_id, d.idx from delayed d where p_after is null or (d.pipeline_id, d.idx) > ((p_after ->> 0)::bigint, (p_after ->> 1)::smallint)
      order by d.pipeline_id, d.idx limit p_limit
    )
    select (select count(*) from page), (select jsonb_build_array(pipeline_id, idx) from page order by pipeline_id desc, idx desc limit 1),
      (select jsonb_agg(distinct jsonb_build_array(d.pipeline_id)) from page d left join lateral (select p.*, p.done_mask | p.dead_mask | p.skipped_mask as ended_mask from pipelines p where p.id = d.pipeline_id offset 0) p on true
        where is_stray(p.state, p.ended_mask, p.full_mask, d.idx) or p.queued_mask & (1::bigint << d.idx) = 0 or exists (select 1 from leases l where l.pipeline_id = d.pipeline_id and l.idx = d.idx))
    into seen, last, odd;
  when 'leases' then
    with page as materialized (
      select l.id, l.epoch, l.pipeline_id, l.idx from leases l where p_after is null or (l.id, l.epoch) > ((p_after ->> 0)::bigint, (p_after ->> 1)::bigint)
      order by l.id, l.epoch limit p_limit
    )
    select (select count(*) from page), (select jsonb_build_array(id, epoch) from page order by id desc, epoch desc limit 1),
      (select jsonb_agg(distinct jsonb_build_array(l.pipeline_id)) from page l left join lateral (select p.*, p.done_mask | p.dead_mask | p.skipped_mask as ended_mask from pipelines p where p.id = l.pipeline_id offset 0) p on true
        where is_stray(p.state, p.ended_mask, p.full_mask, l.idx) or p.queued_mask & (1::bigint << l.idx) = 0)
    into seen, last, odd;
  end case;
  odd := coalesce(odd, '[]');
end $function$;

CREATE OR REPLACE FUNCTION public.without_detail(p_failure jsonb)
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select case when p_failure is not null then p_failure || '{"detail": null}' end
$function$;

CREATE OR REPLACE FUNCTION public.without_words(p_data json)
 RETURNS json
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select coalesce(json_object_agg(e.key, e.value), '{}') from json_each(p_data) e
  where e.key = any ('{pages,bytes,seconds,state,engine,by,tasks,generation,code,container,replica,attempt,round,retryAt,lost,fraction,done,total,gaps,applicable,cached,slide,what,rows}')
$function$;

-- triggers

CREATE TRIGGER first_work BEFORE UPDATE OF idle_since ON public.processing_servers FOR EACH ROW WHEN (((new.worked_from IS NULL) AND (new.idle_since = 'infinity'::timestamp with time zone))) EXECUTE FUNCTION note_first_work();

CREATE TRIGGER reviews_stay BEFORE UPDATE ON public.reviews FOR EACH ROW EXECUTE FUNCTION refuse_review_change();
