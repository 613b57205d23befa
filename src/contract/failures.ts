import { z } from "zod";
import { byWhom, errorCode, instant } from "./common.ts";

export const failureWindows = ["24h", "7d", "28d"] as const;
export const failureTabs = ["open", "acknowledged", "recovered", "all"] as const;
export const fingerprint = z.string().regex(/^f_[0-9a-f]{12}$/, "must look like f_0123456789ab");

/** `healing`: being tried again by itself; `ended`: of no interest any more, such as cancelled. */
export const groupStates = ["open", "healing", "acknowledged", "recovered", "ended"] as const;

/** What somebody said of a group last. */
export const acknowledgement = z
  .object({
    kind: z.enum(["acknowledged", "muted", "reopened"]),
    at: instant,
    by: z.string(),
    note: z.string().nullable(),
    /** Of a mute: a newer version of the pack ends it, and so does an engine that had not failed so. */
    untilPack: z.int().nullable(),
  })
  .meta({ id: "FailureAcknowledgement" });

/** All failures of one kind: same stage, same code, same message but for its numbers, ids and quotes. */
export const failureGroup = z
  .object({
    fingerprint,
    stage: z.string(),
    code: errorCode,
    /** Of the registry of errors. */
    sentence: z.string(),
    next: z.string(),
    /** Without its particulars; empty: none was told. */
    message: z.string(),
    state: z.enum(groupStates),
    /** Failures in the window, and documents they were of. */
    count: z.int(),
    documents: z.int(),
    /** Documents that still need somebody. */
    openDocuments: z.int(),
    firstAt: instant,
    lastAt: instant,
    /** Engine and model, such as `ollama llava:7b`. */
    engines: z.array(z.string()),
    packs: z.array(z.string()),
    /** Tries that followed one of these failures, and how many went well. */
    retried: z.int(),
    helped: z.int(),
    /** Whether a retry of the group can do anything. */
    canRetry: z.boolean(),
    /** Failures an hour (window of 24 h) or a day, oldest first. */
    trend: z.array(z.object({ from: instant, count: z.int() })),
    acknowledgement: acknowledgement.nullable(),
  })
  .meta({ id: "FailureGroup" });
export type FailureGroupView = z.infer<typeof failureGroup>;

export const failuresQuery = z.object({
  window: z.enum(failureWindows).default("7d"),
  tab: z.enum(failureTabs).default("open"),
});

const tabCounts = z.object({
  open: z.int(),
  acknowledged: z.int(),
  recovered: z.int(),
  all: z.int(),
});

export const failuresAnswer = z
  .object({
    asOf: instant,
    since: instant,
    window: z.enum(failureWindows),
    step: z.enum(["hour", "day"]),
    /** Only the newest failures were looked at: there are more than this page counts. */
    isPart: z.boolean(),
    tabs: tabCounts,
    groups: z.array(failureGroup),
    /** Kinds of this tab that are not among them: the list is not longer than this. */
    groupsLeft: z.int(),
    /** The newest failure of 28 days, when this window has no open one; null: there was none. */
    last: z
      .object({ at: instant, state: z.enum(groupStates), byItself: z.boolean().nullable() })
      .nullable(),
  })
  .meta({ id: "Failures" });
export type FailuresAnswer = z.infer<typeof failuresAnswer>;

export const failureCount = z.object({ open: z.int(), asOf: instant }).meta({ id: "FailureCount" });
export type FailureCount = z.infer<typeof failureCount>;

export const failureAttempt = z
  .object({
    at: instant,
    document: z.string().nullable(),
    pipeline: z.string().nullable(),
    name: z.string(),
    /** Slides of one document that failed alike are one row; empty: the whole task failed. */
    slides: z.array(z.int()),
    attempt: z.int().nullable(),
    detail: z.string().nullable(),
    container: z.string().nullable(),
    engine: z.string().nullable(),
    pack: z.string().nullable(),
    standing: z.enum(["open", "healing", "recovered", "ended"]),
    next: z.enum(["done", "failed"]).nullable(),
    /** What its container said last before that; null: not looked up, only the newest ones are. */
    log: z.array(z.object({ at: instant, line: z.string() })).nullable(),
  })
  .meta({ id: "FailureAttempt" });
export type FailureAttempt = z.infer<typeof failureAttempt>;

export const failureDetail = z
  .object({
    asOf: instant,
    since: instant,
    window: z.enum(failureWindows),
    group: failureGroup,
    /** Newest first; `isPart`: there are more. */
    attempts: z.array(failureAttempt),
    isPart: z.boolean(),
  })
  .meta({ id: "FailureDetail" });
export type FailureDetail = z.infer<typeof failureDetail>;

export const groupRetryBody = z
  .object({
    dryRun: z.boolean().default(false),
    /** Of the dry run: what failed after it is left alone, so that a retry in steps comes to an end. */
    asOf: instant.optional(),
    by: byWhom.default("api"),
  })
  .meta({ id: "FailureRetryRequest" });
/** One step of a retry, or with `dryRun` what all steps would come to. */
export const groupRetryAnswer = z
  .object({
    fingerprint,
    dryRun: z.boolean(),
    asOf: instant,
    /**
     * Opened again by this step; none: documents of this workspace were opened just now, and `stepSeconds` says how
     * long to wait. By a dry run: those that were looked at.
     */
    documents: z.array(z.string()),
    slides: z.int(),
    tasks: z.int(),
    /** Documents that wait for the next steps; of a dry run: that are opened too, but not counted in the figures. */
    left: z.int(),
    /** So many documents a step, so long until the next, however many people retry at once. */
    perStep: z.int(),
    stepSeconds: z.number(),
    /** Work of containers, from tasks like these; null: no estimate yet. `n`: the fewest samples it rests on. */
    workSeconds: z.number().nullable(),
    n: z.int(),
    /** null: no estimate, or nobody charges for these machines. */
    microUsd: z.int().nullable(),
    /** Why there is no cost, or what it rests on. */
    costNote: z.string(),
  })
  .meta({ id: "FailureRetry" });
export type GroupRetryAnswer = z.infer<typeof groupRetryAnswer>;

const note = z.string().trim().min(1).max(2000).optional();
export const acknowledgeBody = z
  .object({
    /** `muted`: until a newer pack version or another engine fails so; `reopened` takes either back. */
    kind: z.enum(["acknowledged", "muted", "reopened"]).default("acknowledged"),
    note,
    by: byWhom.default("api"),
  })
  .meta({ id: "FailureAcknowledgeRequest" });
