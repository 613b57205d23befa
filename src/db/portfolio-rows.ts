import type { PendingQuery, Row } from "postgres";
import type { PipelineState } from "../core/pipeline/life-cycle.ts";
import type { FieldFilter, Sort } from "../core/portfolio/filter.ts";
import type { Db } from "./connect.ts";
import { type DeckVersionRow, type FileRunRow, readDeckVersions } from "./deck-versions.ts";
import { wordQuery } from "./slide-search.ts";

const companyPath = "extractions.startup_name";

export interface ColumnRow {
  readonly path: string;
  readonly title: string;
  readonly type: string;
  /** Documents that have a value. */
  readonly found: number;
  /** Documents where it was looked for. */
  readonly documents: number;
  /** Currencies of its amounts, the most frequent first. */
  readonly units: string[];
}

/** All fields that any document of the workspace has, in the order of the results. */
export async function readColumns(db: Db, workspace: string): Promise<ColumnRow[]> {
  return db<ColumnRow[]>`
    select x.path, max(x.title) as title, max(x.type) as type, sum(x.found)::int as found, sum(x.documents)::int as documents,
      coalesce(array_agg(x.unit order by x.found desc, x.unit) filter (where x.unit is not null), '{}') as units
    from (select path, unit, max(title) as title, max(type) as type, count(value) as found, count(*) as documents, min(position) as position
      from portfolio_fields where workspace = ${workspace} group by path, unit) x
    group by x.path order by min(x.position), x.path`;
}

/** Where a page ends, as its last row is sorted; everything behind it comes next. */
export interface SortKey {
  /** 1: it has no value, and stands behind all that have. */
  readonly missing: number;
  readonly unit: string;
  readonly number: number;
  readonly words: string;
  /** Internal id of the document. */
  readonly id: number;
}

export interface DeckSummaryRow {
  readonly id: number;
  readonly document: string;
  readonly name: string;
  readonly pages: number;
  readonly createdAt: Date;
  readonly state: PipelineState;
  readonly company: string | null;
  readonly version: DeckVersionRow | null;
  readonly fileRun: FileRunRow | null;
  readonly key: SortKey;
}

export interface RowsFilter {
  readonly workspace: string;
  /** Each with the type of its column. */
  readonly filters: readonly (FieldFilter & { readonly type: string })[];
  /** Words that one slide of the document has; null: any document. */
  readonly q: string | null;
}

const rowsOf = (db: Db, { workspace, filters, q }: RowsFilter) => db`
  from portfolio f join documents d on d.id = f.document_id join pipelines p on p.id = f.pipeline_id
  where f.workspace = ${workspace} ${filters.reduce((all, one) => db`${all} and ${conditionOf(db, workspace, one)}`, db``)}
    ${q === null ? db`` : db`and f.document_id in (select t.document_id from slide_texts t where t.workspace = ${workspace} and t.words @@ ${wordQuery(db, q)})`}`;

export async function countRows(db: Db, filter: RowsFilter): Promise<number> {
  const isPlain = filter.filters.length === 0 && filter.q === null;
  const [row] = await db<{ count: number }[]>`select count(*) as count ${
    isPlain ? db`from portfolio f where f.workspace = ${filter.workspace}` : rowsOf(db, filter)
  }`;
  return row?.count ?? 0;
}

/** Rows without a value come last, whichever way it goes; amounts stay with those of their currency. */
export async function readRows(
  db: Db,
  filter: RowsFilter,
  {
    sort,
    after,
    limit,
  }: { readonly sort: Sort; readonly after: SortKey | null; readonly limit: number },
): Promise<DeckSummaryRow[]> {
  const way = sort.descending ? db`desc` : db`asc`;
  // By submission is by id: there is an index, and nothing to sort.
  const isPlain = sort.path === "deck.submitted";
  const order = isPlain ? db`id ${way}` : db`missing, unit, number ${way}, words ${way}, id ${way}`;
  const rows = await db<Omit<DeckSummaryRow, "version">[]>`
    with k as (
      select r.*, case when s.number is null and s.words is null then 1 else 0 end as missing, coalesce(s.unit, '') as unit,
        coalesce(s.number, 0) as number, coalesce(left(lower(s.words), 200), '') as words
      from (select f.document_id as id, d.public_id as document, d.name, coalesce(d.pages, 0) as pages, d.created_at, p.state ${rowsOf(db, filter)}) r
      left join lateral (${sortValue(db, sort.path)}) s on true
    ), page as (
      select * from k ${after === null ? db`` : db`where ${isBehind(db, sort, after)}`}
      order by ${order} limit ${limit}
    )
    select id, document, name, pages, created_at as "createdAt", state,
      (select file_run(x.workspace, x.sha256, x.id) from documents x where x.id = page.id) as "fileRun",
      (select n.shown from portfolio_fields n where n.document_id = page.id and n.path = ${companyPath}) as company,
      jsonb_build_object('missing', missing, 'unit', unit, 'number', number, 'words', words, 'id', id) as key
    from page order by ${order}`;
  const versions = await readDeckVersions(
    db,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => ({ ...row, version: versions.get(row.id) ?? null }));
}

