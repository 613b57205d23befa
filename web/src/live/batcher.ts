import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import type { ListPage } from "../api/queries.ts";
import type { DocumentSummary, EventList, EventView } from "../api/types.ts";
import { noteStale, nothingStale, patchDocument } from "./apply.ts";

/** At most four paints a second, however fast slides come in. */
export const paintMs = 250;
/** More than this in one paint, as after a long pause: asking again is cheaper than patching. */
const batchMax = 500;
/** Events remembered, so that a replay is not taken twice. */
const seenMax = 4000;

const patchPage = (page: ListPage, event: EventView): ListPage => ({
  ...page,
  documents: page.documents.map((row) =>
    row.id === event.document ? patchDocument(row, event) : row,
  ),
});

function patchCaches(client: QueryClient, event: EventView): void {
  const id = event.document;
  if (id === null) return;
  client.setQueryData<EventList>(["events", id], (old) => {
    if (old === undefined || old.events.some((known) => known.id === event.id)) return old;
    return { ...old, events: [...old.events, event] };
  });
  if (event.type === "document.deleted") {
    for (const kind of ["slides", "results", "events"]) {
      client.removeQueries({ queryKey: [kind, id] });
    }
  }
  if (event.type !== "task.progress") return;
  client.setQueryData<DocumentSummary>(["document", id], (old) => old && patchDocument(old, event));
  // What else is kept under this key, a single page say, is asked for again and not drawn into.
  client.setQueriesData<InfiniteData<ListPage> | undefined>({ queryKey: ["documents"] }, (old) =>
    Array.isArray(old?.pages)
      ? { ...old, pages: old.pages.map((page) => patchPage(page, event)) }
      : old,
  );
}

const staleKeys = (events: readonly EventView[]): string[][] => {
  const stale = nothingStale();
  for (const event of events) noteStale(stale, event);
  const keys: string[][] = [];
  if (stale.list) keys.push(["documents"], ["batches"]);
  if (stale.fleet) keys.push(["fleet"]);
  if (events.some(({ type }) => type.startsWith("pack."))) keys.push(["packs"]);
  for (const [id, { slides, results }] of stale.documents) {
    keys.push(["document", id]);
    if (slides) keys.push(["slides", id]);
    if (results) keys.push(["results", id]);
  }
  return keys;
};

/**
 * Asks again for what is old, one request a key at a time. News during a request asks once more
 * after it: starting over would starve the page, and doing nothing would lose the last change.
 */
function refresher(client: QueryClient): (queryKey: string[]) => void {
  const again = new Map<string, boolean>();
  const run = async (queryKey: string[]): Promise<void> => {
    const id = queryKey.join("/");
    if (again.has(id)) {
      again.set(id, true);
      return;
    }
    again.set(id, false);
    await client.invalidateQueries({ queryKey });
    const more = again.get(id) === true;
    again.delete(id);
    if (more) await run(queryKey);
  };
  return (queryKey) => void run(queryKey);
}

export interface Batcher {
  add(event: EventView): void;
  /** Whatever was missed: everything that is shown is asked for again. */
  resync(): void;
  close(): void;
}

/**
 * Gathers events and hands them over at most once a paint.
 * @param isStill the tab is hidden, or somebody wants it to stand still: events wait
 */
export function createBatcher(client: QueryClient, isStill: () => boolean): Batcher {
  let waiting: EventView[] = [];
  const seen = new Set<number>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const refresh = refresher(client);
  const resync = (): void => {
    waiting = [];
    // Asking is no news: an answer counts when it comes.
    void client.invalidateQueries();
  };
  const paint = (): void => {
    timer = undefined;
    if (isStill()) return;
    if (waiting.length > batchMax) {
      resync();
      return;
    }
    const events = waiting;
    waiting = [];
    for (const event of events) patchCaches(client, event);
    for (const key of staleKeys(events)) refresh(key);
  };
  return {
    resync,
    add(event) {
      if (seen.has(event.id)) return;
      seen.add(event.id);
      if (seen.size > seenMax) seen.delete(seen.values().next().value ?? 0);
      if (waiting.length <= batchMax) waiting.push(event);
      timer ??= setTimeout(paint, paintMs);
    },
    close: () => clearTimeout(timer),
  };
}
