-- A mute ends with a newer version of each pack by itself: numbers of versions are a pack's own, and a mute of one pack's
-- seventh version must not hide what the second version of another does.
alter table failure_acknowledgements add column packs text[] not null default '{}';

drop function add_failure_acknowledgement(text, text, text, text, text, int, text[]);

-- The event is of the same transaction: who sees one sees the other.
create function add_failure_acknowledgement(p_workspace text, p_fingerprint text, p_kind text, p_note text, p_by text, p_until_pack int, p_engines text[], p_packs text[])
returns timestamptz language plpgsql as $$
declare
  made failure_acknowledgements;
begin
  insert into failure_acknowledgements (workspace, fingerprint, kind, note, made_by, until_pack, engines, packs)
  values (p_workspace, p_fingerprint, p_kind, p_note, p_by, p_until_pack, p_engines, p_packs) returning * into made;
  perform add_event(p_workspace, 'failure.' || p_kind, null, null, null,
    jsonb_strip_nulls(jsonb_build_object('fingerprint', p_fingerprint, 'by', p_by, 'note', p_note, 'untilPack', p_until_pack)));
  return made.at;
end $$;
