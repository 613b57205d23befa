import { z } from "zod";
import { instant } from "./common.ts";

/** `no-target`: measured, and nobody has said what is good; `unmeasured`: nothing of it is stored yet. */
export const sloStates = ["measured", "no-data", "no-target", "unmeasured"] as const;

const burn = z.object({
  /** 1: the budget goes just as fast as it may; null: no case in that time. */
  rate: z.number().nullable(),
  n: z.int(),
});

export const sloUnits = ["seconds", "microUsd"] as const;

/** A promise over 28 days: what was kept of it, and how fast its budget of exceptions goes. */
export const slo = z
  .object({
    id: z.string(),
    /** In words, with its limit. */
    promise: z.string(),
    /** Share of cases that must keep it. */
    target: z.number(),
    state: z.enum(sloStates),
    /** Why there is no figure, or no target; null: there is. */
    why: z.string().nullable(),
    asOf: instant,
    /** Cases in the window, and where they come from. */
    n: z.int(),
    source: z.string(),
    good: z.int(),
    /** `good / n`; null: no case. */
    share: z.number().nullable(),
    /** Below 20 cases. */
    few: z.boolean(),
    /** What a case came to, where it is a quantity. */
    values: z
      .object({ unit: z.enum(sloUnits), p50: z.number(), p90: z.number(), p95: z.number() })
      .nullable(),
    budget: z.object({
      /** 1: whole, or no case yet; 0 and below: spent. */
      left: z.number(),
      burn1h: burn,
      burn6h: burn,
      /** If the last 6 hours go on; null: it does not shrink, or it is spent. */
      goneInSeconds: z.number().nullable(),
    }),
    /** 28 UTC days, the last one is today. */
    days: z.array(z.object({ day: z.iso.date(), good: z.int(), n: z.int() })),
    /** The worst cases of your own workspace. */
    worst: z.array(
      z.object({
        document: z.string(),
        name: z.string(),
        value: z.number().nullable(),
        good: z.boolean(),
        at: instant,
      }),
    ),
  })
  .meta({ id: "Slo" });
export type Slo = z.infer<typeof slo>;

/** How long visual results waited for text work to begin on them, and what for. */
export const handoffView = z
  .object({
    asOf: instant,
    n: z.int(),
    source: z.string(),
    p50Seconds: z.number().nullable(),
    p95Seconds: z.number().nullable(),
    /** The last one has no end. */
    buckets: z.array(
      z.object({ fromSeconds: z.number(), toSeconds: z.number().nullable(), n: z.int() }),
    ),
    /** Means over all handoffs whose container is known; they add up to the mean wait. */
    split: z
      .object({
        n: z.int(),
        coldStartSeconds: z.number(),
        queueSeconds: z.number(),
        claimSeconds: z.number(),
      })
      .nullable(),
  })
  .meta({ id: "Handoffs" });
export type HandoffView = z.infer<typeof handoffView>;

/** Kinds of changes that are marked beside the figures. */
export const changeKinds = ["pack", "policy", "engine", "pause"] as const;

/** Something of the installation that became another: it may be why figures differ from then on. */
const change = z
  .object({ at: instant, kind: z.enum(changeKinds), sentence: z.string() })
  .meta({ id: "Change" });
export type Change = z.infer<typeof change>;

/** `GET /api/slos` */
export const slos = z
  .object({
    asOf: instant,
    windowDays: z.int(),
    /** What limits have left out; null: nothing. */
    cut: z.object({ sentence: z.string() }).nullable(),
    objectives: z.array(slo),
    handoffs: handoffView,
    /** In the window, the newest 100, newest first. */
    changes: z.array(change),
    /** Those whose budget is spent. */
    spent: z.array(z.string()),
  })
  .meta({ id: "Slos" });
export type Slos = z.infer<typeof slos>;
