import { z } from "zod";
import { engineRef, instant } from "./common.ts";

/** Design words: a replica's life, the same as a container's status. */
export const phases = [
  "requested",
  "provisioning",
  "pulling_image",
  "booting",
  "pulling_model",
  "loading",
  "canary",
  "ready",
  "draining",
  "stopped",
  "failed",
] as const;
export type Phase = (typeof phases)[number];

/** What a replica stands on. `usdPerHour` null: nobody charges; `unpriced`: it costs, and nobody says what. */
export const machineView = z
  .object({
    gpu: z.string().nullable(),
    gpus: z.int(),
    region: z.string().nullable(),
    spot: z.boolean(),
    usdPerHour: z.union([z.number(), z.literal("unpriced")]).nullable(),
  })
  .meta({ id: "Machine" });
export type MachineView = z.infer<typeof machineView>;

export const replicaView = z
  .object({
    /** `vision-1` */
    name: z.string(),
    pool: z.string(),
    provider: z.string(),
    phase: z.enum(phases),
    since: instant,
    requestedAt: instant.nullable(),
    reason: z.string().nullable(),
    url: z.string().nullable(),
    engine: engineRef.nullable(),
    leases: z.int(),
    slots: z.int(),
    lastHeartbeat: instant.nullable(),
    machine: machineView,
    /** How it came to be ready: seconds in each phase, in their order; the last one still runs. */
    startedBy: z.array(z.object({ phase: z.enum(phases), seconds: z.number() })),
    /** About a long phase: "pulling llava:13b, 3.1 of 8.0 GB". */
    note: z.string().nullable(),
    pull: z.object({ doneBytes: z.number(), totalBytes: z.number() }).nullable(),
    /** What its provider says is wrong: "ImagePullBackOff: ...". */
    trouble: z.string().nullable(),
    /** What it has cost so far, in whole pieces of the provider's billing; null: nobody charges. */
    costUsd: z.number().nullable(),
    /** Its own machine of somebody: never started or stopped from here. */
    isFixed: z.boolean(),
  })
  .meta({ id: "Replica" });
export type ReplicaView = z.infer<typeof replicaView>;

export const poolView = z
  .object({
    pool: z.string(),
    min: z.int(),
    max: z.int(),
    running: z.int(),
    wanted: z.int(),
    ready: z.int(),
    leased: z.int(),
    /** Set while an operator holds its starts back. */
    paused: z.object({ since: instant, reason: z.string().nullable() }).nullable(),
    /** Replicas an operator asked for on top of the policy, and until when. */
    extra: z.array(z.object({ since: instant, until: instant.nullable() })),
  })
  .meta({ id: "Pool" });
export type PoolView = z.infer<typeof poolView>;

/** `place`: where a start goes and why; `refuse`: why one does not happen. */
export const decisionActions = ["start", "stop", "hold", "place", "refuse"] as const;

export const verdictKinds = [
  ...["on-time", "early", "late", "unused", "failed"],
  ...["right", "too-soon"],
  ...["harmless", "costly"],
  "unjudged",
] as const;
export type VerdictKind = (typeof verdictKinds)[number];

/** What became of a decision: how far off it was, what was paid for nothing, who waited. */
export const verdictView = z
  .object({
    kind: z.enum(verdictKinds),
    seconds: z.number(),
    /** null: it costs, and nobody says what. */
    usd: z.number().nullable(),
    documents: z.int(),
    waitSeconds: z.number(),
    /** "late by 1 min 45 s: 2 documents waited 3 min in sum" */
    sentence: z.string(),
  })
  .meta({ id: "Verdict" });
export type VerdictView = z.infer<typeof verdictView>;

