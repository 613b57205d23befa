import type { PipelineState } from "../core/pipeline/life-cycle.ts";
import type { Db } from "./connect.ts";

/** Which documents of a workspace. A document has one pipeline: `add_pipelines` makes both. */
export interface ListFilter {
  readonly workspace: string;
  /** Absent: any. */
  readonly states?: readonly PipelineState[] | undefined;
  /** Failed, with gaps, or in quarantine whatever its state. */
  readonly needsAttention?: boolean | undefined;
  /** Words in the name or the company's name, whatever the case. */
  readonly q?: string | undefined;
  readonly since?: Date | undefined;
}

export interface ListOrder {
  readonly by: "id" | "name" | "finished";
  readonly descending: boolean;
}

/** The last row of a page: the next one begins behind it. `key` is what it was ordered by. */
export interface ListPlace {
  readonly id: number;
  readonly key: string | null;
}

/** Ids alone, in order: the rows themselves are read for one page. */
export async function listIds(
  db: Db,
  filter: ListFilter,
  order: ListOrder,
  place: ListPlace | undefined,
  limit: number,
): Promise<ListPlace[]> {
  const key = { id: db`null::text`, name: db`lower(d.name)`, finished: finishedKey(db) }[order.by];
  const direction = order.descending ? db`desc` : db`asc`;
  const columns = {
    id: db`d.id ${direction}`,
    name: db`lower(d.name) ${direction}, d.id ${direction}`,
    // An open one has no end yet: the newest of all.
    finished: db`p.finished_at ${direction} nulls ${order.descending ? db`first` : db`last`}, d.id ${direction}`,
  }[order.by];
  return db<ListPlace[]>`
    select d.id, ${key} as key from documents d join pipelines p on p.document_id = d.id
    where ${matching(db, filter)} ${place === undefined ? db`` : db`and ${behind(db, order, place)}`}
    order by ${columns} limit ${limit}`;
}

/** Microseconds as PostgreSQL keeps them; null while it is open. */
const finishedKey = (db: Db) => db`(extract(epoch from p.finished_at) * 1000000)::int8::text`;

function behind(db: Db, { by, descending }: ListOrder, { id, key }: ListPlace) {
  const than = descending ? db`<` : db`>`;
  if (by === "id") return db`d.id ${than} ${id}`;
  if (by === "name") return db`(lower(d.name), d.id) ${than} (${key}, ${id}::int8)`;
  const open = db`p.finished_at is null and d.id ${than} ${id}`;
  const over = db`p.finished_at is not null`;
  if (key === null) return descending ? db`((${open}) or ${over})` : db`(${open})`;
  const at = db`timestamptz 'epoch' + ${key}::int8 * interval '1 microsecond'`;
  const later = db`(p.finished_at, d.id) ${than} (${at}, ${id}::int8)`;
  return descending ? later : db`(${later} or p.finished_at is null)`;
}

function matching(db: Db, { workspace, states, needsAttention, q, since }: ListFilter) {
  const failed = db`p.state in ('failed', 'done_with_gaps')`;
  return db`d.workspace = ${workspace} and p.workspace = ${workspace} and d.deleted_at is null
    ${states === undefined ? db`` : db`and p.state = any(${states as string[]}) ${indexed(db, states)}`}
    ${needsAttention === true ? db`and (${failed} or p.quarantine is not null)` : db``}
    ${since === undefined ? db`` : db`and d.created_at >= ${since}`}
    ${q === undefined || q === "" ? db`` : db`and ${naming(db, q)}`}`;
}

/** What follows from the states, in the words of the index that holds them: a parameter does not tell it. */
function indexed(db: Db, states: readonly PipelineState[]) {
  if (states.every((state) => openStates.includes(state))) return db`and p.finished_at is null`;
  return states.every((state) => troubledStates.includes(state)) ? db`and ${isTroubled(db)}` : db``;
}

const openStates: readonly PipelineState[] = ["fetching", "active"];
const troubledStates: readonly PipelineState[] = ["failed", "done_with_gaps", "cancelled"];
const isTroubled = (db: Db) =>
  db`(p.state in ('failed', 'done_with_gaps', 'cancelled') or p.quarantine is not null)`;

const naming = (db: Db, q: string) => db`(position(lower(${q}) in lower(d.name)) > 0
  or exists (select from results r where r.pipeline_id = p.id and r.company is not null and position(lower(${q}) in lower(r.company)) > 0))`;

/** Whether a document stands before all others in the order of attention, which is fixed by `cutoff`. */
const urgent = (db: Db, cutoff: Date) => db`(p.quarantine is not null
  or (p.state in ('failed', 'done_with_gaps') and p.finished_at > ${cutoff}))`;

/** Newest first, of those that are urgent or of all others. */
export async function listByUrgency(
  db: Db,
  filter: ListFilter,
  { cutoff, isUrgent }: { readonly cutoff: Date; readonly isUrgent: boolean },
  before: number | undefined,
  limit: number,
): Promise<number[]> {
  const rows = await db<{ id: number }[]>`
    select d.id from documents d join pipelines p on p.document_id = d.id
    where ${matching(db, filter)} and ${isUrgent ? db`` : db`not`} ${urgent(db, cutoff)}
      ${before === undefined ? db`` : db`and d.id < ${before}`} order by d.id desc limit ${limit}`;
  return rows.map(({ id }) => id);
}
