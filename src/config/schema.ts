import { z } from "zod";
import { parseDuration } from "../core/autoscaler/duration.ts";
import { scalingDefaults } from "../core/autoscaler/settings.ts";
import { autoscalerDefaults, autoscalerSchema } from "./autoscaler.ts";
import {
  fleetDefaults,
  fleetSchema,
  phaseSecondsDefaults,
  phaseSecondsSchema,
  providerEntry,
} from "./fleet.ts";
import { costsDefaults, costsSchema, slosDefaults, slosSchema } from "./money.ts";
import { scalingSchema } from "./scaling.ts";
import { visualCacheDefaults, visualCacheSchema } from "./visual-cache.ts";

/** What is written beside a setting: everything the reference page and the example need. */
export interface SettingNotes {
  readonly description: string;
  /** The environment variable that sets it, and how its text is read. */
  readonly env?: string;
  readonly read?: "number" | "list";
  /** Never shown, neither in a log nor by `config`. */
  readonly secret?: true;
}

const noted = <T extends z.ZodType>(schema: T, notes: SettingNotes): T => schema.meta({ ...notes });

const count = (min: number, max: number) =>
  z
    .int(`must be a whole number`)
    .min(min, `must be at least ${min}`)
    .max(max, `must be at most ${max}`);

const oneOf = <const T extends readonly [string, ...string[]]>(words: T) =>
  z.enum(words, `must be one of ${words.join(", ")}`);

/** Milliseconds as a number, or a duration as people write it. */
const duration = (minMs: number, maxMs: number) =>
  z.preprocess(
    (given) => (typeof given === "string" ? (parseDuration(given) ?? given) : given),
    z
      .int("must be whole milliseconds or a duration such as 2s")
      .min(minMs, `must be at least ${minMs} ms`)
      .max(maxMs, `must be at most ${maxMs} ms`),
  );

const text = (max: number) => z.string("must be text").min(1, "must not be empty").max(max);

const hour = 3_600_000;
const timings = z
  .strictObject({
    heartbeatMs: noted(duration(100, 60_000), {
      description: "How often a container reports that it lives.",
    }),
    containerTtlMs: noted(duration(500, hour), {
      description: "A container silent for this long is lost; its leases go to another one.",
    }),
    leaseWaitMs: noted(duration(0, 30_000), {
      description: "How long a container's question for work is held open.",
    }),
    scalerMs: noted(duration(100, 60_000), {
      description: "Longest pause between two looks at demand and supply.",
    }),
    reconcilerMs: noted(duration(100, 60_000), {
      description: "Longest pause between two comparisons of wanted and running replicas.",
    }),
    rescuerMs: noted(duration(100, 60_000), {
      description: "Longest pause between two searches for lost leases and tasks past a deadline.",
    }),
    drainMs: noted(duration(1_000, hour), {
      description:
        "How long a stopping container may finish what it holds before it gives it back.",
    }),
    stopGraceMs: noted(duration(1_000, hour), {
      description: "A container that has not ended this long after the order to stop is killed.",
    }),
    taskMsMax: noted(duration(1_000, 24 * hour), {
      description: "No task may take longer than this, whatever its pack allows.",
    }),
    stallMsMax: noted(duration(1_000, 24 * hour), {
      description: "No task may go longer than this without progress, whatever its pack allows.",
    }),
  })
  .refine((t) => t.containerTtlMs >= 2 * t.heartbeatMs, {
    path: ["containerTtlMs"],
    message: "must be at least twice heartbeatMs: one late heartbeat is no loss",
  })
  .refine((t) => t.stopGraceMs >= t.drainMs, {
    path: ["stopGraceMs"],
    message: "must not be shorter than drainMs",
  });

const retry = z.strictObject({
  roundsExtra: noted(count(0, 10), {
    description:
      "Rounds of attempts a task gets after its first one, each `pipeline_failure_retry_delay` after the last.",
  }),
});

const pdf = z.strictObject({
  bytesMax: noted(count(1, 2 ** 31), { description: "Largest file that is accepted, in bytes." }),
  pagesMax: noted(count(1, 10_000), { description: "Most pages a document may have." }),
  openMs: noted(duration(100, 600_000), { description: "Longest time opening a PDF may take." }),
  pageMs: noted(duration(100, 600_000), { description: "Longest time drawing one page may take." }),
  fallbackMs: noted(duration(0, 600_000), {
    description:
      "Longest time poppler may take for a page that the built-in renderer cannot draw, where `pdftoppm` is installed. 0: never asked.",
  }),
  pixelsMax: noted(count(10_000, 1e9), { description: "Most pixels of a drawn page." }),
  pointsMax: noted(count(100, 10_000_000), {
    description: "Longest side of a page, in points (1/72 inch).",
  }),
  memoryBytesMax: noted(count(100_000_000, 2 ** 40), {
    description: "A PDF reader above this memory is killed, in bytes.",
  }),
});

