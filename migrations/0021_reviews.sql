-- What people say of results. Append-only, beside the results: what a model said is never overwritten.

create table reviews (
  id bigint generated always as identity primary key,
  at timestamptz not null default pl_now(),
  workspace text not null,
  document_id bigint not null references documents on delete cascade,
  -- Where the value was seen: a later generation may say another one.
  pipeline_id bigint not null references pipelines on delete cascade,
  generation int not null,
  task text not null,
  -- As `extractions.funding_amount`. Of each path the newest row counts.
  path text not null check (length(path) between 1 and 200),
  verdict text not null check (verdict in ('verified', 'flagged', 'corrected', 'withdrawn')),
  -- The value that was judged; JSON null: the document was said not to state it.
  seen jsonb not null,
  -- What is right instead; JSON null: the document does not state it.
  corrected jsonb,
  note text check (length(note) between 1 and 2000),
  -- Whoever judged, as the caller says it.
  made_by text not null check (length(made_by) between 1 and 200),
  check ((verdict = 'corrected') = (corrected is not null))
);
create index reviews_document on reviews (document_id, path, id desc);

create function refuse_review_change() returns trigger language plpgsql as $$
begin
  raise exception 'reviews are only added: %', old.id;
end $$;
create trigger reviews_stay before update on reviews for each row execute function refuse_review_change();

-- The event is of the same transaction: who sees one sees the other. It carries no words of the document.
create function add_review(p_review jsonb) returns bigint language plpgsql as $$
declare
  made reviews;
begin
  insert into reviews (workspace, document_id, pipeline_id, generation, task, path, verdict, seen, corrected, note, made_by)
  select d.workspace, d.id, (p_review ->> 'pipeline')::bigint, (p_review ->> 'generation')::int, p_review ->> 'task', p_review ->> 'path',
    p_review ->> 'verdict', p_review -> 'seen', p_review -> 'corrected', p_review ->> 'note', p_review ->> 'by'
  from documents d where d.id = (p_review ->> 'document')::bigint
  returning * into made;
  perform add_event(p.workspace, 'review.' || made.verdict, p.document, p.public_id, made.task, jsonb_build_object('path', made.path, 'by', made.made_by))
  from pipelines p where p.id = made.pipeline_id;
  return made.id;
end $$;
