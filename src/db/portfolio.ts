import type { Cell } from "../core/portfolio/cell.ts";
import type { Db, Transaction } from "./connect.ts";

/** A document of which the portfolio says something else than its results and reviews do. */
export interface PendingDeck {
  /** Internal ids. */
  readonly document: number;
  readonly pipeline: number;
  readonly workspace: string;
  readonly name: string;
  readonly generation: number;
  /** As text: it may pass 2^53. */
  readonly doneMask: string;
}

/** Rises when rows are made in another way: then all are made anew. */
export const madeAs = 2;

export interface PendingFilter {
  readonly limit: number;
  /** Only documents after this one, in order of submission. */
  readonly after?: number;
  /** null: of all. */
  readonly workspace: string | null;
  /** Only where something came within so many milliseconds; null: all are looked at, however old. */
  readonly newsMs: number | null;
}

/** What has no place in the portfolio yet, and what has news of a task or a review; in order of submission. */
export async function readPendingDecks(
  db: Db,
  { limit, after = 0, workspace, newsMs }: PendingFilter,
): Promise<PendingDeck[]> {
  const own = workspace === null ? db`` : db`and d.workspace = ${workspace}`;
  const fresh =
    newsMs === null ? db`` : db`and d.id = any(array(${documentsWithNews(db, newsMs)}))`;
  return db<PendingDeck[]>`
    select d.id as document, p.id as pipeline, d.workspace, d.name, p.generation, p.done_mask::text as "doneMask"
    from pipelines p join documents d on d.id = p.document_id left join portfolio f on f.document_id = d.id
    where d.deleted_at is null and d.id > ${after} ${own} ${fresh}
      and (f.document_id is null or f.pipeline_id <> p.id or f.generation <> p.generation or f.done_mask <> p.done_mask
        or f.made_as <> ${madeAs} or d.id in (select r.document_id from reviews r join portfolio o on o.document_id = r.document_id where r.id > o.review_id))
      and not exists (select 1 from pipelines later where later.document_id = d.id and later.id > p.id)
    order by d.id limit ${limit}`;
}

/** Each way by an index: what it costs goes by what is new, and not by how much there is. */
const documentsWithNews = (db: Db, newsMs: number) => db`
  with start as (select pl_now() - ${newsMs}::float8 * interval '1 millisecond' as at)
  select q.document_id from pipelines q where q.id = any(array(select r.pipeline_id from results r, start where r.created_at >= start.at))
  union select q.document_id from start, workspaces w join pipelines q on q.workspace = w.id where q.finished_at >= start.at
  union select r.document_id from reviews r, start where r.at >= start.at
  union select n.id from documents n where n.id > (select coalesce(max(f.document_id), 0) from portfolio f)`;

/** Reviews are told from here on: what comes later makes the document pending again. */
export async function readNewestReview(db: Db, document: number): Promise<number> {
  const [row] = await db<{ id: number }[]>`
    select coalesce(max(id), 0) as id from reviews where document_id = ${document}`;
  return row?.id ?? 0;
}

export interface SlideWords {
  readonly slide: number;
  readonly title: string | null;
  readonly text: string;
}

export interface DeckRow extends PendingDeck {
  readonly review: number;
  readonly companyKey: string | null;
  readonly stem: string | null;
  readonly cells: readonly Cell[];
  readonly slides: readonly SlideWords[];
}

/** Replaces what is told of a document. False: it is deleted, and nothing was written. */
export async function writeDeck(tx: Transaction, deck: DeckRow): Promise<boolean> {
  const { document, workspace, companyKey, stem } = deck;
  // One after the other: the deck of one may depend on another.
  await tx`select pg_advisory_xact_lock(hashtextextended('portfolio/' || ${workspace}, 24))`;
  const [alive] = await tx`
    select 1 from documents where id = ${document} and deleted_at is null for key share`;
  if (alive === undefined) return false;
  await tx`
    insert into portfolio (document_id, workspace, pipeline_id, generation, done_mask, review_id, made_as, company_key, stem, deck_key)
    values (${document}, ${workspace}, ${deck.pipeline}, ${deck.generation}, ${deck.doneMask}::text::bigint, ${deck.review}, ${madeAs}, ${companyKey}, ${stem}, '')
    on conflict (document_id) do update set pipeline_id = excluded.pipeline_id, generation = excluded.generation, done_mask = excluded.done_mask,
      review_id = excluded.review_id, made_as = excluded.made_as, company_key = excluded.company_key, stem = excluded.stem`;
  await placeInDecks(tx, deck);
  await writeCells(tx, deck);
  await writeWords(tx, deck);
  return true;
}

