import {
  type InfiniteData,
  infiniteQueryOptions,
  keepPreviousData,
  QueryClient,
  queryOptions,
  replaceEqualDeep,
} from "@tanstack/react-query";
import type { Filter } from "../lib/search.ts";
import { newerDocument } from "../live/apply.ts";
import { base, batchUrl, documentUrl, getJson, problemOf } from "./client.ts";
import type {
  AccuracyAnswer,
  BatchDetail,
  BatchList,
  BatchSummary,
  DocumentList,
  DocumentResults,
  DocumentSummary,
  EventList,
  Fleet,
  PipelineSummary,
  ReplicaView,
  SlideList,
} from "./types.ts";

/** The API filters by one state; a filter of the page may be several. `undefined`: any. */
const statesOf: Readonly<Record<Filter, readonly (PipelineSummary["state"] | undefined)[]>> = {
  all: [undefined],
  progress: ["active", "fetching"],
  attention: ["failed", "done_with_gaps"],
  done: ["done", "done_with_gaps"],
};

interface Part {
  readonly state: PipelineSummary["state"] | undefined;
  readonly cursor: string | null;
}
export interface ListPage {
  readonly documents: DocumentSummary[];
  readonly next: readonly Part[];
}

const pageSize = 50;
/** A slow net under the stream: what it lost shows up within half a minute. */
const netMs = 30_000;
/** Waits tell their seconds, and a container that starts sends no events meanwhile. */
const activeMs = 3000;

const isOpen = ({ pipeline }: DocumentSummary): boolean =>
  pipeline.state === "active" || pipeline.state === "fetching";

function listUrl({ state, cursor }: Part, q: string): string {
  const params = new URLSearchParams({ limit: String(pageSize) });
  if (state !== undefined) params.set("state", state);
  if (cursor !== null) params.set("cursor", cursor);
  if (q !== "") params.set("q", q);
  return `${base}/documents?${params}`;
}

async function listPage(parts: readonly Part[], q: string, signal: AbortSignal): Promise<ListPage> {
  const answers = await Promise.all(
    parts.map(async (part) => ({
      part,
      list: await getJson<DocumentList>(listUrl(part, q), { signal }),
    })),
  );
  return {
    documents: answers
      .flatMap(({ list }) => list.documents)
      .sort((a, b) => b.createdAt.localeCompare(a.createdAt)),
    next: answers.flatMap(({ part, list }) =>
      list.nextCursor === null ? [] : [{ state: part.state, cursor: list.nextCursor }],
    ),
  };
}

const firstParts = (filter: Filter): readonly Part[] =>
  statesOf[filter].map((state) => ({ state, cursor: null }));

export const listQuery = (filter: Filter, q: string) =>
  infiniteQueryOptions({
    queryKey: ["documents", filter, q],
    queryFn: ({ pageParam, signal }) => listPage(pageParam, q, signal),
    initialPageParam: firstParts(filter),
    getNextPageParam: (page): readonly Part[] | null => (page.next.length > 0 ? page.next : null),
    placeholderData: keepPreviousData,
    structuralSharing: newerList,
    refetchInterval: ({ state }) =>
      state.data?.pages.some((page) => page.documents.some(isOpen)) === true ? activeMs : netMs,
  });

/** Answers may overtake each other and the stream: of each document the newer state is kept. */
const newerOne = (old: unknown, next: unknown): unknown =>
  replaceEqualDeep(old, newerDocument(old as DocumentSummary | undefined, next as DocumentSummary));
type ListData = InfiniteData<ListPage>;
function newerList(old: unknown, next: unknown): unknown {
  const before = (old as ListData | undefined)?.pages.flatMap((page) => page.documents) ?? [];
  const known = new Map(before.map((document) => [document.id, document]));
  const { pages, ...rest } = next as ListData;
  const newer = pages.map((page) => ({
    ...page,
    documents: page.documents.map((document) => newerDocument(known.get(document.id), document)),
  }));
  return replaceEqualDeep(old, { ...rest, pages: newer });
}

const isBatchOpen = ({ counts }: BatchSummary): boolean => counts.active > 0 || counts.fetching > 0;

