-- A document that ended with gaps has shown 100 %. Opened again it is another generation, with a bar of its own: within one
-- nothing that is shown ever falls.

-- As of 0022, and a new generation too where all that would come had come. What is opened for it begins with no marks.
create or replace function move_retry(p_pipeline bigint, p_from_mask bigint, p_by text) returns boolean language plpgsql as $$
declare
  p pipelines;
  mask bigint := retry_mask(p_pipeline, p_from_mask);
  is_new boolean;
begin
  if coalesce(mask, 0) = 0 or is_deleted(p_pipeline) then return false; end if;
  select * into p from pipelines where id = p_pipeline;
  is_new := p.state = 'done_with_gaps' or mask & p.done_mask <> 0;
  update tasks set failures = 0, lost = 0, failure = null, finished_at = null
  where pipeline_id = p.id and mask & (1::bigint << idx) <> 0;
  if is_new then
    delete from task_progress where pipeline_id = p.id and mask & (1::bigint << idx) <> 0;
  end if;
  perform open_again(p.id, mask, p.generation + is_new::int, 'pipeline.retried', p_by);
  return true;
end $$;

-- How long tasks of a pack take, by its tasks in order: seconds a page where slides are read, else seconds of the whole task.
-- The weights of bars that begin from then on; a row is never changed, so that no bar changes under whoever looks at it.
create table learned_weights (
  pack_id int not null,
  valid_from timestamptz not null,
  unit_seconds double precision[] not null,
  -- The fewest measurements of a task.
  n int not null,
  primary key (pack_id, valid_from)
);
