import { z } from "zod";
import { engineRef, errorCode, instant, modelUsage } from "./common.ts";
import { phases } from "./fleet.ts";
import { extractionsAndTemplate, fieldTypes, slideAnalysis, slideFindings } from "./results.ts";

/** The worker protocol of version 1. Workers pull; every write of a worker names its lease. */
export const protocolVersion = 1;

/** `<epoch>-<id>`: the fence. */
export const leaseId = z.string().regex(/^\d+-\d+$/);

export const registerBody = z
  .object({
    protocol: z.int(),
    /** Drawn fresh at each start of the process; a new one releases what the old one held. */
    bootId: z.string().min(8).max(64),
    pool: z.string(),
    /** Slot number within the pool, from 1. */
    replica: z.int().min(1),
    /** The run of the replica it was started for; absent or null: it was started by hand. */
    run: z.int().nullable().optional(),
    /** The provider's own id of the machine, when there is one. */
    containerId: z.string().nullable(),
    /** What it can do: task names, `vision`, `engine:ollama`, `model:llava:13b`, `lang:en`. */
    features: z.array(z.string()).max(64),
    limits: z.object({
      slots: z.int().min(1).max(64),
      maxConcurrentPipelines: z.int().min(1).max(64),
    }),
    coordinationUrl: z.string().nullable(),
    engine: engineRef,
    gpu: z.string().nullable(),
    pid: z.int().nullable(),
  })
  .meta({ id: "RegisterContainer" });
export type RegisterBody = z.infer<typeof registerBody>;

export const registerAnswer = z
  .object({
    id: z.string(),
    token: z.string(),
    protocol: z.int(),
    heartbeatSeconds: z.number(),
    pollSeconds: z.number(),
  })
  .meta({ id: "RegisteredContainer" });
export type RegisterAnswer = z.infer<typeof registerAnswer>;

export const heartbeatBody = z
  .object({
    bootId: z.string(),
    phase: z.enum(phases),
    /** Leases it believes it holds. */
    leases: z.array(leaseId).max(64),
    /** Free text about a long phase: "pulling llava:13b, 3.1 of 8.0 GB". */
    note: z.string().max(300).nullable(),
    /** Of the model, while it is pulled. */
    bytes: z
      .object({ done: z.int().min(0), total: z.int().min(0) })
      .nullable()
      .optional(),
  })
  .meta({ id: "Heartbeat" });
export type HeartbeatBody = z.infer<typeof heartbeatBody>;

export const heartbeatAnswer = z
  .object({
    /** Finish the pipelines held, take no new one, then end. */
    drain: z.boolean(),
    /** How long that may take, from the first time it is said; absent or null: the container decides. */
    drainSeconds: z.number().min(0).nullable().optional(),
    /** Of the leases named, those that are gone: stop working on them, write nothing. */
    lost: z.array(leaseId),
    /** Bytes of documents that were deleted just now: what is kept of them in memory goes. */
    forgotten: z.array(z.object({ workspace: z.string(), sha256: z.string() })).optional(),
  })
  .meta({ id: "HeartbeatDirectives" });
export type HeartbeatAnswer = z.infer<typeof heartbeatAnswer>;

export const templateQuestion = z.object({
  id: z.string(),
  question: z.string(),
  /** What a 5, a 3 and a 1 look like. */
  strong: z.string(),
  adequate: z.string(),
  weak: z.string(),
  /** Words found near the answer, any language: for retrieval. */
  hints: z.array(z.string()),
  /** Kinds of slide where it usually stands. */
  slides: z.array(z.string()),
});
export type TemplateQuestion = z.infer<typeof templateQuestion>;

export const template = z
  .object({
    name: z.string(),
    title: z.string(),
    /** Extracted facts by name that have to agree for it to be used; null: it is a fallback. */
    for: z.record(z.string(), z.string()).nullable().default(null),
    /** Name of the template whose chapters these add to. */
    extends: z.string().nullable().default(null),
    chapters: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        weight: z.number(),
        questions: z.array(templateQuestion),
      }),
    ),
  })
  .meta({ id: "Template" });
export type Template = z.infer<typeof template>;

