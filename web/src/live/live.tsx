import { type InfiniteData, type QueryClient, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import type { ListPage } from "../api/queries.ts";
import type { DocumentSummary, EventList, EventView } from "../api/types.ts";
import { noteStale, nothingStale, patchDocument } from "./apply.ts";
import { changeLive, noteHeard } from "./live-store.ts";
import { openStream } from "./stream.ts";

/** At most four paints a second, however fast slides come in. */
const paintMs = 250;
/** More than this in one paint, as after a long pause: asking again is cheaper than patching. */
const batchMax = 500;

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
    return { events: [...old.events, event] };
  });
  if (event.type === "document.deleted") {
    for (const kind of ["slides", "results", "events"]) {
      client.removeQueries({ queryKey: [kind, id] });
    }
  }
  if (event.type !== "task.progress") return;
  client.setQueryData<DocumentSummary>(["document", id], (old) => old && patchDocument(old, event));
  client.setQueriesData<InfiniteData<ListPage>>(
    { queryKey: ["documents"] },
    (old) => old && { ...old, pages: old.pages.map((page) => patchPage(page, event)) },
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

/** Gathers events and hands them over at most once a paint; a hidden tab waits until it is seen. */
function batcher(client: QueryClient, onPaint: () => void) {
  let waiting: EventView[] = [];
  let timer: number | undefined;
  const refresh = refresher(client);
  const resync = (): void => {
    waiting = [];
    // Asking is no news: an answer counts when it comes.
    void client.invalidateQueries();
  };
  const paint = (): void => {
    timer = undefined;
    if (document.hidden) return;
    if (waiting.length > batchMax) {
      resync();
      return;
    }
    const events = waiting;
    waiting = [];
    for (const event of events) patchCaches(client, event);
    for (const key of staleKeys(events)) refresh(key);
    onPaint();
  };
  const seen = (): void => {
    if (!document.hidden && waiting.length > 0) paint();
  };
  document.addEventListener("visibilitychange", seen);
  return {
    resync,
    add(event: EventView) {
      if (waiting.length <= batchMax) waiting.push(event);
      timer ??= window.setTimeout(paint, paintMs);
    },
    close() {
      window.clearTimeout(timer);
      document.removeEventListener("visibilitychange", seen);
    },
  };
}

/** Owns the one stream of this page load and tells its state. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  useEffect(() => {
    const batch = batcher(client, noteHeard);
    const close = openStream({
      onEvent: batch.add,
      onResync: batch.resync,
      onState: (state) => changeLive({ state }),
    });
    const unsubscribe = client.getQueryCache().subscribe((change) => {
      if (change.type === "updated" && change.action.type === "success") noteHeard();
    });
    return () => {
      unsubscribe();
      close();
      batch.close();
    };
  }, [client]);
  return children;
}
