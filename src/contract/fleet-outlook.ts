import { z } from "zod";
import { instant } from "./common.ts";
import { decisionView, runView } from "./fleet.ts";

/** Seconds of many, with how many they are. */
const spread = z.object({ p50Seconds: z.number(), p90Seconds: z.number(), n: z.int() });

export const poolOutlook = z
  .object({
    pool: z.string(),
    max: z.int(),
    /** Containers that hold tasks, and that are on their way to be ready. */
    busy: z.int(),
    starting: z.int(),
    ready: z.int(),
    /** Tasks that wait for a container. */
    waiting: z.int(),
    /** All that waits or runs, by what such tasks took, in the places there are; null: no estimate yet. */
    drainSeconds: z.number().nullable(),
    /** The next document that will need it, at the pace it has kept so far; null: none, or too early to tell. */
    neededInSeconds: z.number().nullable(),
    /** From a request to ready, of its last 200 starts; null: none yet. */
    coldStart: spread.nullable(),
  })
  .meta({ id: "PoolOutlook" });
export type PoolOutlook = z.infer<typeof poolOutlook>;

const verdictSum = z.object({
  n: z.int(),
  medianSeconds: z.number().nullable(),
  /** Paid for nothing; null: for some of them nobody says what. */
  microUsd: z.int().nullable(),
});

/** `GET /api/fleet/outlook`: what the pools will do next, and how well starts were foreseen in a day. */
export const fleetOutlook = z
  .object({
    asOf: instant,
    pools: z.array(poolOutlook),
    verdicts: z.object({
      since: instant,
      onTime: verdictSum,
      late: verdictSum,
      early: verdictSum,
      unused: verdictSum,
      failed: verdictSum,
      /** Not judged yet. */
      open: z.int(),
    }),
  })
  .meta({ id: "FleetOutlook" });
export type FleetOutlook = z.infer<typeof fleetOutlook>;

/** A task that a container held, with whose it was where that may be told. */
const heldTask = z.object({
  document: z.object({ id: z.string(), name: z.string() }).nullable(),
  task: z.string(),
  attempt: z.int(),
  outcome: z.string(),
  from: instant,
  until: instant.nullable(),
});

/** `GET /api/fleet/runs/:id`: one life of a container. */
export const runDetail = z
  .object({
    run: runView,
    isOpen: z.boolean(),
    reason: z.string().nullable(),
    trouble: z.string().nullable(),
    /** Of its last container; null: none has registered. */
    container: z
      .object({
        id: z.string(),
        engine: z.string(),
        model: z.string().nullable(),
        /** Code and weights it reads with; null: it did not say. */
        reader: z.string().nullable(),
        gpu: z.string().nullable(),
        slots: z.int(),
      })
      .nullable(),
    /** What was pulled when it started; null: nothing is known of a pull. */
    pull: z.object({ doneBytes: z.number(), totalBytes: z.number() }).nullable(),
    /** Each phase of its start against the same phase of other starts in its pool at its provider. */
    phases: z.array(z.object({ phase: z.string(), seconds: z.number(), usual: spread.nullable() })),
    cost: z.array(
      z.object({ kind: z.string(), microUsd: z.int().nullable(), seconds: z.number() }),
    ),
    served: z.object({ documents: z.int(), tasks: z.int() }),
    /** The newest ones, up to 200. */
    tasks: z.array(heldTask),
    /** The decisions that started and stopped it. */
    decisions: z.array(decisionView),
  })
  .meta({ id: "RunDetail" });
export type RunDetail = z.infer<typeof runDetail>;

/** `GET /api/fleet/decisions/:id`. */
export const decisionDetail = z
  .object({
    decision: decisionView,
    /** What it started or stopped; null: nothing. */
    run: z.object({ id: z.int(), name: z.string() }).nullable(),
    /** Documents of this workspace that the run served; of others only how many. */
    served: z.array(z.object({ id: z.string(), name: z.string() })),
    servedOthers: z.int(),
  })
  .meta({ id: "DecisionDetail" });
export type DecisionDetail = z.infer<typeof decisionDetail>;

/** `GET /api/fleet/pauses`: pools in which somebody lets nothing start. */
export const fleetPauses = z
  .object({
    pools: z.array(z.object({ pool: z.string(), since: instant, reason: z.string().nullable() })),
  })
  .meta({ id: "FleetPauses" });
export type FleetPauses = z.infer<typeof fleetPauses>;
