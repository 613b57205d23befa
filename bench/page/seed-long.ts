import type { Sql } from "../../src/db/connect.ts";

const sha256 = "f".repeat(64);

/** A document of so many slides, read, with findings on most of them; answers its id. */
export async function seedLongDeck(sql: Sql, slides: number): Promise<string> {
  const [made] = await sql<{ id: string; pipelineId: number }[]>`
    with made as (select nextval(pg_get_serial_sequence('documents', 'id')) as id, make_public_id('d') as public_id, nextval(pg_get_serial_sequence('pipelines', 'id')) as pipeline_id),
    document as (insert into documents (id, public_id, workspace, sha256, name, bytes, pages, created_at) overriding system value
      select id, public_id, 'default', ${sha256}, 'A very long deck.pdf', 90000000, ${slides}, pl_now() - interval '40 min' from made)
    insert into pipelines (id, workspace, document_id, document, pack_id, state, priority, rank, full_mask, done_mask, engine, created_at, started_at, finished_at) overriding system value
      select m.pipeline_id, 'default', m.id, m.public_id, k.id, 'done', 5, 1, k.full_mask, k.full_mask, '{"name": "extractive", "model": null}'::jsonb,
        pl_now() - interval '40 min', pl_now() - interval '39 min', pl_now()
      from made m join packs k on k.name = 'pitch-deck' and k.active
    returning document as id, id as "pipelineId"`;
  if (made === undefined) throw new Error("The long deck was not made.");
  await sql`insert into visual_results (workspace, sha256, recipe, slide, result, pipeline_id, created_at)
    select 'default', ${sha256}, 'bench/visual_analysis/1', s, jsonb_build_object('slide', s, 'title', 'Slide number ' || s, 'text', repeat('words of a slide ', 20),
      'description', 'A slide with words.', 'kind', 'other', 'text_source', 'text_layer', 'words', 60, 'visuals', '[]'::jsonb, 'blocks', '[]'::jsonb, 'language', 'en'), ${made.pipelineId}, pl_now()
    from generate_series(1, ${slides}::int) s`;
  await sql`insert into visual_results (workspace, sha256, recipe, slide, result, pipeline_id, created_at)
    select 'default', ${sha256}, 'bench/slide_feedback/1', s, jsonb_build_object('slide', s, 'figures', '[]'::jsonb, 'findings', (select coalesce(jsonb_agg(jsonb_build_object('rule', 'rule_' || f,
      'severity', (array['critical', 'major', 'minor', 'note', 'praise'])[1 + (s + f) % 5], 'what', 'Text is small.', 'why', 'It is not read.', 'fix', 'Use 12 pt.', 'evidence', '[]'::jsonb, 'measure', null)), '[]')
      from generate_series(1, s % 5) f)), ${made.pipelineId}, pl_now()
    from generate_series(1, ${slides}::int) s`;
  return made.id;
}

/** Runs of the last 40 minutes, one a lane, each with the phases of a start; they ended by themselves. */
export async function seedLanes(sql: Sql, lanes: number): Promise<void> {
  await sql`insert into replicas (pool, replica, provider, phase, requested_at, ready_at, ended_at, phases)
    select (array['vision', 'text'])[1 + n % 2], n, 'local', 'stopped', at, at + interval '70 s', at + interval '4 min',
      jsonb_build_array(jsonb_build_object('phase', 'requested', 'at', at), jsonb_build_object('phase', 'pulling_image', 'at', at + interval '5 s'),
        jsonb_build_object('phase', 'loading', 'at', at + interval '30 s'), jsonb_build_object('phase', 'ready', 'at', at + interval '70 s'), jsonb_build_object('phase', 'stopped', 'at', at + interval '4 min'))
    from (select n, pl_now() - (${lanes} - n) * interval '30 min' / ${lanes} - interval '5 min' as at from generate_series(1, ${lanes}::int) n) x`;
}
