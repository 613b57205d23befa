import { z } from "zod";
import { byWhom, engineRef, failure, instant, modelUsage } from "./common.ts";
import { deckVersion, fileRun } from "./deck-version.ts";
import { packRef } from "./packs.ts";
import { results, slideAnalysis, slideFindings } from "./results.ts";
import { reviewView } from "./reviews.ts";

export const taskStates = [
  "blocked",
  "ready",
  "leased",
  "delayed",
  "done",
  "dead",
  "skipped",
  "cancelled",
] as const;
export const pipelineStates = [
  "fetching",
  "active",
  "done",
  "done_with_gaps",
  "failed",
  "cancelled",
] as const;

/** Type for logic, name for display, one sentence for people. The same object in list, detail, SSE and CLI. */
export const status = z
  .object({
    type: z.enum(["pending", "running", "done", "failed", "ended"]),
    name: z.string(),
    sentence: z.string(),
  })
  .meta({ id: "Status" });
export type StatusView = z.infer<typeof status>;

export const taskProgress = z
  .object({
    task: z.string(),
    layer: z.int(),
    weight: z.number(),
    state: z.enum(taskStates),
    /** 0..1; never falls within a generation. */
    fraction: z.number().min(0).max(1),
    /** Slides (or questions) finished and in all; null where the task has no parts. */
    done: z.int().nullable(),
    total: z.int().nullable(),
    attempt: z.int(),
    /** Of attempts, from 1: the next one begins when those of this one are spent. */
    round: z.int(),
    /** Slides that failed after their own retries. */
    gaps: z.array(z.int()),
    /** false: the task does not apply to this document; `reason` says why. */
    applicable: z.boolean().nullable(),
    reason: z.string().nullable(),
    failure: failure.nullable(),
    container: z.string().nullable(),
    retryAt: instant.nullable(),
    /** Seconds of the accepted attempt. */
    seconds: z.number().nullable(),
  })
  .meta({ id: "TaskProgress" });
export type TaskProgress = z.infer<typeof taskProgress>;

/** Why nothing runs now: as a code, as a sentence that tells the estimate too, and the estimate itself. */
export const waiting = z
  .object({
    code: z.string(),
    sentence: z.string(),
    /** Seconds until it is expected to go on; null: there is no estimate. */
    untilSeconds: z.number().nullable(),
    /** Measured cases the estimate rests on, or would rest on; null where measuring tells nothing. */
    samples: z.int().nullable(),
  })
  .meta({ id: "Waiting" });

/** Said beside the bar: that it began anew, or what was started early for it. */
const progressNote = z
  .object({
    code: z.enum(["begun_anew", "started_early"]),
    sentence: z.string(),
    /** The scaling decision whose stored sentence it is; null: of none. */
    decision: z.int().nullable(),
  })
  .meta({ id: "ProgressNote" });

export const progress = z
  .object({
    /** Rises with every change of this pipeline; a view drops anything older than what it shows. */
    seq: z.int(),
    /** 0..100, whole; 100 only once the last result is committed. */
    percent: z.int().min(0).max(100),
    /** The task that tells how far it is: the first that runs, else the first that waits; null once ended. */
    stage: z.string().nullable(),
    /** Slides (or questions) of that task, finished and in all; null where it has no parts. */
    done: z.int().nullable(),
    total: z.int().nullable(),
    tasks: z.array(taskProgress),
    /** Seconds left from learned durations, the wait counted in, or null: no estimate yet. */
    eta: z.object({ p50Seconds: z.number(), p90Seconds: z.number(), n: z.int() }).nullable(),
    /** The fewest durations known of any task that is left; an estimate needs three. */
    samples: z.int(),
    waiting: waiting.nullable(),
    /** What else is to be known while it goes on; empty once it has ended. */
    notes: z.array(progressNote),
    updatedAt: instant,
  })
  .meta({ id: "Progress" });
export type ProgressView = z.infer<typeof progress>;

export const pipelineSummary = z
  .object({
    id: z.string(),
    state: z.enum(pipelineStates),
    status,
    progress,
    generation: z.int(),
    pack: packRef,
    /** Who spoke: null until the first task has been leased. */
    engine: engineRef.nullable(),
    createdAt: instant,
    startedAt: instant.nullable(),
    finishedAt: instant.nullable(),
    /** From acceptance to the end, or so far. */
    seconds: z.number(),
    failure: failure.nullable(),
  })
  .meta({ id: "Pipeline" });
export type PipelineSummary = z.infer<typeof pipelineSummary>;

/** Of all slides, by severity. */
export const findingCounts = z
  .object({
    critical: z.int(),
    major: z.int(),
    minor: z.int(),
    note: z.int(),
    praise: z.int(),
  })
  .meta({ id: "FindingCounts" });
export type FindingCounts = z.infer<typeof findingCounts>;

export const documentSummary = z
  .object({
    id: z.string(),
    workspace: z.string(),
    name: z.string(),
    sha256: z.string(),
    bytes: z.int(),
    pages: z.int(),
    createdAt: instant,
    /** Startup name once it is known. */
    company: z.string().nullable(),
    /** null: no other file of this deck is known. */
    version: deckVersion.nullable(),
    /** null: its bytes were uploaded once. */
    fileRun: fileRun.nullable(),
    /** null until the slides have been reviewed. */
    findings: findingCounts.nullable(),
    /** The batch it was submitted with. */
    batch: z.object({ id: z.string(), name: z.string() }).nullable(),
    pipeline: pipelineSummary,
  })
  .meta({ id: "Document" });
