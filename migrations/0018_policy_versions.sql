-- Which scaling policy was let in when, by whom and on what grounds; and what was only proposed.

create table policy_versions (
  -- From 1 on without gaps; the newest one counts.
  version int primary key check (version > 0),
  at timestamptz not null default pl_now(),
  -- Whoever let it in: `operator`, as the command line says it.
  by text not null check (length(by) between 1 and 200),
  -- As `policyNamed` takes it: `just-in-time:wait-price=9`; null: back to what the configuration says.
  policy text check (length(policy) between 1 and 400),
  -- Blocks of the configuration that it changes, in their own words: {"text_container_scaling": {"scale_down_delay": "420s"}}.
  settings jsonb not null default '{}' check (jsonb_typeof(settings) = 'object'),
  -- What replay foretold; null: nobody asked.
  predicted jsonb,
  -- The version it took the place of; null: the configuration.
  previous int references policy_versions,
  -- The version it brings back; null: it is new.
  reverts int references policy_versions,
  check (version > previous and version > reverts),
  check (policy is not null or settings = '{}')
);

-- What a run by the clock found. It changes nothing: a person lets it in, or not.
create table policy_proposals (
  id bigint generated always as identity primary key,
  at timestamptz not null default pl_now(),
  -- null: what counts now was found to be best, or there is too little history.
  policy text check (length(policy) between 1 and 400),
  settings jsonb not null default '{}' check (jsonb_typeof(settings) = 'object'),
  predicted jsonb,
  -- For people: what was found, or why nothing is proposed.
  sentence text not null
);
create index policy_proposals_by_time on policy_proposals (at desc, id desc);
