import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { CostBudget, Costs } from "../../../src/contract/costs.ts";
import { getJson } from "../api/client.ts";

/** Money changes by the minute, and no event tells of it. */
const everyMs = 60_000;

export type CostAsk = Readonly<Record<string, string>>;

export const costsUrl = (ask: CostAsk): string => `/api/costs?${new URLSearchParams(ask)}`;

export const costsQuery = (ask: CostAsk) =>
  queryOptions({
    queryKey: ["costs", ask],
    queryFn: ({ signal }) => getJson<Costs>(costsUrl(ask), { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: everyMs,
  });

export const budgetQuery = queryOptions({
  queryKey: ["costs", "budget"],
  queryFn: ({ signal }) => getJson<CostBudget>("/api/costs/budget", { signal }),
  refetchInterval: everyMs,
  staleTime: everyMs / 2,
});
