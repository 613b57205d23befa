import type { Sql } from "../../src/db/connect.ts";
import { madeAs } from "../../src/db/portfolio.ts";
import type { Say } from "./phases.ts";

/**
 * Documents as an installation has them after a month: with results of the size that decks give, events in
 * daily partitions, and some that failed, wait or are worked on. Written by SQL: reading so many takes days.
 */
export async function seedDocuments(sql: Sql, count: number, say: Say): Promise<void> {
  say(`writing ${count} documents`);
  await makePartitions(sql, historyDays);
  await sql`create temporary table bench_results as ${templates(sql)}`;
  for (let from = 0; from < count; from += chunk) {
    await seedChunk(sql, from, Math.min(count, from + chunk) - 1, count);
  }
  await seedPlaces(sql);
  await seedOpen(sql, Math.ceil(count * openShare));
  say("vacuum and analyze");
  // As autovacuum leaves it: new rows are not looked at for the first time while others are counted.
  await sql`vacuum analyze`;
}

const historyDays = 30;
const chunk = 1000;
/** Of all documents, on top of those that have ended. */
const openShare = 0.04;

async function makePartitions(sql: Sql, days: number): Promise<void> {
  await sql`do ${sql.unsafe(`$$
    declare day date; parent text;
    begin
      foreach parent in array array['attempts', 'decisions', 'events'] loop
        for day in select d::date from generate_series(current_date - ${days}, current_date - 1, interval '1 day') d loop
          execute format('create table if not exists %I partition of %I for values from (%L) to (%L)',
            parent || '_' || to_char(day, 'YYYYMMDD'), parent, day::text || ' 00:00:00+00', (day + 1)::text || ' 00:00:00+00');
        end loop;
      end loop;
    end $$`)}`;
}

/** 40 of each task, of 14 slides; hashes stand for words, so that they take the room that words do. */
const templates = (sql: Sql) => sql`
  with words as (select n, string_agg(md5(n || '-' || w), ' ') as text from generate_series(1, 40) n, generate_series(1, 10) w group by n),
  slides as (
    select n, jsonb_agg(jsonb_build_object('slide', s, 'title', 'Slide ' || s, 'text', md5(n || '/' || s) || text, 'description', left(text, 120), 'kind', 'other',
      'text_source', 'text_layer', 'words', 60, 'visuals', '[]'::jsonb, 'blocks', '[]'::jsonb, 'language', 'en') order by s) as visual,
      jsonb_agg(jsonb_build_object('slide', s, 'figures', '[]'::jsonb, 'findings', (select coalesce(jsonb_agg(jsonb_build_object('rule', 'text_too_small',
        'severity', (array['critical', 'major', 'minor', 'note', 'praise'])[1 + (n + s + f) % 5], 'what', left(md5(n || '/' || s || '/' || f) || text, 90), 'why', left(text, 90),
        'fix', left(text, 60), 'evidence', '[]'::jsonb, 'measure', null)), '[]') from generate_series(1, (n + s) % 4) f)) order by s) as feedback
    from words, generate_series(1, 14) s group by n
  )
  select n, 0 as idx, jsonb_build_object('slides', visual) as result from slides
  union all select n, 1, jsonb_build_object('slides', feedback, 'deck', '[]'::jsonb) from slides
  union all select n, 2, jsonb_build_object('extractions', jsonb_build_object('startup_name', jsonb_build_object('value', 'Company ' || n, 'confidence', 0.9,
    'evidence', '[]'::jsonb, 'note', null, 'conflicts', '[]'::jsonb)), 'template', jsonb_build_object('chapters', to_jsonb(array_fill(left(text, 200), array[30])))) from words
  union all select n, i, jsonb_build_object('applicable', false, 'reason', left(text, 80), 'claims', '[]'::jsonb) from words, generate_series(3, 5) i`;

