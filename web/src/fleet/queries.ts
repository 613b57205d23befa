import { queryOptions } from "@tanstack/react-query";
import type { LogsAnswer, RunsAnswer } from "../../../src/contract/fleet.ts";
import type {
  DecisionDetail,
  FleetOutlook,
  FleetPauses,
  RunDetail,
} from "../../../src/contract/fleet-outlook.ts";
import { getJson } from "../api/client.ts";

/** Estimates of a queue grow old by themselves. */
const outlookMs = 5_000;
const pauseMs = 60_000;
const followMs = 2_000;

export const outlookQuery = queryOptions({
  queryKey: ["fleet-outlook"],
  queryFn: ({ signal }) => getJson<FleetOutlook>("/api/fleet/outlook", { signal }),
  refetchInterval: outlookMs,
});

/** Under the key of the fleet: an order of anybody renews it. */
export const pausesQuery = queryOptions({
  queryKey: ["fleet", "pauses"],
  queryFn: ({ signal }) => getJson<FleetPauses>("/api/fleet/pauses", { signal }),
  refetchInterval: pauseMs,
});

export const runQuery = (id: number) =>
  queryOptions({
    queryKey: ["run", id],
    queryFn: ({ signal }) => getJson<RunDetail>(`/api/fleet/runs/${id}`, { signal }),
    refetchInterval: ({ state }) => (state.data?.isOpen === false ? false : outlookMs),
  });

/** The newest run of a replica; null: none is known. */
export const newestRunQuery = (container: string) =>
  queryOptions({
    queryKey: ["run-of", container],
    queryFn: async ({ signal }): Promise<number | null> => {
      const [pool = ""] = container.split("-");
      const query = new URLSearchParams({ pool, limit: "500" });
      const { runs } = await getJson<RunsAnswer>(`/api/fleet/runs?${query}`, { signal });
      return runs.find(({ name }) => name === container)?.id ?? null;
    },
    staleTime: 0,
  });

export const decisionQuery = (id: number) =>
  queryOptions({
    queryKey: ["decision", id],
    queryFn: ({ signal }) => getJson<DecisionDetail>(`/api/fleet/decisions/${id}`, { signal }),
    // Its verdict and the documents it serves come later.
    refetchInterval: ({ state }) => (state.data?.decision.verdict === null ? outlookMs : false),
  });

export const logQuery = (run: number, follow: boolean) =>
  queryOptions({
    queryKey: ["run-log", run],
    queryFn: ({ signal }) =>
      getJson<LogsAnswer>(`/api/fleet/runs/${run}/logs?tail=1000`, { signal }),
    refetchInterval: follow ? followMs : false,
  });
