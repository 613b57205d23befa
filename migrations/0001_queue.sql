-- The queue: hot, small tables apart from history. `docs/explanation/queue.md` says why.
-- Words are those of ARCHITECTURE.md; moves between states are in 0002, and nowhere else.

-- The one "now" of all statements: a test may bind it with `set pilotlight.now`.
create function pl_now() returns timestamptz language sql volatile parallel safe as $$
  select coalesce(nullif(current_setting('pilotlight.now', true), '')::timestamptz, clock_timestamp())
$$;

create function make_public_id(prefix text) returns text language sql volatile as $$
  select prefix || '_' || substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)
$$;

create table installation (
  only_row   boolean primary key default true check (only_row),
  id         text not null,
  -- Raised at every start of a control plane; never below the clock, so that a restored backup
  -- cannot hand out a pair (epoch, id) a second time.
  epoch      bigint not null default 0,
  created_at timestamptz not null default pl_now()
);

create table workspaces (
  id         text primary key check (id ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name       text not null,
  created_at timestamptz not null default pl_now()
);
insert into workspaces (id, name) values ('default', 'Default');

create table api_keys (
  id         bigint generated always as identity primary key,
  workspace  text not null references workspaces,
  label      text not null,
  hash       bytea not null unique,
  created_at timestamptz not null default pl_now(),
  revoked_at timestamptz
);

-- The needs of a task, compiled to one id: containers that satisfy them serve the class.
create table task_classes (
  id       int generated always as identity primary key,
  key      text not null unique,
  pool     text not null,
  features text[] not null
);

-- A pack version. `dependencies` is the declared truth; arrays and masks are compiled from it, by task index.
create table packs (
  id           int generated always as identity primary key,
  name         text not null,
  version      int not null,
  content_hash text not null,
  -- json, not jsonb: the order of keys in a schema matters to a model.
  content      json not null,
  dependencies jsonb not null,
  task_names   text[] not null check (cardinality(task_names) between 1 and 63),
  layers       int[] not null,
  weights      int[] not null,
  needs        bigint[] not null,
  class_ids    int[] not null,
  pools        text[] not null,
  timeout_ms   bigint[] not null,
  stall_ms     bigint[] not null,
  attempts_max int[] not null,
  lost_max     int[] not null,
  backoff_ms   bigint[] not null,
  full_mask    bigint not null,
  active       boolean not null default false,
  created_at   timestamptz not null default pl_now(),
  unique (name, version, content_hash)
);
create unique index packs_active on packs (name) where active;

create table documents (
  id         bigint generated always as identity primary key,
  public_id  text not null unique default make_public_id('d'),
  workspace  text not null references workspaces,
  sha256     text check (sha256 ~ '^[0-9a-f]{64}$'),
  source_uri text,
  name       text not null check (length(name) between 1 and 255),
  bytes      bigint,
  pages      int,
  created_at timestamptz not null default pl_now(),
  check (sha256 is not null or source_uri is not null)
);
create index documents_by_workspace on documents (workspace, id desc);

create table pipelines (
  id              bigint generated always as identity primary key,
  public_id       text not null unique default make_public_id('p'),
  workspace       text not null references workspaces,
  document_id     bigint not null references documents,
  pack_id         int not null references packs,
  generation      int not null default 1,
  state           text not null default 'active'
                  check (state in ('fetching', 'active', 'done', 'done_with_gaps', 'failed', 'cancelled')),
  priority        smallint not null default 5 check (priority between 0 and 9),
  idempotency_key text,
  full_mask       bigint not null,
  -- Bits of tasks: put in the queue in this generation, done, dead, skipped, done with gaps.
  queued_mask     bigint not null default 0,
  done_mask       bigint not null default 0,
  dead_mask       bigint not null default 0,
  skipped_mask    bigint not null default 0,
  gap_mask        bigint not null default 0,
  failure         jsonb,
  engine          jsonb,
  created_at      timestamptz not null default pl_now(),
  started_at      timestamptz,
  finished_at     timestamptz,
  constraint finished_or_not check ((finished_at is not null) = (state in ('done', 'done_with_gaps', 'failed', 'cancelled'))),
  constraint masks_within check ((done_mask | dead_mask | skipped_mask | queued_mask) & ~full_mask = 0),
  constraint masks_apart check (done_mask & dead_mask = 0 and done_mask & skipped_mask = 0 and dead_mask & skipped_mask = 0)
) with (fillfactor = 60);
create unique index pipelines_idempotency on pipelines (workspace, idempotency_key) where idempotency_key is not null;
create index pipelines_by_document on pipelines (document_id);
-- The only index on something that changes: it changes once, when the pipeline ends.
create index pipelines_open on pipelines (id) where finished_at is null;

-- A row from a task's first exception or end. Its state is not stored here: masks and the three
-- queue tables say it (view task_states).
create table tasks (
  pipeline_id bigint not null references pipelines,
  idx         smallint not null,
  generation  int not null,
  workspace   text not null,
  -- Tries that failed by their own fault, and tries lost with their container: counted apart.
  failures    int not null default 0,
  lost        int not null default 0,
  failure     jsonb,
  gaps        int[] not null default '{}',
  applicable  boolean,
  reason      text,
  container   text,
  engine      jsonb,
  seconds     double precision,
  finished_at timestamptz,
  primary key (pipeline_id, idx)
);

create sequence ready_seq;
create table ready (
  class_id    int not null,
  priority    smallint not null,
  seq         bigint not null default nextval('ready_seq'),
  pipeline_id bigint not null,
  idx         smallint not null,
  generation  int not null,
  attempt     int not null,
  workspace   text not null,
  since       timestamptz not null default pl_now(),
  primary key (class_id, priority, seq)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
create unique index ready_by_pipeline on ready (pipeline_id, idx);

create table delayed (
  pipeline_id bigint not null,
  idx         smallint not null,
  generation  int not null,
  attempt     int not null,
  class_id    int not null,
  priority    smallint not null,
  workspace   text not null,
  run_at      timestamptz not null,
  primary key (pipeline_id, idx)
);
create index delayed_by_time on delayed (run_at);

create sequence lease_id_seq;
create table leases (
  epoch         bigint not null,
  id            bigint not null default nextval('lease_id_seq'),
  pipeline_id   bigint not null,
  idx           smallint not null,
  generation    int not null,
  attempt       int not null,
  class_id      int not null,
  priority      smallint not null,
  seq           bigint not null,
  workspace     text not null,
  container_id  text not null,
  leased_at     timestamptz not null default pl_now(),
  deadline_at   timestamptz not null,
  stall_ms      bigint not null,
  progressed_at timestamptz not null default pl_now(),
  staged        jsonb,
  primary key (epoch, id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
-- One live lease a task.
create unique index leases_by_task on leases (pipeline_id, idx);
create index leases_by_container on leases (container_id);

-- High-water marks of running tasks: progress never falls when a container is lost.
create table task_progress (
  pipeline_id bigint not null,
  idx         smallint not null,
  generation  int not null,
  fraction    double precision not null check (fraction between 0 and 1),
  done        int,
  total       int,
  updated_at  timestamptz not null default pl_now(),
  primary key (pipeline_id, idx, generation)
) with (fillfactor = 50);

-- The PRD's table: who is there, what it can do. `server_type` is the pool, `status` the phase.
create table processing_servers (
  id                        text primary key,
  server_type               text not null,
  replica                   int not null,
  container_id              text,
  status                    text not null,
  capabilities              jsonb not null default '{}',
  features                  text[] not null,
  class_ids                 int[] not null default '{}',
  slots                     int not null check (slots > 0),
  max_concurrent_pipelines  int not null default 3 check (max_concurrent_pipelines > 0),
  pipeline_coordination_url text,
  visual_cache_access       boolean not null default false,
  boot_id                   text not null,
  token_hash                bytea not null,
  engine                    jsonb not null,
  gpu                       text,
  pid                       int,
  note                      text,
  drain                     boolean not null default false,
  drain_reason              text,
  last_heartbeat            timestamptz not null default pl_now(),
  expires_at                timestamptz not null,
  created_at                timestamptz not null default pl_now(),
  updated_at                timestamptz not null default pl_now(),
  ended_at                  timestamptz
) with (fillfactor = 70);
create unique index processing_servers_live on processing_servers (server_type, replica) where ended_at is null;

-- Derived, never a counter: counters leak.
create view current_pipelines as
  select s.id as container_id, count(distinct l.pipeline_id)::int as current_pipelines, count(l.id)::int as leases
  from processing_servers s left join leases l on l.container_id = s.id
  where s.ended_at is null group by s.id;

-- One row a run of a replica, open until it ended.
create table replicas (
  id           bigint generated always as identity primary key,
  pool         text not null,
  replica      int not null,
  provider     text not null,
  provider_ref text,
  phase        text not null check (phase in ('requested', 'provisioning', 'pulling_image', 'booting',
                 'pulling_model', 'loading', 'canary', 'ready', 'draining', 'stopped', 'failed')),
  phase_since  timestamptz not null default pl_now(),
  reason       text,
  failure      jsonb,
  container_id text,
  requested_at timestamptz not null default pl_now(),
  ready_at     timestamptz,
  ended_at     timestamptz,
  constraint ended_or_not check ((ended_at is not null) = (phase in ('stopped', 'failed')))
);
create unique index replicas_open on replicas (pool, replica) where ended_at is null;

create table visual_results (
  workspace   text not null,
  sha256      text not null,
  -- pack@version/task/engine:model: what made it.
  recipe      text not null,
  slide       int not null check (slide > 0),
  result      jsonb not null,
  pipeline_id bigint not null,
  container   text,
  seconds     double precision,
  created_at  timestamptz not null default pl_now(),
  primary key (workspace, sha256, recipe, slide)
);

create table slide_failures (
  pipeline_id bigint not null,
  idx         smallint not null,
  generation  int not null,
  slide       int not null,
  failure     jsonb not null,
  created_at  timestamptz not null default pl_now(),
  primary key (pipeline_id, idx, generation, slide)
);

create table results (
  pipeline_id bigint not null references pipelines,
  idx         smallint not null,
  generation  int not null,
  workspace   text not null,
  result      jsonb not null,
  engine      jsonb not null,
  attempt     int not null,
  created_at  timestamptz not null default pl_now(),
  primary key (pipeline_id, idx, generation)
);

-- Append-only, by day: retention drops partitions. A default partition is the net.
create table attempts (
  pipeline_id  bigint not null,
  idx          smallint not null,
  generation   int not null,
  attempt      int not null,
  workspace    text not null,
  container_id text not null,
  epoch        bigint not null,
  lease_id     bigint not null,
  started_at   timestamptz not null,
  ended_at     timestamptz not null default pl_now(),
  outcome      text not null check (outcome in ('done', 'delayed', 'dead', 'released', 'cancelled')),
  lost         boolean not null default false,
  failure      jsonb
) partition by range (ended_at);
create table attempts_default partition of attempts default;
create index attempts_by_pipeline on attempts (pipeline_id, idx);

create table decisions (
  id          bigint generated always as identity,
  at          timestamptz not null default pl_now(),
  policy      text not null,
  pool        text not null,
  action      text not null check (action in ('start', 'stop', 'hold')),
  replica     text,
  rule        text not null,
  sentence    text not null,
  inputs      jsonb not null,
  alternative text,
  primary key (id, at)
) partition by range (at);
create table decisions_default partition of decisions default;

create table events (
  id        bigint generated always as identity,
  at        timestamptz not null default pl_now(),
  -- Ids commit out of order; readers go by transaction and stop at the oldest one that still runs.
  xid       xid8 not null default pg_current_xact_id(),
  workspace text,
  type      text not null,
  document  text,
  pipeline  text,
  task      text,
  data      jsonb not null default '{}',
  primary key (id, at)
) partition by range (at);
create table events_default partition of events default;
create index events_by_document on events (document, id);
-- The order in which they are read: see readEvents.
create index events_in_order on events (xid, id);

-- Makes tomorrow's partitions; called at start and daily. Safe to repeat and to race.
create function ensure_partitions(days_ahead int default 2) returns void language plpgsql as $$
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
end $$;