/** 84 of 100 are done, 7 have gaps, 6 failed and 3 were cancelled; one a few minutes, over a month. */
async function seedChunk(sql: Sql, from: number, to: number, count: number): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`create temporary table bench_made on commit drop as
      select n, nextval(pg_get_serial_sequence('documents', 'id')) as id, make_public_id('d') as public_id,
        nextval(pg_get_serial_sequence('pipelines', 'id')) as pipeline_id, pl_now() - (${count} - n) * (${historyDays} * interval '1 day' / ${count}) as at,
        case when n % 100 < 84 then 'done' when n % 100 < 91 then 'done_with_gaps' when n % 100 < 97 then 'failed' else 'cancelled' end as state
      from generate_series(${from}::int, ${to}::int) n`;
    await tx`insert into documents (id, public_id, workspace, sha256, name, bytes, pages, created_at) overriding system value
      select id, public_id, 'default', encode(sha256(public_id::bytea), 'hex'), 'Deck ' || n || ' of a ' || (array['seed', 'series A', 'series B'])[1 + n % 3] || ' round.pdf', 1000000, 14, at from bench_made`;
    await tx`insert into pipelines (id, workspace, document_id, document, pack_id, state, priority, rank, full_mask, done_mask, dead_mask, skipped_mask, failure, engine, created_at, started_at, finished_at)
      overriding system value
      select m.pipeline_id, 'default', m.id, m.public_id, k.id, m.state, 5, m.n::bigint, k.full_mask, case m.state when 'done' then k.full_mask when 'done_with_gaps' then k.full_mask & ~2::bigint else 0 end,
        case m.state when 'failed' then 1 when 'done_with_gaps' then 2 else 0 end, case m.state when 'failed' then k.full_mask & ~1::bigint else 0 end,
        case m.state when 'failed' then '{"code": "MODEL_TIMEOUT", "detail": null, "retryable": true}'::jsonb end,
        '{"name": "extractive", "model": null}'::jsonb, m.at, m.at + interval '5 s', m.at + interval '3 min'
      from bench_made m join packs k on k.name = 'pitch-deck' and k.active`;
    await tx`insert into results (pipeline_id, idx, generation, result, engine, attempt, created_at, started_at)
      select m.pipeline_id, t.idx, 1, case t.idx when 2 then jsonb_set(t.result, '{extractions,startup_name,value}', to_jsonb('Company ' || m.n % 700)) else t.result end,
        '{"name": "extractive", "model": null}'::jsonb, 1, m.at + interval '1 min', m.at + interval '10 s'
      from bench_made m join bench_results t on t.n = 1 + m.n % 40
      where m.state = 'done' or (m.state = 'done_with_gaps' and t.idx <> 1)`;
    await tx`insert into events (at, workspace, type, document, pipeline_id, data)
      select m.at + e * interval '10 s', 'default', case e when 0 then 'document.accepted' else 'slide.done' end, m.public_id, m.pipeline_id, '{"slide": 1}'::json
      from bench_made m, generate_series(0, 19) e`;
  });
}

/** Of seven hundred companies, each with versions. What the portfolio says of their fields and slides is left out. */
const seedPlaces = (sql: Sql) => sql`
  insert into portfolio (document_id, workspace, pipeline_id, generation, done_mask, review_id, made_as, company_key, stem, deck_key)
  select p.document_id, p.workspace, p.id, p.generation, p.done_mask, 0, ${madeAs}, 'company ' || p.rank % 700, null, md5('company ' || p.rank % 700) from pipelines p
  on conflict do nothing`;

/** Those that are in progress wait for containers; nobody may start any. */
async function seedOpen(sql: Sql, count: number): Promise<void> {
  const items = Array.from({ length: count }, (_, n) => ({
    ...{ name: `Open deck ${n}.pdf`, key: null, bytes: 1_000_000, pages: 14 },
    sha256: n.toString(16).padStart(64, "0"),
  }));
  await sql`select from add_pipelines('default', 'pitch-deck', 5, ${sql.json(items)}, null)`;
}

/** No container starts while the benchmark lasts. */
export const pausePools = (sql: Sql) =>
  sql`insert into fleet_orders (kind, pool, reason) values ('pause', 'vision', 'benchmark'), ('pause', 'text', 'benchmark')`;