export type DocumentSummary = z.infer<typeof documentSummary>;

export const uploadQuery = z.object({
  name: z.string().min(1).max(255).optional(),
  pack: z.string().max(64).default("pitch-deck"),
  priority: z.coerce.number().int().min(0).max(9).default(5),
  /** The batch it joins. */
  batch: z.string().min(1).max(64).optional(),
});

export const cancelBody = z.object({ by: byWhom.default("api") }).meta({ id: "CancelRequest" });

/** Who asks for a deletion, for the record that stays of it. */
export const deletionQuery = z.object({ by: byWhom.default("api") });

/** All that stays of a document. */
export const deletedDocument = z
  .object({ document: z.string(), deletedAt: instant, by: z.string() })
  .meta({ id: "DeletedDocument" });
export type DeletedDocument = z.infer<typeof deletedDocument>;

/** What exists so far; `complete` says whether more will come. */
export const documentResults = z
  .object({
    document: z.string(),
    pipeline: z.string(),
    complete: z.boolean(),
    /** A rerun opens the next one; of each task the newest result up to this one is told. */
    generation: z.int(),
    /** Those that have left results, oldest first. */
    generations: z.array(z.int()),
    engine: engineRef.nullable(),
    /** By task, for those that a model read. */
    usage: z.record(z.string(), modelUsage).optional(),
    pack: packRef,
    results,
    /** What people said of single values; the results stay as they were read. */
    reviews: z.array(reviewView),
  })
  .meta({ id: "DocumentResults" });
export type DocumentResults = z.infer<typeof documentResults>;

export const resultsQuery = z.object({
  /** Absent: the newest. */
  generation: z.coerce.number().int().min(1).max(1_000_000).optional(),
});

/** One slide as the page shows it; picture at `pages/:n.jpg?size=thumb|view|model`. */
export const slideView = z
  .object({
    slide: z.int(),
    /** `not_read`: nobody will read it until a retry or a rerun. */
    state: z.enum(["waits", "read", "failed", "not_read"]),
    image: z.boolean(),
    analysis: slideAnalysis.nullable(),
    feedback: slideFindings.nullable(),
    failure: failure.nullable(),
  })
  .meta({ id: "Slide" });
export type SlideView = z.infer<typeof slideView>;

export const slideList = z
  .object({ document: z.string(), complete: z.boolean(), slides: z.array(slideView) })
  .meta({ id: "SlideList" });
export type SlideList = z.infer<typeof slideList>;

/** Body of retry and rerun. */
export const reopenBody = z
  .object({
    /** A task name or a layer number; absent: everything (a retry: everything that failed). */
    from: z.union([z.string(), z.int()]).optional(),
    /** Read these slides again, whatever became of them, and keep the others; as a new generation. */
    slides: z.array(z.int().min(1)).min(1).max(1000).optional(),
    /** Of a retry, alone: let tasks that failed with some slides read be done with those; the others stay gaps. */
    skipFailed: z.boolean().default(false),
    dryRun: z.boolean().default(false),
    /** Who asks for it, for the activity. */
    by: byWhom.default("api"),
  })
  .meta({ id: "ReopenRequest" });
export const reopenAnswer = z
  .object({
    pipeline: z.string(),
    kept: z.array(z.string()),
    redone: z.array(z.string()),
    /** The generation in which they are done again; a plain retry stays in its own. */
    generation: z.int(),
    /** From 1: which one it is. What stood before stays in the history, superseded by it. */
    attempt: z.int(),
    /** Of the task with most to read: slides that are read again, and how many finished ones stay; null: none reads any. */
    slides: z.object({ redone: z.array(z.int()), kept: z.int() }).nullable(),
    /** Of the work, without the starts of containers: median and 90th percentile; null: no estimate. */
    seconds: z.number().nullable(),
    secondsHigh: z.number().nullable(),
    /** Of the work, at the newest price of its pools; null: no estimate; 0: nobody charges. */
    microUsd: z.int().nullable(),
    /** The fewest cases that the estimate rests on. */
    n: z.int(),
    /** Who would do it; `startSeconds` of a cold one: how long a start takes; null: not cold, or not known. */
    pools: z.array(
      z.object({
        pool: z.string(),
        state: z.enum(["warm", "starting", "cold", "paused"]),
        startSeconds: z.number().nullable(),
      }),
    ),
    /** All of it in words. */
    sentence: z.string(),
    dryRun: z.boolean(),
  })
  .meta({ id: "ReopenAnswer" });
export type ReopenAnswer = z.infer<typeof reopenAnswer>;

export const activityQuery = z.object({
  /** Only events with a smaller id. */
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(500),
});

export const eventView = z
  .object({
    id: z.int(),
    at: instant,
    type: z.string(),
    document: z.string().nullable(),
    pipeline: z.string().nullable(),
    task: z.string().nullable(),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: "Event" });
export type EventView = z.infer<typeof eventView>;

export const eventList = z
  .object({
    events: z.array(eventView),
    /** To go on from: older events are before it; null: there are none. */
    nextBefore: z.int().nullable(),
  })
  .meta({ id: "EventList" });
export type EventList = z.infer<typeof eventList>;
