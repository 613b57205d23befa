-- Machines that somebody rents out: where a run stands, what it costs, how it came to be ready.

alter table replicas
  -- What was rented. Null where there is only one kind.
  add column gpu text,
  add column gpus int not null default 0,
  add column region text,
  add column spot boolean not null default false,
  -- Null: nobody charges for it. The price is that of its start, for as long as it runs.
  add column micro_usd_per_hour bigint check (micro_usd_per_hour >= 0),
  -- It costs something, and nobody says what.
  add column unpriced boolean not null default false,
  add column quantum_ms bigint not null default 0 check (quantum_ms >= 0),
  add column billed_from timestamptz,
  add column billed_until timestamptz,
  -- [{"phase": ..., "at": ...}] in the order they were entered; a pull carries its bytes.
  add column phases jsonb not null default '[]',
  -- {"done": bytes, "total": bytes} of the model on its way.
  add column pull jsonb,
  -- What the provider says is wrong.
  add column trouble text,
  add constraint billed_forward check (billed_until >= billed_from);

alter table decisions drop constraint decisions_action_check;
alter table decisions add constraint decisions_action_check check (action in ('start', 'stop', 'hold', 'place', 'refuse'));

-- What an operator asked for. `pause` holds until it is taken back; `start` keeps a number of replicas until its time; `drain` and
-- `stop` are done once the replica has ended.
create table fleet_orders (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('start', 'drain', 'stop', 'pause')),
  pool text not null,
  replica int,
  -- So many replicas at least, as long as a start holds.
  keep int,
  reason text,
  at timestamptz not null default pl_now(),
  until timestamptz,
  ended_at timestamptz,
  constraint names_replica check ((kind in ('drain', 'stop')) = (replica is not null)),
  constraint start_keeps check ((kind = 'start') = (keep is not null)));
create unique index fleet_orders_open on fleet_orders (pool, kind, coalesce(replica, 0)) where ended_at is null and kind <> 'start';

-- How far a run has come, told by its provider or its container. Forward only, each step once, with its time.
create function enter_phase(p_id bigint, p_phase text) returns boolean language sql as $$
  update replicas r set phase = p_phase, phase_since = pl_now(),
    phases = r.phases || jsonb_build_array(jsonb_build_object('phase', p_phase, 'at', pl_now())),
    ready_at = case when p_phase = 'ready' then coalesce(r.ready_at, pl_now()) else r.ready_at end
  where r.id = p_id and r.ended_at is null and r.phase <> 'draining' and p_phase not in ('stopped', 'failed', 'draining')
    and array_position(array['requested', 'provisioning', 'pulling_image', 'booting', 'pulling_model', 'loading', 'canary', 'ready'], r.phase)
      < array_position(array['requested', 'provisioning', 'pulling_image', 'booting', 'pulling_model', 'loading', 'canary', 'ready'], p_phase)
  returning true
$$;

-- Which machines were refused, so that they are not asked for again at once.
create table refusals (
  provider text not null,
  gpu text not null,
  gpus int not null,
  region text not null,
  spot boolean not null,
  code text not null,
  at timestamptz not null default pl_now(),
  primary key (provider, gpu, gpus, region, spot));

-- How the last look at each provider went. Written by who leads, read by everybody.
create table provider_looks (
  provider text primary key,
  kind text not null,
  ok boolean not null,
  detail text,
  -- Replicas of other installations, by name.
  others text[] not null default '{}',
  seen_at timestamptz,
  looked_at timestamptz not null default pl_now());

-- One control plane leads. Its lock is what counts; this row says who holds it and whether it still moves.
create table leader (
  only_row boolean primary key default true check (only_row),
  holder text not null,
  pid int not null,
  term bigint not null,
  since timestamptz not null,
  renewed_at timestamptz not null);

-- The last words of containers, a ring for each. Lost in a crash of the server, and no loss.
create unlogged table container_logs (
  container text not null,
  id bigint generated always as identity,
  at timestamptz not null default pl_now(),
  line text not null,
  primary key (container, id));

-- Containers prove with it that they belong here. Every control plane knows it, so it lies here.
alter table installation add column registration_token text not null default encode(sha256(gen_random_uuid()::text::bytea || gen_random_uuid()::text::bytea), 'hex');

-- What was measured at a provider: how it rounds, whether a pause drains, how long each phase of a start takes.
create table provider_facts (
  provider text not null,
  fact text not null,
  value jsonb not null,
  measured_at timestamptz not null default pl_now(),
  primary key (provider, fact));
