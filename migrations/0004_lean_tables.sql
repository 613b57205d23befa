-- The hot path made lean: fewer rows and fewer indexes a task. docs/decisions/0018 says why and what it gave.
--   * `ready` is found by its order alone: class, rank, pipeline. A rank is a pipeline's for life (0006).
--   * A task that went well is one row in `results`; `attempts` keeps the tries that did not, `tasks` the exceptions.
--   * No foreign keys on rows that come by the thousand: one door writes them, and each check is a lookup and a lock.

drop view task_states;
drop view current_pipelines;
drop function claim_tasks(text, bigint, int);
drop function get_next_processing_task(text);
drop function lease_text(leases);

-- Names we make ourselves are compared byte by byte.
alter table leases alter column container_id type text collate "C";
alter table processing_servers alter column id type text collate "C";
alter table documents alter column public_id type text collate "C";
alter table pipelines alter column public_id type text collate "C";

-- All tasks that stand on a task, however far: what is skipped when it dies.
alter table packs add column dependents bigint[];
update packs k set dependents = (
  select array_agg(coalesce((
    with recursive above (bits) as (
      select 1::bigint << (i - 1)
      union
      select a.bits | (select bit_or(1::bigint << (j - 1)) from generate_subscripts(k.needs, 1) j where k.needs[j] & a.bits <> 0)
      from above a where exists (select 1 from generate_subscripts(k.needs, 1) j where k.needs[j] & a.bits <> 0 and a.bits & (1::bigint << (j - 1)) = 0)
    ) select bit_or(bits) & ~(1::bigint << (i - 1)) from above), 0) order by i)
  from generate_subscripts(k.needs, 1) i);
alter table packs alter column dependents set not null;

alter table documents drop constraint documents_workspace_fkey;
alter table pipelines drop constraint pipelines_workspace_fkey, drop constraint pipelines_document_id_fkey, drop constraint pipelines_pack_id_fkey;
alter table tasks drop constraint tasks_pipeline_id_fkey;
alter table results drop constraint results_pipeline_id_fkey;

-- Its place in every queue it passes (lower comes first), and its document's public id, so that no event has to look it up.
alter table pipelines add column rank bigint, add column document text;
update pipelines p set rank = (extract(epoch from p.created_at) * 1000)::bigint - (p.priority - 5) * 100000,
  document = (select d.public_id from documents d where d.id = p.document_id);
alter table pipelines alter column rank set not null, alter column document set not null;

alter table results drop column workspace;
alter table results add column container text, add column epoch bigint, add column lease_id bigint, add column started_at timestamptz,
  add column gaps int[] not null default '{}', add column applicable boolean, add column reason text;
update results r set container = a.container_id, epoch = a.epoch, lease_id = a.lease_id, started_at = a.started_at
from attempts a where a.pipeline_id = r.pipeline_id and a.idx = r.idx and a.generation = r.generation and a.outcome = 'done';
update results r set gaps = t.gaps, applicable = t.applicable, reason = t.reason
from tasks t where t.pipeline_id = r.pipeline_id and t.idx = r.idx and t.generation = r.generation;
delete from attempts where outcome = 'done';
alter table attempts drop column workspace;
alter table tasks drop column workspace, drop column gaps, drop column applicable, drop column reason, drop column engine, drop column seconds;

-- The queue tables anew: what can be had from the pipeline's row is not repeated.
alter table ready rename to ready_before;
alter index ready_pkey rename to ready_before_pkey;
create table ready (
  class_id    int not null,
  rank        bigint not null,
  pipeline_id bigint not null,
  idx         smallint not null,
  generation  int not null,
  attempt     int not null,
  since       timestamptz not null default pl_now(),
  -- Class and rank follow from pipeline and idx, so this also says: a task waits once.
  primary key (class_id, rank, pipeline_id, idx)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
insert into ready (class_id, rank, pipeline_id, idx, generation, attempt, since)
select r.class_id, p.rank, r.pipeline_id, r.idx, r.generation, r.attempt, r.since from ready_before r join pipelines p on p.id = r.pipeline_id;
drop table ready_before;
drop sequence ready_seq;

alter table delayed drop column priority, drop column workspace;

alter table leases drop column priority, drop column seq, drop column workspace;
-- By id first: then any list of leases is found by the index, whatever the planner believes.
alter table leases drop constraint leases_pkey, add primary key (id, epoch);
drop index leases_by_container;
-- Ids rise, so a reader who knows the oldest that lives need not pass by those that have gone.
create index leases_by_container on leases (container_id, id);

-- When its last lease ended; null while it works, or before it ever did.
alter table processing_servers add column idle_since timestamptz;

-- The epochs of this server's life. A server that was restarted may have been restored from a backup, and a table
-- that has another oid certainly was: an epoch is good only on the server and table it was drawn on.
create table epochs (
  epoch          bigint primary key,
  server_started timestamptz not null default pg_postmaster_start_time(),
  home           oid not null default 'leases'::regclass,
  drawn_at       timestamptz not null default pl_now()
);

-- Derived, never a counter: counters leak.
create view current_pipelines as
  select s.id as container_id, count(distinct l.pipeline_id)::int as current_pipelines, count(l.id)::int as leases
  from processing_servers s left join leases l on l.container_id = s.id
  where s.ended_at is null group by s.id;

-- What each task of each open or ended pipeline is now, in the words of the life cycle.
create view task_states as
  select p.id as pipeline_id, i.idx::smallint as idx, k.task_names[i.idx + 1] as task,
    case
      when p.done_mask & (1::bigint << i.idx) <> 0 then 'done'
      when p.dead_mask & (1::bigint << i.idx) <> 0 then 'dead'
      when p.skipped_mask & (1::bigint << i.idx) <> 0 then 'skipped'
      when p.finished_at is not null then 'cancelled'
      when exists (select 1 from leases l where l.pipeline_id = p.id and l.idx = i.idx) then 'leased'
      when exists (select 1 from ready r where r.class_id = k.class_ids[i.idx + 1] and r.rank = p.rank and r.pipeline_id = p.id and r.idx = i.idx) then 'ready'
      when exists (select 1 from delayed d where d.pipeline_id = p.id and d.idx = i.idx) then 'delayed'
      else 'blocked' end as state
  from pipelines p join packs k on k.id = p.pack_id
  cross join lateral generate_series(0, cardinality(k.task_names) - 1) as i(idx);

-- Every try of every task that has ended, however it ended.
create view attempt_history as
  select pipeline_id, idx, generation, attempt, container_id, epoch, lease_id, started_at, ended_at, outcome, lost, failure from attempts
  union all
  select pipeline_id, idx, generation, attempt, container, epoch, lease_id, started_at, created_at, 'done', false, null from results;

-- What a turn did to a pipeline is one row, whatever it was: type 'moved', its data a list of [type, task index, data]. It names the
-- pipeline by its id alone; whoever reads finds the rest there (src/db/events.ts).
alter table events add column pipeline_id bigint;
alter table events alter column data type json;
alter table events drop constraint events_pkey;
drop index events_by_document;
create index events_by_document on events (document, id) where document is not null;
create index events_by_pipeline on events (pipeline_id, id) where pipeline_id is not null;
-- For readers that come back with the last id they saw. Ids lie nearly in order, so a small index will do.
create index events_by_id on events using brin (id) with (pages_per_range = 16, autosummarize = on);