export const decisionView = z
  .object({
    id: z.int(),
    at: instant,
    /** Who decided: the policy, `placement`, or `reconciler` for what the ceiling refuses. */
    policy: z.string(),
    /** Of the policy with all its settings; null: it has none. */
    version: z.string().nullable(),
    /** Decisions of one look at the fleet share it, and it grows; null: the policy did not decide. */
    tick: z.int().nullable(),
    pool: z.string(),
    action: z.enum(decisionActions),
    replica: z.string().nullable(),
    rule: z.string(),
    sentence: z.string(),
    alternative: z.string().nullable(),
    inputs: z.record(z.string(), z.unknown()),
    /** null: not known yet. */
    verdict: verdictView.nullable(),
  })
  .meta({ id: "Decision" });
export type DecisionView = z.infer<typeof decisionView>;

/** A place replicas can stand in, and whether it answers. */
export const providerView = z
  .object({
    name: z.string(),
    kind: z.string(),
    ok: z.boolean(),
    /** What went wrong at the last look. */
    detail: z.string().nullable(),
    seenAt: instant.nullable(),
    /** Replicas of other installations there: shown, never touched. */
    foreign: z.array(z.string()),
  })
  .meta({ id: "Provider" });
export type ProviderView = z.infer<typeof providerView>;

export const fleet = z
  .object({
    installation: z.string(),
    policy: z.string(),
    topology: z.enum(["split", "shared"]),
    pools: z.array(poolView),
    replicas: z.array(replicaView),
    decisions: z.array(decisionView),
    providers: z.array(providerView),
    /** What runs now costs so much an hour; what has no price is not in it. */
    usdPerHour: z.number(),
    ceiling: z.object({ replicas: z.int(), usdPerHour: z.number() }),
  })
  .meta({ id: "Fleet" });
export type Fleet = z.infer<typeof fleet>;

export const decisionsQuery = z.object({
  pool: z.string().max(40).optional(),
  replica: z.string().max(60).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  /** Only older ones than this id. */
  before: z.coerce.number().int().min(1).optional(),
});
export const decisionsAnswer = z
  .object({ decisions: z.array(decisionView), nextBefore: z.int().nullable() })
  .meta({ id: "Decisions" });
export type DecisionsAnswer = z.infer<typeof decisionsAnswer>;

/** `share` and its interval of 95 % are null where too few are counted to say anything. */
export const shareView = z
  .object({
    hits: z.int(),
    of: z.int(),
    share: z.number().nullable(),
    low: z.number().nullable(),
    high: z.number().nullable(),
  })
  .meta({ id: "Share" });
export type ShareView = z.infer<typeof shareView>;

export const accuracyQuery = z.object({
  /** How far back. */
  sinceSeconds: z.coerce.number().int().min(60).max(2_678_400).default(604_800),
});
/** `GET /api/fleet/accuracy`: how well starts were foreseen. */
export const accuracyAnswer = z
  .object({
    since: instant,
    /** Documents that needed a text container in that time. */
    documents: z.int(),
    /** So many are looked at, the newest ones; `isPart`: there were more. */
    documentsMax: z.int(),
    isPart: z.boolean(),
    /** Below so many no share is told. */
    documentsMin: z.int(),
    /** A text container was ready when it was needed, among documents for which that was possible. */
    accuracy: shareView,
    /** The same among all. */
    onTime: shareView,
    /** Text work began within 30 s of the need, among all. */
    within30s: shareView,
    meanTextWaitSeconds: z.number().nullable(),
    starts: z.object({
      onTime: z.int(),
      early: z.int(),
      late: z.int(),
      unused: z.int(),
      failed: z.int(),
    }),
    /** Replicas that became ready and were stopped without ever working, for 100 documents. */
    wastedPer100: z.number().nullable(),
    /** Paid for starts that were early, unused or failed; what has no price is not in it. */
    wastedUsd: z.number(),
    /**
     * How good the policy's forecasts of the time until text is needed were lately, by how much of
     * visual analysis was done; empty for a policy that makes none.
     */
    predictions: z.array(
      z.object({
        progress: z.string(),
        documents: z.int(),
        quantiles: z.array(
          z.object({
            /** 0.1, 0.5 or 0.9: the share of the true times that should lie at or below it. */
            level: z.number(),
            /** The share that did. */
            coverage: shareView,
            /** Mean pinball loss. */
            pinballSeconds: z.number().nullable(),
          }),
        ),
      }),
    ),
  })
  .meta({ id: "ScalingAccuracy" });
