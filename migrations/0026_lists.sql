-- What lists of documents show and filter by, without reading whole results: they are as long as the deck.

-- Critical, major, minor, note, praise; null: a result without findings.
create function finding_counts(p_result jsonb) returns int[] language sql immutable parallel safe as $$
  select case when jsonb_typeof(p_result -> 'slides') = 'array' and (p_result #> '{slides,0}') ? 'findings' then (
    select array[count(*) filter (where f.severity = '"critical"'), count(*) filter (where f.severity = '"major"'),
      count(*) filter (where f.severity = '"minor"'), count(*) filter (where f.severity = '"note"'), count(*) filter (where f.severity = '"praise"')]::int[]
    from jsonb_path_query(p_result, 'lax $.slides[*].findings[*].severity') f(severity)) end
$$;

-- Computed, so that they are right whoever writes a result, and gone with it. The table is written anew once.
alter table results
  add column findings int[] generated always as (finding_counts(result)) stored,
  -- '': the deck names no company. Short, as it stands in an index.
  add column company text generated always as (case when result ? 'extractions'
    then left(coalesce(result #>> '{extractions,startup_name,value}', ''), 200) end) stored;

create index results_company on results (pipeline_id) include (generation, company) where company is not null;
create index pipelines_by_state on pipelines (workspace, state, document_id desc);
create index pipelines_by_end on pipelines (workspace, finished_at, document_id) where finished_at is not null;
