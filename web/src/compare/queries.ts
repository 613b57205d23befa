import { queryOptions } from "@tanstack/react-query";
import type { Comparison } from "../../../src/contract/compare.ts";
import type { VersionList } from "../../../src/contract/portfolio.ts";
import { documentUrl, getJson } from "../api/client.ts";

export const compareUrl = (a: string, b: string): string =>
  `${documentUrl(a)}/compare/${encodeURIComponent(b)}`;

export const compareQuery = (a: string, b: string) =>
  queryOptions({
    queryKey: ["compare", a, b],
    queryFn: ({ signal }) => getJson<Comparison>(compareUrl(a, b), { signal }),
  });

export const versionsQuery = (document: string) =>
  queryOptions({
    queryKey: ["versions", document],
    queryFn: ({ signal }) => getJson<VersionList>(`${documentUrl(document)}/versions`, { signal }),
  });
