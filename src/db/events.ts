import type { Db, Sql } from "./connect.ts";

export interface EventRow {
  readonly id: number;
  readonly at: Date;
  readonly workspace: string | null;
  readonly type: string;
  readonly document: string | null;
  readonly pipeline: string | null;
  readonly task: string | null;
  readonly data: Record<string, unknown>;
}

/**
 * A place in the stream. Ids alone are none: a transaction may draw its ids early and commit late,
 * so events are ordered by transaction first.
 */
export interface EventPosition {
  /** A transaction's number, which may pass 2^53. */
  readonly xid: string;
  readonly id: number;
}
export type StreamedEvent = EventRow & EventPosition;

/** Before everything. */
export const firstPosition: EventPosition = { xid: "0", id: 0 };

export function isAfter(event: EventPosition, position: EventPosition): boolean {
  if (event.xid === position.xid) return event.id > position.id;
  return BigInt(event.xid) > BigInt(position.xid);
}

/**
 * A row may hold several events: all that one turn did to a pipeline. The n-th event of row r is
 * number r x 128 + n; more than 127 there cannot be (63 tasks that end, 63 that start, one end).
 */
export const eventsPerRow = 128;

interface StoredEvent extends Omit<EventRow, "task" | "data"> {
  readonly xid: string;
  readonly task: string | null;
  readonly tasks: readonly string[] | null;
  readonly data: unknown;
}
type Moved = readonly [type: string, idx: number | null, data: Record<string, unknown>];

/** The events of a row, in order. */
export function expand(row: StoredEvent): StreamedEvent[] {
  const { tasks, data, ...event } = row;
  const first = row.id * eventsPerRow;
  if (row.type !== "moved") {
    return [{ ...event, id: first, data: data as Record<string, unknown> }];
  }
  return (data as readonly Moved[]).map(([type, idx, facts], n) => ({
    ...event,
    id: first + n,
    type,
    task: idx === null ? null : (tasks?.[idx] ?? null),
    data: Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== null)),
  }));
}

const rowOf = (eventId: number): number => Math.floor(eventId / eventsPerRow);

const stored = (db: Db) => db`
  select e.id, e.xid::text, e.at, e.type, e.task, e.data, k.task_names as tasks,
    coalesce(e.workspace, p.workspace) as workspace, coalesce(e.document, p.document) as document, coalesce(e.pipeline, p.public_id) as pipeline
  from events e left join pipelines p on p.id = e.pipeline_id left join packs k on k.id = p.pack_id and e.type = 'moved'`;

/**
 * Events after a position, in the stream's order. Rows of transactions younger than the oldest one
 * still running are left for the next read: whatever commits later comes later, so nothing is skipped.
 * `isAll`: no more can be read now.
 */
export async function readEvents(
  db: Db,
  filter: {
    after: EventPosition;
    workspace: string | null;
    document?: string | undefined;
    /** Rows read; there may be more events. */
    limit: number;
  },
): Promise<{ events: StreamedEvent[]; isAll: boolean }> {
  const rows = await db<StoredEvent[]>`
    ${stored(db)}
    where (e.xid, e.id) >= (${filter.after.xid}::xid8, ${rowOf(filter.after.id)}::bigint) and e.xid < pg_snapshot_xmin(pg_current_snapshot())
      ${filter.workspace === null ? db`` : db`and coalesce(e.workspace, p.workspace, ${filter.workspace}) = ${filter.workspace}`}
      ${filter.document === undefined ? db`` : db`and coalesce(e.document, p.document) = ${filter.document}`}
    order by e.xid, e.id limit ${filter.limit}`;
  const events = rows.flatMap(expand).filter((event) => isAfter(event, filter.after));
  return { events, isAll: rows.length < filter.limit };
}

/** Where an event stands; undefined when it is not kept any more, or never was. */
export async function findEventPosition(db: Db, id: number): Promise<EventPosition | undefined> {
  const [row] = await db<{ xid: string }[]>`select xid::text from events where id = ${rowOf(id)}`;
  return row && { xid: row.xid, id };
}

/** Newest first, for the activity of a document. */
export async function readDocumentEvents(
  db: Db,
  document: string,
  limit: number,
  before = Number.MAX_SAFE_INTEGER,
): Promise<EventRow[]> {
  const rows = await db<StoredEvent[]>`
    ${stored(db)} where e.type <> 'task.progress' and e.id <= ${rowOf(before)} and (e.document = ${document} or e.pipeline_id = any(array(
      select p.id from documents d join pipelines p on p.document_id = d.id where d.public_id = ${document})))
    order by e.id desc limit ${limit}`;
  return rows
    .flatMap(expand)
    .filter(({ id }) => id < before)
    .toSorted((a, b) => b.id - a.id)
    .slice(0, limit);
}

/** The last event that can be read now. */
export async function readNewestPosition(db: Db): Promise<EventPosition> {
  const [row] = await db<EventPosition[]>`
    select xid::text, id from events where xid < pg_snapshot_xmin(pg_current_snapshot())
    order by events.xid desc, events.id desc limit 1`;
  return row ? { xid: row.xid, id: row.id * eventsPerRow + eventsPerRow - 1 } : firstPosition;
}

/** Whether the very first event is still there: then a reader may begin at nothing. */
export async function keepsFirstEvent(db: Db): Promise<boolean> {
  const [row] = await db<{ kept: boolean }[]>`select coalesce(min(id), 1) <= 1 as kept from events`;
  return row?.kept ?? true;
}

/** Calls back whenever another process announces work; re-listens by itself after a lost connection. */
export async function listenForWork(
  sql: Sql,
  onWork: () => void,
): Promise<{ unlisten(): Promise<void> }> {
  return sql.listen("pilotlight_work", onWork, onWork);
}