/** One thing a document is asked for. The description is for models, the hints are for rules. */
export const packField = z.object({
  name: z.string(),
  title: z.string(),
  type: z.enum(fieldTypes),
  /** Of a list: what it holds. */
  item: z.enum(fieldTypes).nullable(),
  required: z.boolean(),
  description: z.string(),
  /** Of a choice: its values, each with the words that speak for it. */
  choices: z.array(z.object({ value: z.string(), terms: z.array(z.string()) })),
  hints: z.object({
    /** Words before, beside or above the value, by language. */
    labels: z.record(z.string(), z.array(z.string())),
    /** Titles of sections whose text is the value. */
    sections: z.array(z.string()),
    /** Named kinds of text, such as `doi`. */
    patterns: z.array(z.string()),
    /** Words that stand in the same sentence as the value. */
    near: z.array(z.string()),
    /** Of a boolean: words that say yes, and words that say no. */
    yes: z.array(z.string()),
    no: z.array(z.string()),
    /** Where to look; empty: everywhere. */
    where: z.array(z.string()),
    /** By its looks: `largest` text, or what stands right below it. */
    prominent: z.enum(["largest", "below_largest"]).nullable(),
  }),
});
export type PackField = z.infer<typeof packField>;

export const fieldSet = z.object({
  name: z.string(),
  title: z.string(),
  fields: z.array(packField),
});

const calibrationCurve = z.object({ intercept: z.number(), slope: z.number() });
/** logit(p') = intercept + slope * logit(p), by extraction: for a value, and for the lack of one. */
const engineCalibration = z.object({
  engine: z.string(),
  model: z.string().nullable(),
  fields: z.record(z.string(), z.object({ given: calibrationCurve, none: calibrationCurve })),
});

/** The part of a pack version that a task needs; it travels in the lease. */
export const taskPack = z.object({
  name: z.string(),
  version: z.int(),
  /** Which step does it; absent: the one that is called like the task. */
  step: z.string().optional(),
  /** Of the step `analyse`: clinical, regulatory or science. */
  topic: z.string().nullable().optional(),
  fields: fieldSet.nullable().optional(),
  /** By name: `see_slide` -> text. */
  prompts: z.record(z.string(), z.string()),
  /** By name: JSON Schema. */
  schemas: z.record(z.string(), z.record(z.string(), z.unknown())),
  /** Used when none of `templates` is for the document at hand. */
  template: template.nullable(),
  /** In the order in which they are tried. */
  templates: z.array(template).default([]),
  /** What an engine's confidences have been measured to mean; absent: they are as it says them. */
  calibration: z.array(engineCalibration).optional(),
});
export type TaskPack = z.infer<typeof taskPack>;

export const lease = z
  .object({
    id: leaseId,
    task: z.string(),
    layer: z.int(),
    workspace: z.string(),
    pipeline: z.string(),
    generation: z.int(),
    attempt: z.int(),
    deadline: instant,
    timeoutSeconds: z.number(),
    stallSeconds: z.number(),
    document: z.object({
      id: z.string(),
      name: z.string(),
      sha256: z.string(),
      bytes: z.int(),
      pages: z.int(),
      /** Path on the control plane, fetched with the container's token. */
      url: z.string(),
    }),
    pack: taskPack,
    /** Slides that an earlier attempt already finished, by slide number: never done again. */
    finished: z.record(z.string(), z.unknown()),
    /** Visual results for text tasks; null when there are none yet, or too many: then they are asked for. */
    handoff: z.object({ slides: z.array(slideAnalysis) }).nullable(),
    /** Result of the task this one waits for, where it is needed. */
    upstream: z.object({ extractions_and_template: extractionsAndTemplate.optional() }),
  })
  .meta({ id: "Lease" });
export type Lease = z.infer<typeof lease>;

/** How a task ended, as the worker sees it. Whether it is tried again is decided by the control plane. */
export const outcome = z
  .discriminatedUnion("kind", [
    z.object({
      kind: z.literal("done"),
      result: z.record(z.string(), z.unknown()),
      gaps: z.array(z.int()),
      applicable: z.boolean(),
      reason: z.string().nullable(),
      engine: engineRef,
      /** Absent: no model server was asked. */
      usage: modelUsage.optional(),
    }),
    z.object({
      kind: z.literal("failed"),
      code: errorCode,
      detail: z.string().max(2000).nullable(),
    }),
    z.object({ kind: z.literal("released") }),
  ])
  .meta({ id: "Outcome" });
