import type { DocumentSummary } from "../api/types.ts";
import type { ListOrder } from "./list-order.ts";

type Rows = readonly DocumentSummary[];
export type KnownRows = ReadonlyMap<string, DocumentSummary>;

const byId = (rows: Rows): Map<string, DocumentSummary> =>
  new Map(rows.map((row) => [row.id, row]));

/** The last row that was seen of each id that is listed, for when no answer has it any more. */
export function remember(known: KnownRows, ids: readonly string[], head: Rows): KnownRows {
  const inHead = byId(head);
  const rows = ids.flatMap((id) => inHead.get(id) ?? known.get(id) ?? []);
  return byId(rows);
}

/** Those that neither the beginning of the list nor what was loaded of the rest has. */
export function absentOf(known: KnownRows, head: Rows, tail: Rows): readonly string[] {
  const present = byId([...tail, ...head]);
  return [...known.keys()].filter((id) => !present.has(id));
}

/**
 * The rows as they are shown, in their order, each in its newest state.
 * @param left rows that were asked for one by one; null: deleted
 */
export function shownRows({
  order,
  known,
  head,
  tail,
  left,
}: {
  readonly order: ListOrder;
  readonly known: KnownRows;
  readonly head: Rows;
  readonly tail: Rows;
  readonly left: ReadonlyMap<string, DocumentSummary | null>;
}): Rows {
  const rows = new Map<string, DocumentSummary | null>([
    ...known,
    ...[...tail, ...head].map((row) => [row.id, row] as const),
    ...left,
  ]);
  const hidden = new Set(order.fresh);
  const ids = new Set([...order.ids, ...tail.map(({ id }) => id)]);
  return [...ids].flatMap((id) => (hidden.has(id) ? [] : (rows.get(id) ?? [])));
}
