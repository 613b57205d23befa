import { z } from "zod";
import { failure, instant } from "./common.ts";
import { taskStates } from "./documents.ts";
import { decisionActions, phases, verdictView } from "./fleet.ts";

/** A container from its request to its end, as a row of a chart. */
const lane = z
  .object({
    /** Of its run. */
    id: z.string(),
    /** `vision-1` */
    name: z.string(),
    pool: z.string(),
    provider: z.string(),
    /** false: it was started meanwhile and has not worked for this document. */
    served: z.boolean(),
    /** Ids of what ran in it: its log is under them. */
    containers: z.array(z.string()),
    requestedAt: instant,
    readyAt: instant.nullable(),
    endedAt: instant.nullable(),
    failure: failure.nullable(),
    /** In order; the last one still lasts when it has no end. */
    bands: z.array(z.object({ phase: z.enum(phases), from: instant, until: instant.nullable() })),
  })
  .meta({ id: "Lane" });
export type LaneView = z.infer<typeof lane>;

/** One attempt of a task. */
const laneBox = z
  .object({
    id: z.string(),
    /** null: its container's run is not known any more. */
    lane: z.string().nullable(),
    /** null: it is another workspace's. */
    document: z.object({ id: z.string(), name: z.string() }).nullable(),
    task: z.string(),
    generation: z.int(),
    attempt: z.int(),
    outcome: z.enum(["running", "done", "delayed", "dead", "released", "cancelled"]),
    /** Its container went away. */
    lost: z.boolean(),
    container: z.string(),
    from: instant,
    until: instant.nullable(),
    failure: failure.nullable(),
  })
  .meta({ id: "LaneBox" });
export type LaneBoxView = z.infer<typeof laneBox>;

/** Something that happened at one moment. */
const laneMarker = z
  .object({
    id: z.string(),
    at: instant,
    kind: z.enum(["decision", "retry"]),
    /** null: it is about no container. */
    lane: z.string().nullable(),
    pool: z.string().nullable(),
    sentence: z.string(),
    decision: z
      .object({
        id: z.int(),
        action: z.enum(decisionActions),
        replica: z.string().nullable(),
        verdict: verdictView.nullable(),
      })
      .nullable(),
  })
  .meta({ id: "LaneMarker" });
export type LaneMarkerView = z.infer<typeof laneMarker>;

/** `GET .../documents/:id/timeline`: what has been done for it where, and what is to come. */
export const documentTimeline = z
  .object({
    document: z.string(),
    asOf: instant,
    /** false: more will come. */
    complete: z.boolean(),
    from: instant,
    /** Of the pipeline; null: it has not ended. */
    finishedAt: instant.nullable(),
    lanes: z.array(lane),
    boxes: z.array(laneBox),
    /** Single slides, as far as it is known when they were read. */
    slides: z.array(
      z.object({
        slide: z.int(),
        task: z.string(),
        container: z.string().nullable(),
        lane: z.string().nullable(),
        from: instant,
        until: instant,
      }),
    ),
    /** What is to come, if containers are there when needed; null: no estimate yet. */
    planned: z.array(
      z.object({
        task: z.string(),
        pool: z.string(),
        state: z.enum(taskStates),
        from: instant.nullable(),
        until: instant.nullable(),
        /** Tasks that the estimate was learned from. */
        n: z.int(),
      }),
    ),
    markers: z.array(laneMarker),
    /** From one pool to the other. */
    handoffs: z.array(
      z.object({
        fromBox: z.string(),
        toBox: z.string(),
        seconds: z.number(),
        queueSeconds: z.number(),
        coldSeconds: z.number(),
        claimSeconds: z.number(),
      }),
    ),
    /** The tasks and what they stand on. */
    stages: z.array(
      z.object({
        task: z.string(),
        pool: z.string(),
        after: z.array(z.string()),
        state: z.enum(taskStates),
        seconds: z.number().nullable(),
      }),
    ),
  })
  .meta({ id: "DocumentTimeline" });
export type DocumentTimeline = z.infer<typeof documentTimeline>;

export const fleetTimelineQuery = z.object({
  sinceSeconds: z.coerce.number().int().min(60).max(86_400).default(3_600),
});
/** `GET /api/fleet/timeline`: containers of the last time, what they held and what was decided. */
export const fleetTimeline = z
  .object({
    asOf: instant,
    since: instant,
    lanes: z.array(lane),
    boxes: z.array(laneBox),
    markers: z.array(laneMarker),
    /** So many are looked at, the newest ones; true: there were more. */
    isPart: z.boolean(),
  })
  .meta({ id: "FleetTimeline" });
export type FleetTimeline = z.infer<typeof fleetTimeline>;