export type Outcome = z.infer<typeof outcome>;

export const settlement = z.object({ lease: leaseId, outcome });
export type Settlement = z.infer<typeof settlement>;

export const leasesBody = z
  .object({
    bootId: z.string(),
    capacity: z.int().min(0).max(64),
    /** Long poll: how long to wait for work, at most 30. */
    waitSeconds: z.number().min(0).max(30),
    settle: z.array(settlement).max(64),
    /**
     * What its answers depend on beside the question: code and model's weights. Equal readers read a page
     * alike. Absent or null: it does not say, and nothing it reads is kept for other documents.
     */
    reader: z.string().min(1).max(200).nullable().optional(),
  })
  .meta({ id: "LeaseRequest" });
export type LeasesBody = z.infer<typeof leasesBody>;

export const settled = z.object({
  lease: leaseId,
  accepted: z.boolean(),
  code: errorCode.nullable(),
});
export const leasesAnswer = z
  .object({ settled: z.array(settled), leases: z.array(lease) })
  .meta({ id: "LeaseGrant" });
export type LeasesAnswer = z.infer<typeof leasesAnswer>;

export const progressBody = z
  .object({
    fraction: z.number().min(0).max(1),
    done: z.int().nullable(),
    total: z.int().nullable(),
  })
  .meta({ id: "ProgressReport" });
export type ProgressBody = z.infer<typeof progressBody>;

/** `PUT /api/leases/:id/slides/:n`: a finished or failed slide, readable at once. */
export const slideBody = z
  .discriminatedUnion("kind", [
    z.object({ kind: z.literal("visual_analysis"), result: slideAnalysis, seconds: z.number() }),
    z.object({ kind: z.literal("slide_feedback"), result: slideFindings, seconds: z.number() }),
    z.object({
      kind: z.literal("failed"),
      task: z.string(),
      code: errorCode,
      detail: z.string().max(2000).nullable(),
    }),
  ])
  .meta({ id: "SlideResult" });
export type SlideBody = z.infer<typeof slideBody>;

export const logsBody = z.object({ lines: z.array(z.string().max(4000)).max(200) });

/** The PRD's names: `GET /api/cache/visual-analysis?document=SHA256`, `POST /api/cache/visual-results`. */
export const visualCacheQuery = z.object({
  document: z.string().min(1).max(128),
  /** Names the pipeline whose results are wanted; without it, the document's latest. */
  lease: leaseId.optional(),
});
export const visualCacheBody = z
  .object({ document: z.string().min(1).max(128), slides: z.array(slideAnalysis) })
  .meta({ id: "VisualCacheEntry" });
export type VisualCacheBody = z.infer<typeof visualCacheBody>;

/** `POST /api/results/save`: save stages, settle publishes. */
export const resultsSaveBody = z
  .object({
    document: z.string().min(1).max(128),
    lease: leaseId.optional(),
    task: z.string(),
    result: z.record(z.string(), z.unknown()),
  })
  .meta({ id: "SaveResult" });
export type ResultsSaveBody = z.infer<typeof resultsSaveBody>;

const heldTask = z.object({
  task: z.string(),
  fraction: z.number(),
  /** Since it began here. */
  seconds: z.number(),
  /** Since it last made progress. */
  stalledSeconds: z.number(),
});

/** `GET /api/health` of a container. `status` in Verda's words. */
export const containerHealth = z
  .object({
    status: z.enum(["ok", "busy", "starting", "draining", "unhealthy"]),
    /** Why it is unhealthy; null while it is not. */
    reason: z.string().nullable(),
    pool: z.string(),
    replica: z.int(),
    phase: z.enum(phases),
    phaseSince: instant,
    engine: engineRef,
    queue: z.object({ slots: z.int(), running: z.int(), free: z.int() }),
    /** Whether what it depends on answers: `engine`, `control_plane`, `vision_container`. */
    dependencies: z.record(
      z.string(),
      z.object({ ok: z.boolean(), detail: z.string().nullable() }),
    ),
    /** What it holds. */
    pipelines: z.array(z.object({ pipeline: z.string(), tasks: z.array(heldTask) })),
  })
  .meta({ id: "ContainerHealth" });
export type ContainerHealth = z.infer<typeof containerHealth>;
