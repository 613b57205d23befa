import {
  documentColumns,
  type FieldFilter,
  filterFault,
  readFilter,
  readSort,
  type Sort,
} from "../core/portfolio/filter.ts";
import { chooseDeck, readVersions } from "../db/deck-versions.ts";
import {
  type CellRow,
  type ColumnRow,
  countRows,
  type DeckSummaryRow,
  type RowsFilter,
  readCells,
  readColumns,
  readRows,
  type SortKey,
} from "../db/portfolio-rows.ts";
import {
  countSlides,
  rankedMax,
  readBestSlides,
  type SlideHitRow,
  type SlidePlace,
  searchSlides,
  snippetParts,
} from "../db/slide-search.ts";
import { countUnread } from "../db/unread.ts";
import { AppError } from "../errors/app-error.ts";
import { announce, type ServiceContext } from "./context.ts";
import type { Documents } from "./documents.ts";
import { catchUp } from "./portfolio-index.ts";

export interface PortfolioRequest {
  readonly workspace: string;
  readonly fields?: string | undefined;
  readonly filter: readonly string[];
  readonly sort: string;
  readonly q?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** Columns that are shown when none are asked for. */
const columnsUsual = 6;
const companyPath = "extractions.startup_name";
const exportLimits = { rowsMax: 20_000, pageMax: 1_000 };

/** What all decks of a workspace say, side by side. Throws BAD_REQUEST for what cannot be asked. */
export function createPortfolio(
  context: ServiceContext,
  documents: Pick<Documents, "find">,
  limits = exportLimits,
) {
  const { sql } = context;
  const look = createLook(context);
  const read = async (request: PortfolioRequest) => {
    // What has just been read is looked for first by whoever waited for it.
    const { columns, isBehind } = await look(request.workspace);
    const asked = askedOf(request, columns);
    const after = keyOfCursor<SortKey>(request.cursor, rowKey);
    const { limit } = request;
    const [rows, total, unread] = await Promise.all([
      readRows(sql, asked.filter, { sort: asked.sort, after, limit: limit + 1 }),
      countRows(sql, asked.filter),
      asked.filter.q === null ? 0 : countUnread(sql, request.workspace, "words"),
    ]);
    const page = rows.slice(0, limit);
    const ids = page.map(({ id }) => id);
    const [cells, hits] = await Promise.all([
      readCells(sql, ids, asked.fields),
      asked.filter.q === null ? [] : readBestSlides(sql, ids, asked.filter.q),
    ]);
    return {
      ...{ columns, fields: asked.fields, total, notes: notesOf(asked, columns, isBehind, unread) },
      rows: rowViews(page, cells, hits),
      nextCursor: rows.length > limit ? cursorOf(page.at(-1)?.key) : null,
    };
  };
  return {
    read,
    /** Every row that passes the filters, up to 20,000; a note says when there are more. */
    async readAll(request: Omit<PortfolioRequest, "cursor" | "limit">) {
      const { first, rows, isCut } = await readPages(limits, (cursor, limit) =>
        read({ ...request, cursor, limit }),
      );
      const notes = isCut ? [cutNote(rows.length, first.total), ...first.notes] : first.notes;
      return { ...first, rows, notes, nextCursor: null, isCut };
    },
    async search(of: { workspace: string; q: string; cursor?: string | undefined; limit: number }) {
      await look(of.workspace);
      const after = keyOfCursor<SlidePlace>(of.cursor, slideKey);
      const [rows, count, unread] = await Promise.all([
        searchSlides(sql, { ...of, after, limit: of.limit + 1 }),
        countSlides(sql, of.workspace, of.q),
        countUnread(sql, of.workspace, "words"),
      ]);
      const page = rows.slice(0, of.limit);
      const last = page.at(-1);
      return {
        hits: page.map((row) => ({
          ...{ document: row.publicId, name: row.name, company: row.company },
          ...{ version: row.version, fileRun: row.fileRun, ...hitView(row) },
        })),
        ...{ total: Math.min(count, rankedMax), complete: count <= rankedMax },
        notes: unreadNotes(unread),
        nextCursor:
          rows.length > of.limit && last !== undefined
            ? cursorOf({ rank: last.rank, document: last.document, slide: last.slide })
            : null,
      };
    },
    /** Throws DOCUMENT_NOT_FOUND. */
    async versions(workspace: string, id: string) {
      const row = await documents.find(workspace, id);
      await catchUp(context, workspace);
      const versions = await readVersions(sql, row.id);
      return {
        document: row.document,
        versions: versions.map((one) => ({ ...one, createdAt: one.createdAt.toISOString() })),
      };
    },
    /** Joins it to the deck of `of`, or makes it one of its own. Throws DOCUMENT_NOT_FOUND and BAD_REQUEST. */
    async chooseVersion(workspace: string, id: string, of: string | null, by: string) {
      const row = await documents.find(workspace, id);
      const other = of === null ? null : await documents.find(workspace, of);
      if (other?.id === row.id) {
        throw new AppError("BAD_REQUEST", "A document is a version of another one.");
      }
      await catchUp(context, workspace);
      const choice = { workspace, document: row.document, of: other?.document ?? null, by };
      if (!(await chooseDeck(sql, choice))) throw new AppError("DOCUMENT_NOT_FOUND", of ?? id);
      announce(context);
    },
  };
}
export type PortfolioService = ReturnType<typeof createPortfolio>;

interface Page<Row> {
  readonly rows: readonly Row[];
  readonly nextCursor: string | null;
}

/** One page after the other, up to a number of rows. */
async function readPages<Row, P extends Page<Row>>(
  { rowsMax, pageMax }: typeof exportLimits,
  read: (cursor: string | undefined, limit: number) => Promise<P & Page<Row>>,
) {
  const first = await read(undefined, Math.min(pageMax, rowsMax));
  const rows = [...first.rows];
  let cursor = first.nextCursor;
  while (cursor !== null && rows.length < rowsMax) {
    const next = await read(cursor, Math.min(pageMax, rowsMax - rows.length));
    rows.push(...next.rows);
    cursor = next.nextCursor;
  }
  return { first, rows, isCut: cursor !== null };
}

/** Without news, what was seen so lately holds. */
const lookMs = 2_000;

/** Brings a workspace up and tells its columns; once for many who ask while nothing changes. */
function createLook(context: ServiceContext) {
  const seen = new Map<string, { readonly atMs: number; readonly columns: ColumnRow[] }>();
  context.change.subscribe(() => seen.clear());
  return async (workspace: string) => {
    const atMs = context.clock.nowMs();
    const known = seen.get(workspace);
    if (known !== undefined && atMs - known.atMs < lookMs) {
      return { columns: known.columns, isBehind: false };
    }
    const { after } = await catchUp(context, workspace);
    const columns = await readColumns(context.sql, workspace);
    if (after === null) seen.set(workspace, { atMs, columns });
    return { columns, isBehind: after !== null };
  };
}

interface Asked {
  readonly fields: string[];
  readonly sort: Sort;
  readonly filter: RowsFilter & { readonly q: string | null };
}

const bad = (detail: string) => new AppError("BAD_REQUEST", detail);

function askedOf(request: PortfolioRequest, columns: readonly ColumnRow[]): Asked {
  const find = finderOf(columns);
  const named = request.fields?.split(",").flatMap((name) => name.trim() || []);
  // The company stands beside each deck already.
  const usual = columns.map(({ path }) => path).filter((path) => path !== companyPath);
  const sort = readSort(request.sort);
  return {
    fields:
      named === undefined
        ? usual.slice(0, columnsUsual)
        : [...new Set(named.map((name) => find(name).path))],
    sort: { ...sort, path: find(sort.path).path },
    filter: {
      workspace: request.workspace,
      filters: request.filter.map((written) => filterOf(written, find)),
      q: request.q === undefined || request.q === "" ? null : request.q,
    },
  };
}

type Finder = (name: string) => { readonly path: string; readonly type: string };

/** By path, or by its end where that is of one alone: `startup_name`. */
function finderOf(columns: readonly ColumnRow[]): Finder {
  const all = [
    ...columns,
    ...documentColumns,
    { path: "deck.version", title: "Version", type: "choice" },
  ];
  return (name) => {
    const ending = all.filter(({ path }) => path.endsWith(`.${name}`));
    const found = all.find(({ path }) => path === name) ?? (ending.length === 1 && ending[0]);
    if (found) return found;
    // Before the first deck is read nobody knows which fields there will be.
    const isOfDocument = name.startsWith("deck.");
    if (columns.length === 0 && !isOfDocument && /^[\w.]{1,200}$/.test(name)) {
      return { path: name, type: "text" };
    }
    const shown = isOfDocument ? all.slice(columns.length) : columns;
    throw bad(
      `There is no field "${name}". There are ${shown.map(({ path }) => path).join(", ")}.`,
    );
  };
}

function filterOf(written: string, find: Finder): FieldFilter & { readonly type: string } {
  const filter = readFilter(written);
  if (typeof filter === "string") throw bad(filter);
  const { path, type } = find(filter.path);
  const found = { ...filter, path, type };
  const fault = filterFault(found, type);
  if (fault !== null) throw bad(`"${written}": ${fault}`);
  return found;
}

const cutNote = (rows: number, total: number): string =>
  `Only the first ${rows.toLocaleString("en-US")} of ${total.toLocaleString("en-US")} decks are here: filter for fewer, or page through /portfolio.`;

/** The words of a deck are known all at once, when its slides are read. */
function unreadNotes(unread: number): string[] {
  if (unread === 0) return [];
  const words =
    unread === 1
      ? "1 deck is still being read and is"
      : `${unread} decks are still being read and are`;
  return [`${words} not searched yet.`];
}

function notesOf(
  { sort, filter }: Asked,
  columns: readonly ColumnRow[],
  isBehind: boolean,
  unread: number,
) {
  const sorted = columns.find(({ path }) => path === sort.path);
  const ranged = filter.filters.find(({ op, unit }) => (op === "from" || op === "to") && unit);
  return [
    ...(sorted !== undefined && sorted.units.length > 1
      ? [
          `${sorted.title} is sorted within each currency (${[...sorted.units].sort().join(", ")}); amounts are not converted.`,
        ]
      : []),
    ...(ranged?.unit ? [`Only amounts in ${ranged.unit} are compared; no other currency is.`] : []),
    ...unreadNotes(unread),
    ...(isBehind ? ["Decks are still being taken in; some are missing for now."] : []),
  ];
}

function rowViews(
  rows: readonly DeckSummaryRow[],
  cells: readonly CellRow[],
  hits: readonly SlideHitRow[],
) {
  const cellsOf = new Map<number, CellRow[]>(rows.map(({ id }) => [id, []]));
  for (const cell of cells) cellsOf.get(cell.document)?.push(cell);
  const hitOf = new Map(hits.map((hit) => [hit.document, hit]));
  return rows.map((row) => {
    const hit = hitOf.get(row.id);
    return {
      ...{ document: row.document, name: row.name, company: row.company },
      ...{ version: row.version, fileRun: row.fileRun },
      ...{ state: row.state, pages: row.pages, createdAt: row.createdAt.toISOString() },
      cells: Object.fromEntries(
        (cellsOf.get(row.id) ?? []).map(({ path, value, shown, conflicts, confidence, review }) => [
          path,
          { value, shown, conflicts, confidence, review },
        ]),
      ),
      hit: hit === undefined ? null : hitView(hit),
    };
  });
}

const quoteMax = 200;

function hitView({ slide, title, text, snippet }: SlideHitRow) {
  const parts = snippetParts(snippet);
  const word = parts.find(({ marked }) => marked)?.text.toLowerCase() ?? "";
  const line = text.split("\n").find((one) => one.toLowerCase().includes(word)) ?? "";
  const at = Math.max(0, line.toLowerCase().indexOf(word) - quoteMax / 2);
  return { slide, title, snippet: parts, quote: line.slice(at, at + quoteMax).trim() };
}

const cursorOf = (key: object | undefined): string | null =>
  key === undefined ? null : Buffer.from(JSON.stringify(key)).toString("base64url");

/** What a cursor holds: it goes into a statement as it comes. */
type Kind = "integer" | "number" | "text";
type Shape<T> = { readonly [key in keyof T]: Kind };
const rowKey: Shape<SortKey> = {
  ...{ missing: "integer", unit: "text", number: "number", words: "text", id: "integer" },
};
const slideKey: Shape<SlidePlace> = { rank: "number", document: "integer", slide: "integer" };

const isA: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  integer: Number.isSafeInteger,
  number: Number.isFinite,
  text: (value) => typeof value === "string" && !value.includes("\0"),
};

function keyOfCursor<T extends object>(cursor: string | undefined, shape: Shape<T>): T | null {
  if (cursor === undefined) return null;
  const key = parsed(Buffer.from(cursor, "base64url").toString());
  const kinds = Object.entries<Kind>(shape);
  if (kinds.every(([name, kind]) => isA[kind](key?.[name]))) return key as T;
  throw bad("The cursor is not one of ours.");
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