function sortValue(db: Db, path: string) {
  const none = db`null::text as unit`;
  switch (path) {
    case "deck.name":
      return db`select ${none}, null::float8 as number, coalesce((select x.shown from portfolio_fields x
        where x.document_id = r.id and x.path = ${companyPath}), r.name) as words`;
    case "deck.submitted":
      return db`select ${none}, 0::float8 as number, null::text as words`;
    case "deck.pages":
      return db`select ${none}, r.pages::float8 as number, null::text as words`;
    case "deck.state":
      return db`select ${none}, null::float8 as number, r.state as words`;
    default:
      return db`select x.unit, x.number, x.shown as words from portfolio_fields x where x.document_id = r.id and x.path = ${path}`;
  }
}

function isBehind(db: Db, { path, descending }: Sort, key: SortKey) {
  const past = descending ? db`<` : db`>`;
  if (path === "deck.submitted") return db`id ${past} ${key.id}::bigint`;
  return db`(missing > ${key.missing} or missing = ${key.missing} and (unit > ${key.unit} or unit = ${key.unit} and (
    number ${past} ${key.number}::float8 or number = ${key.number}::float8 and (words ${past} ${key.words} or words = ${key.words} and id ${past} ${key.id}::bigint))))`;
}

function conditionOf(db: Db, workspace: string, filter: FieldFilter & { readonly type: string }) {
  if (filter.path.startsWith("deck.")) return documentCondition(db, workspace, filter);
  return db`exists (select 1 from portfolio_fields x where x.document_id = f.document_id and x.path = ${filter.path} and ${comparison(
    db,
    filter,
  )})`;
}

function comparison(db: Db, { op, text, number, unit, type }: FieldFilter & { type: string }) {
  const isDate = type === "date";
  switch (op) {
    case "contains":
      return db`position(lower(${text}) in lower(x.shown)) > 0`;
    case "is":
      return number === null || isDate
        ? db`lower(x.shown) = lower(${text})`
        : db`(lower(x.shown) = lower(${text}) or x.number = ${number}::float8 and x.number_to = x.number and x.unit is not distinct from ${unit})`;
    case "from":
      return isDate
        ? db`x.shown >= ${text}`
        : db`x.number_to >= ${number}::float8 and x.unit is not distinct from ${unit}`;
    case "to":
      return isDate
        ? db`left(x.shown, ${text.length}) <= ${text}`
        : db`x.number <= ${number}::float8 and x.unit is not distinct from ${unit}`;
    case "found":
      return db`x.value is not null`;
    case "missing":
      return db`x.value is null`;
    case "conflict":
      return db`x.conflicts > 0`;
    case "reviewed":
      return db`x.review in ('verified', 'corrected')`;
    default:
      return db`x.review = ${op}`;
  }
}

/** Of each deck the newest run of the newest file. */
const newestOfDecks = (db: Db, workspace: string) => db`
  select distinct on (x.deck_key) x.document_id from (
    select o.deck_key, o.document_id, min(o.document_id) over (partition by o.deck_key, coalesce(d.sha256, d.public_id)) as first
    from portfolio o join documents d on d.id = o.document_id where o.workspace = ${workspace}) x
  order by x.deck_key, x.first desc, x.document_id desc`;

function documentCondition(db: Db, workspace: string, { path, op, text, number }: FieldFilter) {
  if (path === "deck.version") {
    return db`f.document_id in (${newestOfDecks(db, workspace)})`;
  }
  if (path === "deck.pages") {
    const sign = op === "from" ? db`>=` : op === "to" ? db`<=` : db`=`;
    return db`d.pages ${sign} ${number}::float8`;
  }
  if (path === "deck.submitted") {
    const day = db`to_char(d.created_at at time zone 'UTC', 'YYYY-MM-DD')`;
    if (op === "from") return db`${day} >= ${text}`;
    const start = db`left(${day}, ${text.length})`;
    return op === "to" ? db`${start} <= ${text}` : db`${start} = ${text}`;
  }
  const isSaid = (said: PendingQuery<Row[]>) =>
    op === "is"
      ? db`lower(${said}) = lower(${text})`
      : db`position(lower(${text}) in lower(${said})) > 0`;
  if (path === "deck.state") return isSaid(db`p.state`);
  // By what it came as and by what it is called.
  const company = db`coalesce((select x.shown from portfolio_fields x where x.document_id = d.id and x.path = ${companyPath}), '')`;
  return db`(${isSaid(db`d.name`)} or ${isSaid(company)})`;
}

export interface CellRow {
  readonly document: number;
  readonly path: string;
  readonly type: string;
  readonly value: unknown;
  readonly shown: string | null;
  readonly conflicts: number;
  readonly confidence: number | null;
  readonly review: "verified" | "flagged" | "corrected" | null;
}

export async function readCells(
  db: Db,
  documents: readonly number[],
  paths: readonly string[],
): Promise<CellRow[]> {
  return db<CellRow[]>`
    select document_id as document, path, type, value, shown, conflicts, confidence, review from portfolio_fields
    where document_id = any (${[...documents]}::bigint[]) and path = any (${[...paths]}::text[])`;
}
