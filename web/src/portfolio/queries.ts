import { infiniteQueryOptions, keepPreviousData } from "@tanstack/react-query";
import type { Portfolio, SearchAnswer } from "../../../src/contract/portfolio.ts";
import { base, getJson } from "../api/client.ts";
import { type PortfolioSearch, portfolioParams } from "./search.ts";

const netMs = 30_000;

export const portfolioQuery = (search: PortfolioSearch) => {
  const params = String(portfolioParams(search));
  return infiniteQueryOptions({
    queryKey: ["portfolio", params],
    queryFn: ({ pageParam, signal }) => {
      const paged = new URLSearchParams(params);
      if (pageParam !== null) paged.set("cursor", pageParam);
      return getJson<Portfolio>(`${base}/portfolio?${paged}`, { signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
    refetchInterval: netMs,
  });
};

export const slideSearchQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: ["slide-search", q],
    queryFn: ({ pageParam, signal }) => {
      const params = new URLSearchParams({ q });
      if (pageParam !== null) params.set("cursor", pageParam);
      return getJson<SearchAnswer>(`${base}/search?${params}`, { signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
    enabled: q !== "",
  });

export const exportUrl = (search: PortfolioSearch, format: "csv" | "json"): string => {
  const params = portfolioParams(search);
  params.set("format", format);
  return `${base}/portfolio/export?${params}`;
};
