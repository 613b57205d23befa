-- What the scaler remembers, written in the transaction of the decisions that came of it.

create table scaler_state (
  policy text not null,
  -- Of the policy and its settings: a memory made under others is not read.
  version text not null,
  -- How often it was written: decisions name the tick they were made in.
  tick bigint not null,
  -- The term of the leader that wrote it.
  term bigint not null,
  -- Text as it was written: numbers and the order of keys come back as they were.
  state json not null,
  -- Up to which event its policy was told what happened, and the latest time it was told of. Null: it is told nothing.
  told_xid xid8,
  told_id bigint,
  told_at timestamptz,
  updated_at timestamptz not null default pl_now(),
  primary key (policy, version),
  constraint told_whole check (num_nulls(told_xid, told_id, told_at) in (0, 3))
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_cost_delay = 0);

alter table decisions
  -- Of the policy; null for who has none, as the placement.
  add column version text,
  -- scaler_state.tick of the state it was made into.
  add column tick bigint;

alter table replicas
  -- The decision that asked for it; null: it was found running. Each asks for one at most.
  add column decision_id bigint;
create unique index replicas_by_decision on replicas (decision_id) where decision_id is not null;
-- The run before another one of its name.
create index replicas_by_slot on replicas (pool, replica, id desc);

-- The number of the task that text work stands on, from 1; null: this pack has none.
create function visual_task(p_needs bigint[], p_pools text[]) returns int language sql immutable parallel safe as $$
  select min(u) from generate_subscripts(p_pools, 1) u where p_pools[u] = 'vision' and exists (
    select 1 from generate_subscripts(p_pools, 1) w where p_pools[w] = 'text' and p_needs[w] & (1::bigint << (u - 1)) <> 0)
$$;
