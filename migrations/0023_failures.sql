-- Failures of one kind are worked through as one. What people say of a kind is kept beside what failed: append-only, of each
-- fingerprint the newest row counts.

create table failure_acknowledgements (
  id bigint generated always as identity primary key,
  at timestamptz not null default pl_now(),
  workspace text not null,
  fingerprint text not null check (fingerprint ~ '^f_[0-9a-f]{12}$'),
  kind text not null check (kind in ('acknowledged', 'muted', 'reopened')),
  note text check (length(note) between 1 and 2000),
  made_by text not null check (length(made_by) between 1 and 200),
  -- A mute ends with a newer version of the pack, or an engine that is none of these.
  until_pack int,
  engines text[] not null default '{}',
  check ((kind = 'muted') = (until_pack is not null))
);
create index failure_acknowledgements_newest on failure_acknowledgements (workspace, fingerprint, id desc);

-- The event is of the same transaction: who sees one sees the other.
create function add_failure_acknowledgement(p_workspace text, p_fingerprint text, p_kind text, p_note text, p_by text, p_until_pack int, p_engines text[])
returns timestamptz language plpgsql as $$
declare
  made failure_acknowledgements;
begin
  insert into failure_acknowledgements (workspace, fingerprint, kind, note, made_by, until_pack, engines)
  values (p_workspace, p_fingerprint, p_kind, p_note, p_by, p_until_pack, p_engines) returning * into made;
  perform add_event(p_workspace, 'failure.' || p_kind, null, null, null,
    jsonb_strip_nulls(jsonb_build_object('fingerprint', p_fingerprint, 'by', p_by, 'note', p_note, 'untilPack', p_until_pack)));
  return made.at;
end $$;

-- Files that were refused at the door are failures too, and among the events they are few.
create index events_rejected on events (workspace, at) where type = 'document.rejected';
