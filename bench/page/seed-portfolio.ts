import type { Sql } from "../../src/db/connect.ts";

const slidesEach = 12;
const wordsEach = 60;
/** Of the made-up vocabulary; the first are in most slides, the last in few, as words are in any language. */
const vocabulary = 4000;

/** Decks that have been read, as the portfolio holds them, with slides full of made-up words. Written by SQL. */
export async function seedPortfolio(sql: Sql, count: number): Promise<void> {
  await sql`select setseed(0.5)`;
  await sql`insert into documents (public_id, workspace, sha256, name, bytes, pages)
    select make_public_id('d'), 'default', encode(sha256(('deck ' || n)::bytea), 'hex'), 'deck ' || n || '.pdf', 1000000, ${slidesEach}
    from generate_series(1, ${count}::int) n`;
  await sql`insert into pipelines (workspace, document_id, document, pack_id, state, priority, rank, full_mask, done_mask, created_at, started_at, finished_at)
    select 'default', d.id, d.public_id, k.id, 'done', 5, d.id, k.full_mask, k.full_mask, pl_now(), pl_now(), pl_now()
    from documents d join packs k on k.name = 'pitch-deck' and k.active`;
  await sql`insert into portfolio (document_id, workspace, pipeline_id, generation, done_mask, review_id, made_as, company_key, stem, deck_key)
    select p.document_id, 'default', p.id, 1, p.done_mask, 0, 2, 'company' || p.id % 7000, null, md5('company/' || p.id % 7000) from pipelines p`;
  await sql`insert into portfolio_fields (document_id, workspace, path, title, type, position, value, shown, number, number_to, unit, conflicts, confidence)
    select f.document_id, 'default', c.path, c.title, c.type, c.position, case when c.shown is not null then to_jsonb(c.shown) end, c.shown, c.number, c.number, c.unit, (random() < 0.05)::int, random()
    from portfolio f, lateral (values
      ('extractions.startup_name', 'Company', 'text', 0, 'Company ' || f.document_id % 7000, null::float8, null),
      ('extractions.company_offering', 'Offering', 'text', 1, md5(f.document_id::text) || ' for clinics', null, null),
      ('extractions.healthcare', 'Healthcare', 'healthcare', 2, (array['yes: diagnostics devices', 'no'])[1 + f.document_id % 2], f.document_id % 2, null),
      ('extractions.funding_amount', 'Ask', 'ask', 3, case when f.document_id % 4 > 0 then (f.document_id % 97) * 100000 || ' EUR' end,
        case when f.document_id % 4 > 0 then (f.document_id % 97) * 100000 end, case when f.document_id % 4 > 0 then (array['EUR', 'USD', 'GBP'])[1 + f.document_id % 3] end),
      ('extractions.deck_date', 'Deck date', 'date', 4, case when f.document_id % 3 > 0 then '2026-0' || 1 + f.document_id % 9 end, null, null),
      ('template.score', 'Template score', 'number', 5, (f.document_id % 50 / 10.0)::text, f.document_id % 50 / 10.0, null),
      ('slide_feedback.serious', 'Critical and major findings', 'number', 6, (f.document_id % 23)::text, f.document_id % 23, null)
    ) c (path, title, type, position, shown, number, unit)`;
  await sql`insert into slide_texts (document_id, workspace, slide, title, text)
    select f.document_id, 'default', s, 'w' || floor(power(random(), 3) * ${vocabulary}), (
      select string_agg('w' || floor(power(random(), 3) * ${vocabulary}), ' ') from generate_series(1, ${wordsEach}) w where f.document_id > 0 and s > 0)
    from portfolio f, generate_series(1, ${slidesEach}) s`;
  await sql`vacuum analyze`;
}