/** Its deck may be another one now, and with it that of its other runs and of files that go by its name. */
async function placeInDecks(tx: Transaction, deck: DeckRow): Promise<void> {
  const { document, workspace, stem } = deck;
  const runs = () => tx`
    select o.id from documents d join documents o on o.workspace = d.workspace and o.sha256 = d.sha256 where d.id = ${document}`;
  // What was said of a file holds for a run that came later, and stays when the others are deleted.
  await tx`
    insert into deck_choices (document_id, deck_key, made_by, at)
    select ${document}, c.deck_key, c.made_by, c.at from deck_choices c where c.document_id = any(array(${runs()})) order by c.at desc, c.document_id desc limit 1
    on conflict (document_id) do nothing`;
  await tx`
    with keys as materialized (
      select o.document_id, deck_key_of(o.document_id) as deck_key from portfolio o where o.document_id = ${document} or o.document_id = any(array(${runs()})))
    update portfolio f set deck_key = k.deck_key from keys k where f.document_id = k.document_id and f.deck_key <> k.deck_key`;
  // Files of the same name that do not say whose they are go where the newest goes that does, or are a deck by their
  // name alone: most of them are there already, and what it costs must not go by how many they are.
  await tx`
    with newest as materialized (
      select f.deck_key from portfolio f join documents d on d.id = f.document_id
      where f.workspace = ${workspace} and f.stem = ${stem} and f.company_key is not null
        and f.deck_key not in (md5('document/' || d.id), md5('file/' || d.sha256)) order by f.document_id desc limit 1),
    keys as materialized (
      select o.document_id, deck_key_of(o.document_id) as deck_key from portfolio o
      where o.workspace = ${workspace} and o.stem = ${stem} and o.company_key is null and o.deck_key <> coalesce((select n.deck_key from newest n), md5('name/' || o.stem)))
    update portfolio f set deck_key = k.deck_key from keys k where f.document_id = k.document_id and f.deck_key <> k.deck_key`;
}

async function writeCells(tx: Transaction, { document, workspace, cells }: DeckRow): Promise<void> {
  await tx`
    delete from portfolio_fields where document_id = ${document} and not path = any (${cells.map(({ path }) => path)}::text[])`;
  await tx`
    insert into portfolio_fields (document_id, workspace, path, title, type, position, value, shown, number, number_to, unit, conflicts, confidence, review)
    select ${document}, ${workspace}, c.path, c.title, c.type, c.position, nullif(c.value, 'null'::jsonb), c.shown, c.number, c."numberTo", c.unit, c.conflicts, c.confidence, c.review
    from jsonb_to_recordset(${JSON.stringify(cells)}::text::jsonb) as c (path text, title text, type text, position int, value jsonb, shown text,
      number float8, "numberTo" float8, unit text, conflicts int, confidence float8, review text)
    on conflict (document_id, path) do update set title = excluded.title, type = excluded.type, position = excluded.position, value = excluded.value,
      shown = excluded.shown, number = excluded.number, number_to = excluded.number_to, unit = excluded.unit, conflicts = excluded.conflicts,
      confidence = excluded.confidence, review = excluded.review`;
}

/** What has not changed is left alone: its words are not taken apart again. */
async function writeWords(
  tx: Transaction,
  { document, workspace, slides }: DeckRow,
): Promise<void> {
  await tx`
    delete from slide_texts where document_id = ${document} and not slide = any (${slides.map(({ slide }) => slide)}::int[])`;
  await tx`
    insert into slide_texts (document_id, workspace, slide, title, text)
    select ${document}, ${workspace}, s.slide, s.title, s.text
    from jsonb_to_recordset(${JSON.stringify(slides)}::text::jsonb) as s (slide int, title text, text text)
    on conflict (document_id, slide) do update set title = excluded.title, text = excluded.text
    where (slide_texts.title, slide_texts.text) is distinct from (excluded.title, excluded.text)`;
}
