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

const columns = (db: Db) => db`id, at, workspace, type, document, pipeline, task, data`;

/**
 * Events after a position, in the stream's order. Rows of transactions younger than the oldest one
 * still running are left for the next read: whatever commits later comes later, so nothing is skipped.
 */
export async function readEvents(
  db: Db,
  filter: {
    after: EventPosition;
    workspace: string | null;
    document?: string | undefined;
    limit: number;
  },
): Promise<StreamedEvent[]> {
  return db<StreamedEvent[]>`
    select xid::text, ${columns(db)} from events
    where (xid, id) > (${filter.after.xid}::xid8, ${filter.after.id}::bigint) and xid < pg_snapshot_xmin(pg_current_snapshot())
      ${filter.workspace === null ? db`` : db`and (workspace = ${filter.workspace} or workspace is null)`}
      ${filter.document === undefined ? db`` : db`and document = ${filter.document}`}
    order by events.xid, events.id limit ${filter.limit}`;
}

/** Where an event stands; undefined when it is not kept any more, or never was. */
export async function findEventPosition(db: Db, id: number): Promise<EventPosition | undefined> {
  const [row] = await db<EventPosition[]>`select xid::text, id from events where id = ${id}`;
  return row;
}

/** Newest first, for the activity of a document. */
export async function readDocumentEvents(
  db: Db,
  document: string,
  limit: number,
): Promise<EventRow[]> {
  return db<EventRow[]>`
    select ${columns(db)} from events where document = ${document} and type <> 'task.progress'
    order by id desc limit ${limit}`;
}

/** The last event that can be read now. */
export async function readNewestPosition(db: Db): Promise<EventPosition> {
  const [row] = await db<EventPosition[]>`
    select xid::text, id from events where xid < pg_snapshot_xmin(pg_current_snapshot())
    order by events.xid desc, events.id desc limit 1`;
  return row ?? firstPosition;
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
