import type { EventName } from "../lib/events.ts";
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

const columns = (db: Db) => db`id, at, workspace, type, document, pipeline, task, data`;

/**
 * Events after an id, oldest first. Ids commit out of order, so rows of transactions younger than
 * the oldest one still running are left for the next read: nothing is ever skipped.
 */
export async function readEvents(
  db: Db,
  filter: { after: number; workspace: string | null; document?: string | undefined; limit: number },
): Promise<EventRow[]> {
  return db<EventRow[]>`
    select ${columns(db)} from events
    where id > ${filter.after} and xid < pg_snapshot_xmin(pg_current_snapshot())
      ${filter.workspace === null ? db`` : db`and (workspace = ${filter.workspace} or workspace is null)`}
      ${filter.document === undefined ? db`` : db`and document = ${filter.document}`}
    order by id limit ${filter.limit}`;
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

/** Bounds of what can be replayed: the oldest kept id (0: none) and the newest safe one. */
export async function readEventBounds(db: Db): Promise<{ oldest: number; newest: number }> {
  const [row] = await db<{ oldest: number; newest: number }[]>`
    select coalesce(min(id), 0) as oldest, coalesce(max(id), 0) as newest from events
    where xid < pg_snapshot_xmin(pg_current_snapshot())`;
  return row ?? { oldest: 0, newest: 0 };
}

export async function addEvent(
  db: Db,
  type: EventName,
  data: Record<string, unknown>,
): Promise<void> {
  await db`select add_event(null, ${type}, null, null, null, ${db.json(data as never)})`;
}

/** Calls back whenever another process announces work; re-listens by itself after a lost connection. */
export async function listenForWork(
  sql: Sql,
  onWork: () => void,
): Promise<{ unlisten(): Promise<void> }> {
  return sql.listen("pilotlight_work", onWork, onWork);
}
