-- As before. They are asked for each row of a list and for each file that is taken in: in plpgsql their plans are made once a session,
-- and not at each call.
create or replace function deck_key_of(p_document bigint) returns text language plpgsql stable
set enable_seqscan = off set plan_cache_mode = force_generic_plan set jit = off as $$
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
end $$;

create or replace function deck_version(p_document bigint) returns jsonb language plpgsql stable
set enable_seqscan = off set plan_cache_mode = force_generic_plan set jit = off as $$
begin
  return (
      with files as (
        select f.deck_key, min(d.id) as first, bool_or(d.id = p_document) as is_own
        from portfolio f join portfolio o on o.workspace = f.workspace and o.deck_key = f.deck_key join documents d on d.id = o.document_id
        where f.document_id = p_document group by f.deck_key, coalesce(d.sha256, d.public_id)
      )
      select case when count(*) > 1 then jsonb_build_object('number', count(*) filter (where x.first <= (select y.first from files y where y.is_own)),
        'of', count(*), 'deckId', 'k_' || left(min(x.deck_key), 16)) end from files x);
end $$;
