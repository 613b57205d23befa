-- A version of a deck is another file of it. The same bytes again are another run of the same file: they share its number, and
-- whatever is known of whose deck a file is holds for all of its runs.

drop function deck_key_of(text, bigint, text, text);

-- The deck of a file: as a person said of any of its runs; by its company; as another file of its name whose company is known; by its
-- name; its own. Of several runs the newest company counts, and the oldest name: all of them have one answer.
create function deck_key_of(p_document bigint) returns text language sql stable set enable_seqscan = off as $$
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
  from self s, file k
$$;

-- Which of how many files of its deck it is, by their first submissions; null: it has no other.
create or replace function deck_version(p_document bigint) returns jsonb language sql stable set enable_seqscan = off as $$
  with files as (
    select f.deck_key, min(d.id) as first, bool_or(d.id = p_document) as is_own
    from portfolio f join portfolio o on o.workspace = f.workspace and o.deck_key = f.deck_key join documents d on d.id = o.document_id
    where f.document_id = p_document group by f.deck_key, coalesce(d.sha256, d.public_id)
  )
  select case when count(*) > 1 then jsonb_build_object('number', count(*) filter (where x.first <= (select y.first from files y where y.is_own)),
    'of', count(*), 'deckId', 'k_' || left(min(x.deck_key), 16)) end from files x
$$;

-- Which of how many documents of the same bytes it is, by submission; null: the only one.
create function file_run(p_workspace text, p_sha256 text, p_document bigint) returns jsonb language sql stable set enable_seqscan = off as $$
  select case when count(*) > 1 then jsonb_build_object('number', count(*) filter (where d.id <= p_document), 'of', count(*)) end
  from documents d where d.workspace = p_workspace and d.sha256 = p_sha256
$$;

-- Joins a file to the deck of another document or, without one, makes it a deck of its own; with all of its runs. Null: either is not there.
create or replace function choose_deck(p_workspace text, p_document text, p_other text, p_by text) returns text language plpgsql as $$
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
end $$;