const presentations = z.strictObject({
  sofficePath: noted(text(4_000).nullable(), {
    description:
      "LibreOffice's program `soffice`, which makes PowerPoint and OpenDocument presentations PDFs; null: looked for where programs usually lie.",
    env: "PILOTLIGHT_SOFFICE_PATH",
  }),
  convertMs: noted(duration(100, 600_000), {
    description: "Longest time making a presentation a PDF may take.",
  }),
});

const database = z.strictObject({
  statementMsMax: noted(duration(1_000, hour), {
    description: "A statement that takes longer than this is ended by the database.",
  }),
  lockMsMax: noted(duration(100, hour), {
    description: "A statement that waits longer than this for a lock gives up.",
  }),
  idleInTransactionMsMax: noted(duration(1_000, hour), {
    description: "A connection that leaves a transaction open and idle for this long is closed.",
  }),
});

const upkeep = z.strictObject({
  sweepMs: noted(duration(1_000, hour), {
    description: "Pause between two searches for a queue that is not as it should be.",
  }),
  janitorMs: noted(duration(1_000, hour), {
    description: "Pause between two rounds of housekeeping; the heavy jobs are done once an hour.",
  }),
  heldSnapshotMs: noted(duration(1_000, 24 * hour), {
    description: "A transaction that holds back vacuum for longer than this is warned about.",
  }),
  indexBloatMax: noted(count(2, 1_000), {
    description:
      "An index of the queue this many times as large as its rows need is built anew, beside the work.",
  }),
  pagesBytesMax: noted(count(1_000_000, 2 ** 50), {
    description:
      "Most bytes of pictures of pages that are kept, looked at once an hour. The oldest go first and are drawn again when they are asked for.",
  }),
  historyDays: noted(count(1, 36_500), {
    description:
      "Days of history (attempts, events, decisions) that are kept; totals of each day stay.",
  }),
});

const models = z.strictObject({
  vision: noted(text(200).nullable(), {
    description: "Model of the vision containers; null: the one the pack names.",
    env: "PILOTLIGHT_VISION_MODEL",
  }),
  text: noted(text(200).nullable(), {
    description: "Model of the text containers; null: the one the pack names.",
    env: "PILOTLIGHT_TEXT_MODEL",
  }),
  contextTokens: noted(count(512, 100_000_000).nullable(), {
    description:
      "Context of the models, prompt and answer together, in tokens; null: what the server tells, or what suits the pool.",
    env: "PILOTLIGHT_CONTEXT_TOKENS",
    read: "number",
  }),
});

const apiKey = z.string("must be text").min(16, "an API key has at least 16 characters").max(200);

const only = (all: readonly { readonly kind: string }[], kind: string): boolean =>
  all.filter((one) => one.kind === kind).length <= 1;

