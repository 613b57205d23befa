import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { base, getJson } from "../api/client.ts";
import type { Window } from "./search.ts";
import type { FailureCount, FailureDetail, FailuresAnswer, FailureTab } from "./types.ts";

export const failuresUrl = `${base}/failures`;

/** While something is open or being tried again the page follows it closely. */
const openMs = 5_000;
const netMs = 30_000;

export const failuresQuery = (tab: FailureTab, window: Window) =>
  queryOptions({
    queryKey: ["failures", "list", window, tab],
    queryFn: ({ signal }) =>
      getJson<FailuresAnswer>(`${failuresUrl}?${new URLSearchParams({ tab, window })}`, { signal }),
    placeholderData: keepPreviousData,
    // So many that they cannot be counted are not asked for every few seconds.
    refetchInterval: ({ state: { data } }) =>
      data !== undefined && data.tabs.open > 0 && !data.isPart ? openMs : netMs,
  });

export const failureQuery = (fingerprint: string, window: Window) =>
  queryOptions({
    queryKey: ["failures", "one", fingerprint, window],
    queryFn: ({ signal }) =>
      getJson<FailureDetail>(`${failuresUrl}/${fingerprint}?${new URLSearchParams({ window })}`, {
        signal,
      }),
    refetchInterval: openMs,
  });

/** Kinds of failures that need somebody, for the header. */
export const failureCountQuery = queryOptions({
  queryKey: ["failures", "count"],
  queryFn: ({ signal }) => getJson<FailureCount>(`${failuresUrl}/count`, { signal }),
  refetchInterval: netMs,
});
