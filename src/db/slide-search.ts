import type { Db } from "./connect.ts";
import { type DeckVersionRow, type FileRunRow, readDeckVersions } from "./deck-versions.ts";

/** Slides are ranked among so many that have the words; with more, the best may be among the rest. */
export const rankedMax = 5_000;

/** What parts marked words from others in a snippet; no slide's text has them. */
const marks = { start: "\u0001", stop: "\u0002" } as const;

/**
 * Words as people type them: `"a phrase"`, `or`, `-without`; both as they are written and by their English stems. The last
 * one may be unfinished.
 */
export const wordQuery = (db: Db, q: string) => {
  const prefix = prefixOf(q);
  const open = prefix === null ? db`` : db`|| to_tsquery('simple', ${prefix})`;
  return db`(websearch_to_tsquery('simple', ${q}) || websearch_to_tsquery('english', ${q}) ${open})`;
};

function prefixOf(q: string): string | null {
  if (/["-]|\bor\b/iu.test(q)) return null;
  const words = q.match(/[\p{L}\p{N}]+/gu) ?? [];
  if ((words.at(-1) ?? "").length < 3) return null;
  return `${words.map((word) => `'${word}'`).join(" & ")}:*`;
}

export interface SlidePlace {
  readonly rank: number;
  /** Internal id. */
  readonly document: number;
  readonly slide: number;
}

export interface SlideHitRow extends SlidePlace {
  readonly title: string | null;
  readonly text: string;
  /** Marked words stand between `marks`. */
  readonly snippet: string;
}

export interface DocumentHitRow extends SlideHitRow {
  readonly publicId: string;
  readonly name: string;
  readonly company: string | null;
  readonly version: DeckVersionRow | null;
  readonly fileRun: FileRunRow | null;
}

const headline = (db: Db, query: ReturnType<typeof wordQuery>) => db`
  ts_headline('english', translate(t.text, ${marks.start + marks.stop}, '  '), ${query},
    ${`StartSel="${marks.start}", StopSel="${marks.stop}", MaxFragments=2, MaxWords=26, MinWords=10, FragmentDelimiter=" … "`})`;

/** The company as it stands after review. */
const company = (db: Db) => db`
  (select n.shown from portfolio_fields n where n.document_id = t.document_id and n.path = 'extractions.startup_name')`;

/** The best first; of equals those that were submitted last. */
export async function searchSlides(
  db: Db,
  of: {
    readonly workspace: string;
    readonly q: string;
    readonly after: SlidePlace | null;
    readonly limit: number;
  },
): Promise<DocumentHitRow[]> {
  const query = wordQuery(db, of.q);
  const { after } = of;
  const behind =
    after === null
      ? db``
      : db`where (-m.rank, -m.document_id, m.slide) > (${-after.rank}::float8, ${-after.document}::bigint, ${after.slide})`;
  const hits = await db<Omit<DocumentHitRow, "version">[]>`
    with m as materialized (
      select x.document_id, x.slide, ts_rank_cd(x.words, x.query)::float8 as rank from (
        select t.document_id, t.slide, t.words, q.query from (select ${query} as query) q join slide_texts t on t.words @@ q.query
        where t.workspace = ${of.workspace} limit ${rankedMax}) x
    ), page as (select m.* from m ${behind} order by m.rank desc, m.document_id desc, m.slide limit ${of.limit})
    select page.rank, t.document_id as document, d.public_id as "publicId", d.name, t.slide, t.title, t.text,
      ${headline(db, query)} as snippet, ${company(db)} as company,
      file_run(d.workspace, d.sha256, d.id) as "fileRun"
    from page join slide_texts t on t.document_id = page.document_id and t.slide = page.slide join documents d on d.id = t.document_id
    order by page.rank desc, page.document_id desc, page.slide`;
  const versions = await readDeckVersions(
    db,
    hits.map(({ document }) => document),
  );
  return hits.map((hit) => ({ ...hit, version: versions.get(hit.document) ?? null }));
}

/** How many slides have the words; `rankedMax` and one more: that many or more. */
export async function countSlides(db: Db, workspace: string, q: string): Promise<number> {
  const [row] = await db<{ count: number }[]>`
    select count(*) as count from (select 1 from (select ${wordQuery(db, q)} as query) q join slide_texts t on t.words @@ q.query
      where t.workspace = ${workspace} limit ${rankedMax + 1}) x`;
  return row?.count ?? 0;
}

/** The best slide of each of these documents that has one. */
export async function readBestSlides(
  db: Db,
  documents: readonly number[],
  q: string,
): Promise<SlideHitRow[]> {
  const query = wordQuery(db, q);
  return db<SlideHitRow[]>`
    select distinct on (t.document_id) t.document_id as document, t.slide, t.title, t.text, ts_rank_cd(t.words, q.query)::float8 as rank,
      ${headline(db, query)} as snippet
    from (select ${query} as query) q join slide_texts t on t.words @@ q.query where t.document_id = any (${[...documents]}::bigint[])
    order by t.document_id, rank desc, t.slide`;
}

export interface SnippetPart {
  readonly text: string;
  readonly marked: boolean;
}

/** A snippet in pieces, so that nobody has to trust its words. */
export const snippetParts = (snippet: string): SnippetPart[] =>
  snippet
    .split(marks.start)
    .flatMap((piece, at) => {
      const [marked = "", ...rest] = piece.split(marks.stop);
      const plain = { text: rest.join(" "), marked: false };
      return at === 0 ? [{ text: piece, marked: false }] : [{ text: marked, marked: true }, plain];
    })
    .filter(({ text }) => text !== "");
