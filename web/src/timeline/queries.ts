import { queryOptions } from "@tanstack/react-query";
import type { DocumentCost } from "../../../src/contract/document-cost.ts";
import type { DocumentTimeline, FleetTimeline } from "../../../src/contract/timeline.ts";
import { documentUrl, getJson } from "../api/client.ts";

/** Containers move on without an event of the document. */
const movingMs = 3000;
const restingMs = 30_000;

export const timelineQuery = (id: string) =>
  queryOptions({
    queryKey: ["timeline", id],
    queryFn: ({ signal }) => getJson<DocumentTimeline>(`${documentUrl(id)}/timeline`, { signal }),
    refetchInterval: ({ state }) => (state.data?.complete === false ? movingMs : restingMs),
  });

export const costQuery = (id: string) =>
  queryOptions({
    queryKey: ["document-cost", id],
    queryFn: ({ signal }) => getJson<DocumentCost>(`${documentUrl(id)}/cost`, { signal }),
    refetchInterval: ({ state }) => (state.data?.complete === false ? movingMs : restingMs),
  });

export const fleetTimelineQuery = queryOptions({
  queryKey: ["fleet-timeline"],
  queryFn: ({ signal }) => getJson<FleetTimeline>("/api/fleet/timeline", { signal }),
  refetchInterval: movingMs,
});
