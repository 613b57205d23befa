import { queryOptions } from "@tanstack/react-query";
import type { Slos } from "../../../src/contract/slos.ts";
import { getJson } from "../api/client.ts";

export const slosQuery = queryOptions({
  queryKey: ["slos"],
  queryFn: ({ signal }) => getJson<Slos>("/api/slos", { signal }),
  refetchInterval: 60_000,
});