export type AccuracyAnswer = z.infer<typeof accuracyAnswer>;

/** One life of a replica: how it came to be ready, how long it was paid for, what that cost. */
export const runView = z
  .object({
    id: z.int(),
    name: z.string(),
    pool: z.string(),
    provider: z.string(),
    phase: z.enum(phases),
    requestedAt: instant,
    readyAt: instant.nullable(),
    endedAt: instant.nullable(),
    failure: z.object({ code: z.string(), detail: z.string().nullable() }).nullable(),
    machine: machineView,
    startedBy: z.array(z.object({ phase: z.enum(phases), seconds: z.number() })),
    /** Null while nothing is charged. An open interval is counted up to now. */
    billed: z
      .object({
        from: instant,
        until: instant.nullable(),
        /** Its provider has not shown yet since when it charges: counted from when its container came. */
        isEstimated: z.boolean(),
        runningSeconds: z.number(),
        paidSeconds: z.number(),
        /** In the provider's prices; `unpriced`: nobody says. */
        costUsd: z.union([z.number(), z.literal("unpriced")]),
        /** The same time in the prices of the request. */
        prdUsd: z.union([z.number(), z.literal("unpriced")]),
      })
      .nullable(),
  })
  .meta({ id: "Run" });
export type RunView = z.infer<typeof runView>;

export const runsQuery = z.object({
  pool: z.string().max(40).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  before: z.coerce.number().int().min(1).optional(),
});
export const runsAnswer = z
  .object({ runs: z.array(runView), nextBefore: z.int().nullable() })
  .meta({ id: "Runs" });
export type RunsAnswer = z.infer<typeof runsAnswer>;

/** `POST /api/fleet/pools/:pool/start`: one more replica than the policy wants. */
export const startBody = z
  .object({
    /** How long it is kept; null: until `resume`. */
    forSeconds: z.number().min(60).max(604_800).nullable().default(1800),
    reason: z.string().max(300).nullable().default(null),
  })
  .meta({ id: "StartReplica" });
/** `POST /api/fleet/pools/:pool/pause`, `.../resume`, `/api/fleet/replicas/:name/drain`, `.../stop`. */
export const orderBody = z
  .object({ reason: z.string().max(300).nullable().default(null) })
  .meta({ id: "FleetOrderReason" });
/** What an order will do, in one sentence. `changed` false: it was so already. */
export const orderAnswer = z
  .object({ changed: z.boolean(), sentence: z.string() })
  .meta({ id: "FleetOrder" });
export type OrderAnswer = z.infer<typeof orderAnswer>;

/** `GET /api/fleet/pools/:pool/join`: what a container on a machine of one's own is started with. */
export const joinAnswer = z
  .object({ replica: z.string(), env: z.record(z.string(), z.string()) })
  .meta({ id: "JoinPool" });
export type JoinAnswer = z.infer<typeof joinAnswer>;

/** `GET /api/fleet/replicas/:name/logs?tail=200&after=ID`: the last lines of its container. */
export const logsQuery = z.object({
  tail: z.coerce.number().int().min(1).max(1000).default(200),
  /** Only lines after this id: for following. */
  after: z.coerce.number().int().min(0).optional(),
});
export const logsAnswer = z
  .object({
    container: z.string().nullable(),
    lines: z.array(z.object({ id: z.int(), at: instant, line: z.string() })),
    /** For following: lines about other workspaces' work are left out and passed by. */
    nextAfter: z.int(),
  })
  .meta({ id: "ReplicaLogs" });
export type LogsAnswer = z.infer<typeof logsAnswer>;
