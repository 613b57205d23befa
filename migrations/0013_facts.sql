-- What a lease carries of its pipeline, for a list of them. Read with every turn, so its plan must not depend on statistics: one
-- that was made while the tables were small would read all of them when they no longer are.
create function pipeline_facts(p_ids bigint[])
returns table (pipeline_id bigint, workspace text, pipeline text, document text, name text, sha256 text, bytes bigint, pages int, pack_id int, rank bigint,
  priority smallint)
language plpgsql stable set enable_seqscan = off set plan_cache_mode = force_generic_plan set jit = off as $$
begin
  return query
    select p.id, p.workspace, p.public_id, p.document, d.name, d.sha256, d.bytes, d.pages, p.pack_id, p.rank, p.priority
    from unnest(p_ids) as w(id)
    cross join lateral (select * from pipelines q where q.id = w.id offset 0) p
    cross join lateral (select * from documents c where c.id = p.document_id offset 0) d;
end $$;
