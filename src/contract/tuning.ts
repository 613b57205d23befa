import { z } from "zod";
import { byWhom, instant } from "./common.ts";

const cap = z.strictObject({ max_replicas: z.int().min(1).max(99) });

/** What a version changes of the configuration's scaling blocks, in their own words. */
export const changedSettings = z
  .strictObject({
    vision_container_scaling: cap.optional(),
    text_container_scaling: cap.optional(),
  })
  .meta({ id: "ChangedSettings" });

const policyText = z.string().min(1).max(400);

/** A figure now and as foretold by replay; the difference with the range that holds 95 % of it. */
const change = z.object({
  before: z.number(),
  after: z.number(),
  low: z.number(),
  high: z.number(),
});

export const predicted = z
  .object({
    usdPerDocument: change,
    /** 95 % of documents end within this, upload to end. */
    p95Seconds: change,
    /** Share of the documents that could find a text container ready and did, 0..1. */
    onTime: change,
    /** Documents of the part of the history that these figures come from. */
    documents: z.int(),
  })
  .meta({ id: "Prediction" });
export type PredictedView = z.infer<typeof predicted>;

export const policyVersionView = z
  .object({
    version: z.int(),
    at: instant,
    by: z.string(),
    /** null: what the configuration says. */
    policy: z.string().nullable(),
    settings: changedSettings,
    predicted: predicted.nullable(),
    /** The version it took the place of; null: the configuration. */
    previous: z.int().nullable(),
    reverts: z.int().nullable(),
  })
  .meta({ id: "PolicyVersion" });
export type PolicyVersionView = z.infer<typeof policyVersionView>;

export const policyProposalView = z
  .object({
    at: instant,
    /** null: nothing is proposed; the sentence says why. */
    policy: z.string().nullable(),
    settings: changedSettings,
    predicted: predicted.nullable(),
    sentence: z.string(),
  })
  .meta({ id: "PolicyProposal" });
export type PolicyProposalView = z.infer<typeof policyProposalView>;

export const versionsQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(20),
});
export const versionsAnswer = z
  .object({
    /** As the configuration names it: it counts while no version does. */
    configured: z.string(),
    /** Newest first; the first one counts. */
    versions: z.array(policyVersionView),
    /** What the last nightly run found; null: there was none. */
    proposal: policyProposalView.nullable(),
  })
  .meta({ id: "PolicyVersions" });
export type VersionsAnswer = z.infer<typeof versionsAnswer>;

export const historyQuery = z.object({
  days: z.coerce.number().min(0.01).max(366).default(30),
});
export const historyAnswer = z
  .object({
    documents: z.int(),
    /** The first arrival that was read; null: there is none. */
    since: instant.nullable(),
    /** What was assumed, because too little of it was recorded. */
    assumed: z.array(z.string()),
    /** The version that counts; null: the configuration does. */
    version: z.int().nullable(),
    current: z.object({ policy: policyText, settings: changedSettings }),
    /** What the simulator is given, in its own units: arrivals, service times, cold starts, bounds and prices. */
    input: z.looseObject({
      arrivalsMs: z.array(z.number()),
      service: z.looseObject({ source: z.string() }),
      coldStarts: z.looseObject({ name: z.string() }),
      base: z.looseObject({ topology: z.enum(["split", "shared"]) }),
      objectives: z.object({ p95Ms: z.number(), onTime: z.number() }),
    }),
  })
  .meta({ id: "TuningHistory" });
export type HistoryAnswer = z.infer<typeof historyAnswer>;

export const applyBody = z
  .object({
    policy: policyText,
    settings: changedSettings.default({}),
    predicted: predicted.nullable().default(null),
    /** The version that counted when this was looked at; null: the configuration. */
    seen: z.int().min(1).nullable(),
    by: byWhom.default("operator"),
  })
  .meta({ id: "PolicyRequest" });
export type ApplyBody = z.input<typeof applyBody>;

export const revertBody = z
  .object({
    /** A version whose policy comes back; 0: the configuration's. */
    to: z.int().min(0),
    seen: z.int().min(1).nullable(),
    by: byWhom.default("operator"),
  })
  .meta({ id: "PolicyRevert" });
export type RevertBody = z.input<typeof revertBody>;
