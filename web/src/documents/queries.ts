import { infiniteQueryOptions, keepPreviousData } from "@tanstack/react-query";
import { base, getJson } from "../api/client.ts";
import { newerList } from "../api/queries.ts";
import type { DocumentList, DocumentPlan, DocumentSummary } from "../api/types.ts";
import type { Filter, Sort } from "../lib/search.ts";

/** What a list was asked for: of the address alone, so that a view can be sent to a colleague. */
export interface ListView {
  readonly filter: Filter;
  readonly q: string;
  readonly sort: Sort;
}

/** Renewed with every piece of news. */
const headSize = 50;
/** Loaded on demand. */
const tailSize = 200;
/** A slow net under the stream: what it lost shows up within half a minute. */
const netMs = 30_000;
/** Waits tell their seconds, and a container that starts sends no events meanwhile. */
const activeMs = 3000;

const isOpen = ({ pipeline }: DocumentSummary): boolean =>
  pipeline.state === "active" || pipeline.state === "fetching";

function listPage(
  { filter, q, sort }: ListView,
  cursor: string | null,
  limit: number,
  signal: AbortSignal,
): Promise<DocumentList> {
  const params = new URLSearchParams({ limit: String(limit), sort, filter });
  if (cursor !== null) params.set("cursor", cursor);
  if (q !== "") params.set("q", q);
  return getJson<DocumentList>(`${base}/documents?${params}`, { signal });
}

/** The beginning of a list: one page, asked for again and again. */
export const headQuery = (view: ListView) =>
  infiniteQueryOptions({
    queryKey: ["documents", "head", view.filter, view.sort, view.q],
    queryFn: ({ signal }) => listPage(view, null, headSize, signal),
    initialPageParam: null as string | null,
    getNextPageParam: () => null,
    placeholderData: keepPreviousData,
    structuralSharing: newerList,
    refetchInterval: ({ state }) =>
      state.data?.pages.some((page) => page.documents.some(isOpen)) === true ? activeMs : netMs,
  });

/**
 * All that follows the head, page by page. Never asked for by itself: a list of thousands would be
 * loaded anew with every event. @param firstCursor where the head ended when the first page is fetched
 */
export const tailQuery = (view: ListView, firstCursor: () => string | null) =>
  infiniteQueryOptions({
    queryKey: ["documents", "tail", view.filter, view.sort, view.q],
    queryFn: ({ pageParam, signal }) =>
      listPage(view, pageParam ?? firstCursor(), tailSize, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    enabled: false,
    structuralSharing: newerList,
    gcTime: 0,
  });

/** What bytes would take, and whether they are known here. */
export const planOfBytes = (sha256: string, signal: AbortSignal): Promise<DocumentPlan> =>
  getJson<DocumentPlan>(`${base}/documents/plan?${new URLSearchParams({ sha256 })}`, { signal });
