import {
  type InfiniteData,
  infiniteQueryOptions,
  keepPreviousData,
  QueryClient,
  queryOptions,
  replaceEqualDeep,
} from "@tanstack/react-query";
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

/** One page of any list of documents. */
export type ListPage = Pick<DocumentList, "documents" | "nextCursor">;

const pageSize = 50;
/** A slow net under the stream: what it lost shows up within half a minute. */
const netMs = 30_000;
/** Waits tell their seconds, and a container that starts sends no events meanwhile. */
const activeMs = 3000;

const isOpen = ({ pipeline }: DocumentSummary): boolean =>
  pipeline.state === "active" || pipeline.state === "fetching";

/** Answers may overtake each other and the stream: of each document the newer state is kept. */
const newerOne = (old: unknown, next: unknown): unknown =>
  replaceEqualDeep(old, newerDocument(old as DocumentSummary | undefined, next as DocumentSummary));
type ListData = InfiniteData<ListPage>;
export function newerList(old: unknown, next: unknown): unknown {
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
    queryFn: ({ pageParam, signal }): Promise<ListPage> => {
      const params = new URLSearchParams({ limit: String(pageSize) });
      if (state !== undefined) params.set("state", state);
      if (pageParam !== null) params.set("cursor", pageParam);
      return getJson<DocumentList>(`${batchUrl(id)}/documents?${params}`, { signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
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
