import { z } from "zod";
import { instant } from "./common.ts";

/** How much of the traffic goes the new way. In `shadow` both work and the old one answers. */
export const rolloutModes = ["off", "shadow", "5", "25", "50", "100"] as const;

const measured = z.object({
  value: z.number(),
  /** An interval of 95 %; null: too few cases for one. */
  low: z.number().nullable(),
  high: z.number().nullable(),
  n: z.int(),
  asOf: instant,
  source: z.string(),
});

export const checkStates = ["ok", "todo", "unknown"] as const;

/** `GET /api/rollout` */
export const rollout = z
  .object({
    asOf: instant,
    modes: z.array(z.enum(rolloutModes)),
    /** null: nothing splits traffic, all of it goes the one way there is. */
    mode: z.enum(rolloutModes).nullable(),
    sentence: z.string(),
    /** Who moved it, when and why; the newest first. */
    changes: z.array(
      z.object({
        at: instant,
        by: z.string(),
        from: z.enum(rolloutModes),
        to: z.enum(rolloutModes),
        reason: z.string(),
      }),
    ),
    /** What a split of traffic still needs. */
    needs: z.array(z.string()),
    metrics: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        unit: z.enum(["share", "seconds", "microUsd"]),
        onDemand: measured.nullable(),
        oldServer: measured.nullable(),
        /** Why a side has no data; null: both have. */
        why: z.string().nullable(),
      }),
    ),
    checklist: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        state: z.enum(checkStates),
        detail: z.string(),
      }),
    ),
    server: z.object({
      microUsdPerMonth: z.int(),
      nextBillOn: z.iso.date().nullable(),
      /** Whole days until then; null: not said, or past. */
      daysLeft: z.int().nullable(),
      /** What the time until then has already cost. */
      paidAheadMicroUsd: z.int().nullable(),
      sentence: z.string(),
    }),
  })
  .meta({ id: "Rollout" });
export type Rollout = z.infer<typeof rollout>;
