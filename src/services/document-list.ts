import type { PipelineState } from "../core/pipeline/life-cycle.ts";
import {
  type ListFilter,
  type ListOrder,
  type ListPlace,
  listByUrgency,
  listIds,
} from "../db/document-list.ts";
import { type DocumentRow, readDocuments } from "../db/documents.ts";
import { AppError } from "../errors/app-error.ts";
import type { ServiceContext } from "./context.ts";

export interface ListRequest {
  readonly workspace: string;
  readonly filter: "all" | "progress" | "attention" | "done";
  /** Absent: any that the filter lets through. */
  readonly states?: readonly PipelineState[] | undefined;
  readonly q?: string | undefined;
  readonly since?: Date | undefined;
  readonly sort: "-created" | "created" | "-finished" | "finished" | "name" | "-name" | "attention";
  readonly cursor?: string | undefined;
  readonly limit: number;
}

export interface ListPage {
  readonly rows: readonly DocumentRow[];
  readonly nextCursor: string | null;
}

const statesOf: Readonly<Record<ListRequest["filter"], readonly PipelineState[] | undefined>> = {
  all: undefined,
  progress: ["active", "fetching"],
  attention: undefined,
  done: ["done", "done_with_gaps"],
};

/** What ended badly within this time stands first in the order of attention. */
const urgentMs = 86_400_000;

/** One page of a list. Throws BAD_REQUEST for a cursor of another order. */
export async function readListPage(context: ServiceContext, asked: ListRequest): Promise<ListPage> {
  const { ids, nextCursor } =
    asked.sort === "attention"
      ? await byUrgency(context, asked)
      : await byColumn(context, asked, asked.sort);
  const found = new Map((await readDocuments(context.sql, ids)).map((row) => [row.id, row]));
  return { rows: ids.flatMap((id) => found.get(id) ?? []), nextCursor };
}

interface Ids {
  readonly ids: readonly number[];
  readonly nextCursor: string | null;
}

function filterOf({ workspace, filter, states: named, q, since }: ListRequest): ListFilter {
  const allowed = statesOf[filter];
  const states =
    named === undefined ? allowed : named.filter((state) => allowed?.includes(state) ?? true);
  return { workspace, states, needsAttention: filter === "attention", q, since };
}

async function byColumn(
  { sql }: ServiceContext,
  asked: ListRequest,
  sort: Exclude<ListRequest["sort"], "attention">,
): Promise<Ids> {
  const column = sort.replace("-", "") as "created" | "finished" | "name";
  const order: ListOrder = {
    by: column === "created" ? "id" : column,
    descending: sort.startsWith("-"),
  };
  const [id, key] = asked.cursor === undefined ? [] : placeOf(asked.cursor, sort);
  const place = id === undefined ? undefined : { id, key: key ?? null };
  const rows = await listIds(sql, filterOf(asked), order, place, asked.limit + 1);
  const page = rows.slice(0, asked.limit);
  const last = rows.length > asked.limit ? page.at(-1) : undefined;
  return {
    ids: page.map((row) => row.id),
    nextCursor: last === undefined ? null : cursorOf(sort, last),
  };
}

/** The border between the two parts stays where it was when the first page was asked for. */
async function byUrgency({ sql, clock }: ServiceContext, asked: ListRequest): Promise<Ids> {
  const [before, key] = asked.cursor === undefined ? [] : placeOf(asked.cursor, "attention");
  const [part, at] = (key ?? `urgent ${clock.nowMs() - urgentMs}`).split(" ");
  const cutoff = new Date(Number(at));
  if (Number.isNaN(cutoff.getTime())) throw notOurs();
  const filter = filterOf(asked);
  const wanted = asked.limit + 1;
  const read = (isUrgent: boolean, from: number | undefined, limit: number) =>
    listByUrgency(sql, filter, { cutoff, isUrgent }, from, limit);
  const urgent = part === "urgent" ? await read(true, before, wanted) : [];
  const others =
    urgent.length < wanted
      ? await read(false, part === "urgent" ? undefined : before, wanted - urgent.length)
      : [];
  const all = [...urgent, ...others];
  const ids = all.slice(0, asked.limit);
  const last = all.length > asked.limit ? ids.at(-1) : undefined;
  if (last === undefined) return { ids, nextCursor: null };
  const lastPart = ids.length <= urgent.length ? "urgent" : "other";
  return {
    ids,
    nextCursor: cursorOf("attention", { id: last, key: `${lastPart} ${cutoff.getTime()}` }),
  };
}

/** Newest first is the order lists always had: its cursor is the bare id. */
function cursorOf(sort: ListRequest["sort"], { id, key }: ListPlace): string {
  if (sort === "-created") return String(id);
  return Buffer.from(JSON.stringify([sort, id, key])).toString("base64url");
}

const notOurs = (): AppError =>
  new AppError("BAD_REQUEST", "The cursor is not one of ours, or of another order.");

function placeOf(cursor: string, sort: ListRequest["sort"]): [id: number, key: string | null] {
  if (sort === "-created") {
    const id = Number(cursor);
    if (!Number.isSafeInteger(id)) throw notOurs();
    return [id, null];
  }
  const parts: unknown = parsed(cursor);
  if (!Array.isArray(parts) || parts[0] !== sort || !Number.isSafeInteger(parts[1])) {
    throw notOurs();
  }
  const key: unknown = parts[2];
  if (key !== null && typeof key !== "string") throw notOurs();
  if (sort.endsWith("finished") && key !== null && !/^\d{1,18}$/.test(key)) throw notOurs();
  return [parts[1], key];
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    throw notOurs();
  }
}
