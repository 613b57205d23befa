-- What all decks of a workspace say, side by side: one row a document, its fields as they stand after review, and the text of its
-- slides. All of it is made from results and reviews, and is made anew whenever it was made of anything else than they are now; so
-- a rerun, a restore and a document of before this migration need nothing of their own.

create table portfolio (
  document_id bigint primary key references documents on delete cascade,
  workspace text not null,
  -- What it was made of.
  pipeline_id bigint not null,
  generation int not null,
  done_mask bigint not null,
  -- The newest review; 0: none.
  review_id bigint not null,
  -- How this version of the program makes it.
  made_as int not null,
  -- By which uploads of one company are known; null: it is not known, or the name says nothing.
  company_key text,
  stem text,
  -- Documents that share it are versions of one deck. A hash: it tells no name.
  deck_key text not null
);
create index portfolio_by_deck on portfolio (workspace, deck_key, document_id);
create index portfolio_by_stem on portfolio (workspace, stem, document_id) where stem is not null;

create table portfolio_fields (
  document_id bigint not null references portfolio on delete cascade,
  path text not null,
  workspace text not null,
  title text not null,
  type text not null,
  position int not null,
  -- After review; null: the document does not say it.
  value jsonb,
  -- In one line, for comparing, finding and sorting.
  shown text,
  -- Of a range the lower bound, and in number_to the upper one; of a truth value 0 or 1.
  number double precision,
  number_to double precision,
  -- What the number counts: the currency of an amount. Numbers of different units are never compared.
  unit text,
  conflicts int not null,
  confidence double precision,
  review text check (review in ('verified', 'flagged', 'corrected')),
  primary key (document_id, path)
);
create index portfolio_fields_by_path on portfolio_fields (workspace, path, document_id);

-- Both as it is written and by the stems of English words: names and other languages are found as they are written.
create table slide_texts (
  document_id bigint not null references portfolio on delete cascade,
  slide int not null check (slide > 0),
  workspace text not null,
  title text,
  text text not null,
  words tsvector not null generated always as (
    setweight(to_tsvector('simple', coalesce(title, '')), 'A') || setweight(to_tsvector('english', coalesce(title, '')), 'A')
    || to_tsvector('simple', text) || to_tsvector('english', text)) stored,
  primary key (document_id, slide)
);
create index slide_texts_by_words on slide_texts using gin (words);

-- Whoever looks for news reads the newest results only. They are stored in the order of their times: the smallest kind of index does.
create index results_by_time on results using brin (created_at) with (pages_per_range = 16, autosummarize = on);

-- What a person said of versions stands above names.
create table deck_choices (
  document_id bigint primary key references documents on delete cascade,
  deck_key text not null,
  made_by text not null check (length(made_by) between 1 and 200),
  at timestamptz not null default pl_now()
);

-- The deck of a document: as a person said; by its company; as another file of this name whose company is known; by its name; its own.
create function deck_key_of(p_workspace text, p_document bigint, p_company text, p_stem text) returns text language sql stable
set enable_seqscan = off as $$
  select coalesce(
    (select c.deck_key from deck_choices c where c.document_id = p_document),
    case when p_company is not null then md5('company/' || p_company) end,
    (select f.deck_key from portfolio f where f.workspace = p_workspace and f.stem = p_stem and f.company_key is not null
      and f.document_id <> p_document and f.deck_key <> md5('document/' || f.document_id) order by f.document_id desc limit 1),
    case when p_stem is not null then md5('name/' || p_stem) end,
    md5('document/' || p_document))
$$;

-- Which of how many versions it is, by the order of submission; null: it has no other.
create function deck_version(p_document bigint) returns jsonb language sql stable set enable_seqscan = off as $$
  select case when count(*) > 1 then jsonb_build_object('number', count(*) filter (where o.document_id <= p_document), 'of', count(*),
    'deckId', 'k_' || left(f.deck_key, 16)) end
  from portfolio f join portfolio o on o.workspace = f.workspace and o.deck_key = f.deck_key
  where f.document_id = p_document group by f.deck_key
$$;

-- Joins a document to the deck of another, or, without one, makes it a deck of its own. Null: either is not there.
create function choose_deck(p_workspace text, p_document text, p_other text, p_by text) returns text language plpgsql as $$
declare
  d documents;
  chosen text;
