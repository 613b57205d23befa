/** Which rows stand where. What comes in later waits until it is asked for, so that no row jumps. */
export interface ListOrder {
  readonly ids: readonly string[];
  /** Not shown yet. */
  readonly fresh: readonly string[];
  /** Still shown, though the list no longer has them: they ended, say, and it is of those in progress. */
  readonly gone: readonly string[];
}

export const emptyOrder: ListOrder = { ids: [], fresh: [], gone: [] };

/**
 * Takes a new answer for the beginning of the list. Rows stay where they are. What follows the last
 * known one is appended, anything else that is new is `fresh`.
 * @param isAll the list ends with `head`
 */
export function seeHead(order: ListOrder, head: readonly string[], isAll: boolean): ListOrder {
  const known = new Set(order.ids);
  const lastKnown = head.findLastIndex((id) => known.has(id));
  if (order.ids.length === 0) return { ids: head, fresh: [], gone: [] };
  const fresh = head
    .slice(0, lastKnown < 0 ? head.length : lastKnown)
    .filter((id) => !known.has(id));
  const appended = lastKnown < 0 ? [] : head.slice(lastKnown + 1);
  const inHead = new Set(head);
  const end = isAll ? order.ids.length : order.ids.indexOf(head[lastKnown] ?? "");
  const gone = order.ids.slice(0, Math.max(0, end)).filter((id) => !inHead.has(id));
  return { ids: [...order.ids, ...appended], fresh, gone };
}

/** As the server has it now: new rows come in, those that are gone leave. */
export function adopt(order: ListOrder, head: readonly string[]): ListOrder {
  const inHead = new Set([...head, ...order.gone]);
  return { ids: [...head, ...order.ids.filter((id) => !inHead.has(id))], fresh: [], gone: [] };
}