/** The file's shape. Every setting, in the order in which it is documented. */
export const fileSchema = z.strictObject({
  stateDir: noted(text(4_000), {
    description:
      "Folder for the embedded database, documents and logs. Relative to the working directory.",
    env: "PILOTLIGHT_HOME",
  }),
  packsDir: noted(text(4_000).nullable(), {
    description:
      "Folder with packs of your own, a folder each, read at a start beside those built in; null: none.",
    env: "PILOTLIGHT_PACKS_DIR",
  }),
  databaseUrl: noted(
    z
      .string("must be text")
      .regex(/^postgres(ql)?:\/\/./, "must start with postgres://")
      .nullable(),
    {
      description: "PostgreSQL 15 or newer; null: an embedded one, started in `stateDir`.",
      env: "DATABASE_URL",
      secret: true,
    },
  ),
  databaseDirectUrl: noted(
    z
      .string("must be text")
      .regex(/^postgres(ql)?:\/\/./, "must start with postgres://")
      .nullable(),
    {
      description:
        "The same database past any transaction pooler: for leadership and LISTEN; null: `databaseUrl`.",
      env: "DATABASE_DIRECT_URL",
      secret: true,
    },
  ),
  host: noted(text(255), {
    description: "Address to listen on. Anything but loopback is reachable from other machines.",
    env: "PILOTLIGHT_HOST",
  }),
  port: noted(count(0, 65_535), {
    description: "Port to listen on; 0: any free one.",
    env: "PILOTLIGHT_PORT",
    read: "number",
  }),
  profile: noted(oneOf(["production", "demo"]), {
    description:
      "`demo` shortens the scaling delays so that a person sees the pools go up and down.",
    env: "PILOTLIGHT_PROFILE",
  }),
  installation: noted(
    z
      .string("must be text")
      .regex(/^[a-z0-9]{1,16}$/, "must be up to 16 lower-case letters and digits")
      .nullable(),
    {
      description:
        "Id under which replicas of this installation run; null: the one the database has, or a new one.",
      env: "PILOTLIGHT_INSTALLATION",
    },
  ),
  providers: noted(
    z
      .array(providerEntry, "must be a list")
      .min(1, "must name at least one")
      .max(20)
      .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, {
        message: "must have different names",
      })
      .refine((all) => ["local", "static"].every((kind) => only(all, kind)), {
        message: "may have one entry of kind local and one of kind static",
      }),
    {
      description:
        "Where replicas run: a list of `local` (child processes of this one), `verda`, `kubernetes` and `static` (machines somebody else runs).",
    },
  ),
  autoscaler: autoscalerSchema,
  fleet: fleetSchema,
  phaseSeconds: phaseSecondsSchema,
  engine: noted(oneOf(["auto", "extractive", "ollama", "openai"]), {
    description:
      "Who reads the slides. `auto`: the server of `openaiUrl` when it is set and answers, else Ollama when it answers and has models of the pack, else the built-in engine.",
    env: "PILOTLIGHT_ENGINE",
  }),
  ollamaHost: noted(text(2_000), {
    description: "Where Ollama listens, in any form Ollama itself accepts.",
    env: "OLLAMA_HOST",
  }),
  openaiUrl: noted(
    z
      .string("must be text")
      .regex(/^https?:\/\/[^\s@]+$/, "must be a URL without a key in it")
      .max(2_000)
      .nullable(),
    {
      description:
        "An OpenAI-compatible server (vLLM, llama.cpp, LM Studio, a service), with or without `/v1`; null: none.",
      env: "PILOTLIGHT_OPENAI_URL",
    },
  ),
  openaiApiKey: noted(text(4_000).nullable(), {
    description: "The key it asks for; null: none.",
    env: "PILOTLIGHT_OPENAI_API_KEY",
    secret: true,
  }),
  models,
  logLevel: noted(oneOf(["trace", "debug", "info", "warn", "error", "silent"]), {
    description: "Least important lines that are still logged.",
    env: "PILOTLIGHT_LOG_LEVEL",
  }),
  apiKeys: noted(z.array(apiKey, "must be a list").max(1_000), {
    description:
      "Keys that callers must send. An empty list: no key is asked for. In the variable, separated by commas.",
    env: "PILOTLIGHT_API_KEYS",
    read: "list",
    secret: true,
  }),
  sourceRoots: noted(z.array(text(4_000), "must be a list").max(100), {
    description:
      "Folders from which documents named by `source_uri` may be read. An empty list: none.",
    env: "PILOTLIGHT_SOURCE_ROOTS",
    read: "list",
  }),
  visualCache: visualCacheSchema,
  timings,
  database,
  upkeep,
  retry,
  pdf,
  presentations,
  costs: costsSchema,
  slos: slosSchema,
  ...scalingSchema,
});
export type FileConfig = z.infer<typeof fileSchema>;

/** Every default, in the file's own form. */
export const defaults = {
  stateDir: ".pilotlight",
  packsDir: null,
  databaseUrl: null,
  databaseDirectUrl: null,
  host: "127.0.0.1",
  port: 4600,
  profile: "production",
  installation: null,
  providers: [{ kind: "local" }],
  autoscaler: autoscalerDefaults,
  fleet: fleetDefaults,
  phaseSeconds: phaseSecondsDefaults,
  engine: "auto",
  ollamaHost: "127.0.0.1:11434",
  openaiUrl: null,
  openaiApiKey: null,
  models: { vision: null, text: null, contextTokens: null },
  logLevel: "info",
  apiKeys: [],
  sourceRoots: [],
  visualCache: visualCacheDefaults,
  timings: {
    heartbeatMs: 2_000,
    containerTtlMs: 6_000,
    leaseWaitMs: 20_000,
    scalerMs: 1_000,
    reconcilerMs: 1_000,
    rescuerMs: 1_000,
    drainMs: 25_000,
    stopGraceMs: 30_000,
    taskMsMax: 3_600_000,
    stallMsMax: 600_000,
  },
  database: {
    statementMsMax: 30_000,
    lockMsMax: 10_000,
    idleInTransactionMsMax: 15_000,
  },
  upkeep: {
    sweepMs: 60_000,
    janitorMs: 60_000,
    heldSnapshotMs: 300_000,
    indexBloatMax: 8,
    pagesBytesMax: 4 * 1024 ** 3,
    historyDays: 90,
  },
  retry: { roundsExtra: 1 },
  pdf: {
    bytesMax: 200 * 1024 * 1024,
    pagesMax: 300,
    openMs: 8_000,
    pageMs: 8_000,
    fallbackMs: 6_000,
    pixelsMax: 12_000_000,
    pointsMax: 100_000,
    memoryBytesMax: 900_000_000,
  },
  presentations: { sofficePath: null, convertMs: 90_000 },
  costs: costsDefaults,
  slos: slosDefaults,
  ...scalingDefaults,
} as const satisfies z.input<typeof fileSchema>;
