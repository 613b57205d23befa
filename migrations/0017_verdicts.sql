-- What became of each decision, and what it takes to tell: when a container was given its first task.

-- Null: not known yet. {"kind", "seconds", "microUsd", "documents", "waitSeconds"}, see docs/explanation/verdicts.md. Decisions made
-- before this was kept stay without one, since it is not known any more what their containers did; no row is rewritten for that.
alter table decisions add column verdict jsonb default '{"kind": "unjudged", "seconds": 0, "microUsd": 0, "documents": 0, "waitSeconds": 0}';
alter table decisions alter column verdict drop default;
create index decisions_open on decisions (id) where verdict is null;
-- What was decided next about a pool.
create index decisions_by_pool on decisions (pool, id);

alter table processing_servers add column worked_from timestamptz;
-- The containers of one run, by its slot and time. No update touches these columns.
create index processing_servers_by_slot on processing_servers (server_type, replica, created_at);

-- Whoever hands out a task says so by `idle_since`; only the first time is kept, in the row that is written anyway.
create function note_first_work() returns trigger language plpgsql as $$
begin
  new.worked_from := pl_now();
  return new;
end $$;
create trigger first_work before update of idle_since on processing_servers for each row
  when (new.worked_from is null and new.idle_since = 'infinity') execute function note_first_work();