export const batchesQuery = infiniteQueryOptions({
  queryKey: ["batches"],
  queryFn: ({ pageParam, signal }) => {
    const cursor = pageParam === null ? "" : `?${new URLSearchParams({ cursor: pageParam })}`;
    return getJson<BatchList>(`${base}/batches${cursor}`, { signal });
  },
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.nextCursor,
  refetchInterval: ({ state }) =>
    state.data?.pages.some((page) => page.batches.some(isBatchOpen)) === true ? activeMs : netMs,
});

export const batchQuery = (id: string) =>
  queryOptions({
    queryKey: ["batches", id],
    queryFn: ({ signal }) => getJson<BatchDetail>(batchUrl(id), { signal }),
    refetchInterval: ({ state }) =>
      state.data !== undefined && isBatchOpen(state.data) ? activeMs : netMs,
  });

/** Under the key of all lists of documents, so that news of one is drawn into it as well. */
export const batchDocumentsQuery = (id: string, state: PipelineSummary["state"] | undefined) =>
  infiniteQueryOptions({
    queryKey: ["documents", "batch", id, state],
    queryFn: async ({ pageParam, signal }): Promise<ListPage> => {
      const params = new URLSearchParams({ limit: String(pageSize) });
      if (state !== undefined) params.set("state", state);
      if (pageParam !== null) params.set("cursor", pageParam);
      const list = await getJson<DocumentList>(`${batchUrl(id)}/documents?${params}`, { signal });
      const next = list.nextCursor === null ? [] : [{ state, cursor: list.nextCursor }];
      return { documents: list.documents, next };
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next[0]?.cursor ?? null,
    placeholderData: keepPreviousData,
    structuralSharing: newerList,
    refetchInterval: ({ state: { data } }) =>
      data?.pages.some((page) => page.documents.some(isOpen)) === true ? activeMs : netMs,
  });

export const documentQuery = (id: string) =>
  queryOptions({
    queryKey: ["document", id],
    queryFn: ({ signal }) => getJson<DocumentSummary>(documentUrl(id), { signal }),
    structuralSharing: newerOne,
    refetchInterval: ({ state }) =>
      state.data !== undefined && isOpen(state.data) ? activeMs : netMs,
  });

export const slidesQuery = (id: string) =>
  queryOptions({
    queryKey: ["slides", id],
    queryFn: ({ signal }) => getJson<SlideList>(`${documentUrl(id)}/slides`, { signal }),
    refetchInterval: ({ state }) => (state.data?.complete === true ? false : netMs),
  });

export const resultsQuery = (id: string) =>
  queryOptions({
    queryKey: ["results", id],
    queryFn: ({ signal }) => getJson<DocumentResults>(`${documentUrl(id)}/results`, { signal }),
    refetchInterval: ({ state }) => (state.data?.complete === true ? false : netMs),
  });

export const eventsQuery = (id: string) =>
  queryOptions({
    queryKey: ["events", id],
    queryFn: ({ signal }) => getJson<EventList>(`${documentUrl(id)}/events`, { signal }),
  });

/** Bytes of a pull and the last work of a drain come without an event of their own. */
const isMoving = ({ phase }: ReplicaView): boolean =>
  phase !== "ready" && phase !== "stopped" && phase !== "failed";

export const fleetQuery = queryOptions({
  queryKey: ["fleet"],
  queryFn: ({ signal }) => getJson<Fleet>("/api/fleet", { signal }),
  refetchInterval: ({ state }) => (state.data?.replicas.some(isMoving) === true ? activeMs : netMs),
});

/** Of a week: no single event changes it much. */
export const accuracyQuery = queryOptions({
  queryKey: ["accuracy"],
  queryFn: ({ signal }) => getJson<AccuracyAnswer>("/api/fleet/accuracy", { signal }),
  refetchInterval: netMs,
});

export const newQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 2000,
        retry: (failures, error) => failures < 2 && problemOf(error).retryable,
        // The page says itself when nothing answers; requests must not wait for the browser's opinion.
        networkMode: "always",
      },
      mutations: { networkMode: "always" },
    },
  });
