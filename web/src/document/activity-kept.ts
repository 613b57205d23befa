import type { EventList, EventView } from "../api/types.ts";

/** Events of a document that have been seen, without a gap among them. */
export interface Kept {
  readonly events: readonly EventView[];
  /** Where what is older is asked for; null: there is nothing older. */
  readonly before: number | null;
}

export const keptFrom = ({ events, nextBefore }: EventList): Kept => ({
  events,
  before: nextBefore,
});

/**
 * With the newest of them, as they have come again. An answer holds so many and no more: what it has pushed out is
 * kept, and where it does not reach back to what was kept, it begins anew, since between the two some are missing.
 * The same object where there is nothing new.
 */
export function keptWith(kept: Kept, list: EventList): Kept {
  const known = new Set(kept.events.map(({ id }) => id));
  const fresh = list.events.filter(({ id }) => !known.has(id));
  if (fresh.length === 0) return kept;
  const meets = list.nextBefore === null || fresh.length < list.events.length;
  return meets ? { ...kept, events: [...kept.events, ...fresh] } : keptFrom(list);
}