begin
  select * into d from documents x where x.workspace = p_workspace and x.public_id = p_document and x.deleted_at is null for key share;
  if not found then return null; end if;
  if p_other is null then chosen := md5('document/' || d.id);
  else
    select f.deck_key into chosen from documents x join portfolio f on f.document_id = x.id
    where x.workspace = p_workspace and x.public_id = p_other and x.deleted_at is null;
    if chosen is null then return null; end if;
  end if;
  insert into deck_choices (document_id, deck_key, made_by) values (d.id, chosen, p_by)
  on conflict (document_id) do update set deck_key = excluded.deck_key, made_by = excluded.made_by, at = excluded.at;
  update portfolio f set deck_key = chosen where f.document_id = d.id;
  perform add_event(d.workspace, 'document.version', d.public_id, null, null, jsonb_build_object('by', p_by));
  return chosen;
end $$;

-- As before, with what is above.
create or replace function delete_document(p_workspace text, p_id text, p_by text) returns table (document text, deleted_at timestamptz, deleted_by text)
language plpgsql set enable_seqscan = off set plan_cache_mode = force_generic_plan set jit = off as $$
#variable_conflict use_column
declare
  now_ timestamptz := pl_now();
  d documents;
  ids bigint[];
begin
  select c.* into d from documents c where c.workspace = p_workspace and c.id = (
    select x.id from documents x where x.public_id = p_id union all select q.document_id from pipelines q where q.public_id = p_id limit 1);
  if not found then return; end if;
  if d.sha256 is not null then
    perform hold_file(d.workspace, d.sha256);
    -- A batch that names the file is waited for.
    perform 1 from files f where f.workspace = d.workspace and f.sha256 = d.sha256 for update;
  end if;
  select array_agg(p.id order by p.id) into ids from pipelines p where p.document_id = d.id;
  -- The normal move. What has ended refuses it, and is only locked.
  perform 1 from apply_moves((select jsonb_agg(jsonb_build_object('kind', 'cancel', 'pipeline', i, 'by', p_by)) from unnest(ids) i));
  select c.* into d from documents c where c.id = d.id for update;
  if d.deleted_at is not null then
    return query select d.public_id, d.deleted_at, d.deleted_by;
    return;
  end if;
  -- It may have been fetched meanwhile.
  if d.sha256 is not null then perform hold_file(d.workspace, d.sha256); end if;

  update documents c set sha256 = null, source_uri = null, name = 'deleted', deleted_at = now_, deleted_by = p_by where c.id = d.id;
  -- A key is free again: who sends the file once more makes a new document.
  update pipelines p set failure = without_detail(p.failure), quarantine = without_detail(p.quarantine),
    idempotency_key = case when p.idempotency_key is not null then 'deleted/' || p.public_id end where p.id = any (ids);
  update tasks t set failure = without_detail(t.failure) where t.pipeline_id = any (ids) and t.failure is not null;
  update attempts a set failure = without_detail(a.failure) where a.pipeline_id = any (ids) and a.failure is not null;
  -- What a task cost stays beside what it said.
  update results r set result = '{}', reason = null where r.pipeline_id = any (ids);
  delete from slide_failures f where f.pipeline_id = any (ids);
  delete from task_progress g where g.pipeline_id = any (ids);
  delete from reviews r where r.document_id = d.id;
  delete from portfolio f where f.document_id = d.id;
  delete from deck_choices c where c.document_id = d.id;
  update events e set data = events_without_words(e.type, e.data) where e.document = d.public_id collate "default";
  update events e set data = events_without_words(e.type, e.data) where e.pipeline_id = any (ids);
  if exists (select 1 from documents c where c.workspace = d.workspace and c.sha256 = d.sha256) then
    -- It was called as whoever sent it first did.
    update files f set name = (select c.name from documents c where c.workspace = d.workspace and c.sha256 = d.sha256 order by c.id limit 1)
    where f.workspace = d.workspace and f.sha256 = d.sha256;
  elsif d.sha256 is not null then
    delete from files f where f.workspace = d.workspace and f.sha256 = d.sha256;
    perform forget_readings(d.workspace, d.sha256);
    insert into forgotten_files (workspace, sha256) values (d.workspace, d.sha256)
    on conflict (workspace, sha256) do update set forgotten_at = now_, due_at = now_;
  end if;
  perform add_event(d.workspace, 'document.deleted', d.public_id, null, null, jsonb_build_object('by', p_by));
  return query select d.public_id, now_, p_by;
end $$;
