import { z } from "zod";
import { AppError } from "../errors/app-error.ts";
import { stepFeatures } from "../packs/steps.ts";

const pools = ["vision", "text", "shared", "dedicated"] as const;
export type Pool = (typeof pools)[number];

/** An empty variable counts as absent: compose files and shells often pass `NAME=`. */
const given = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === "" ? undefined : value), schema);

const httpUrl = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ""));
const count = (min: number, max: number) => z.coerce.number().int().min(min).max(max);

const environment = z.object({
  PILOTLIGHT_POOL: given(z.enum(pools)),
  PILOTLIGHT_REPLICA: given(count(1, 9999).default(1)),
  /** Id of the run this container was started for. */
  PILOTLIGHT_RUN: given(count(1, Number.MAX_SAFE_INTEGER).optional()),
  /** Absent: a lone container, used through its own API. */
  PILOTLIGHT_CONTROL_URL: given(httpUrl.optional()),
  PILOTLIGHT_REGISTRATION_TOKEN: given(z.string().optional()),
  PILOTLIGHT_CONTAINER_TOKEN: given(z.string().min(16).optional()),
  /** The provider's own id of this machine. */
  PILOTLIGHT_CONTAINER_ID: given(z.string().max(255).optional()),
  PILOTLIGHT_HOST: given(z.string().default("127.0.0.1")),
  PILOTLIGHT_PORT: given(count(0, 65535).default(0)),
  /** Where others reach this container's API, when that is not host and port. */
  PILOTLIGHT_COORDINATION_URL: given(httpUrl.optional()),
  /** A text container's last resort for visual results: the API of a vision container. */
  PILOTLIGHT_VISION_URL: given(httpUrl.optional()),
  PILOTLIGHT_ENGINE: given(z.enum(["extractive", "ollama", "openai"]).default("extractive")),
  PILOTLIGHT_MODEL: given(z.string().max(200).optional()),
  /**
   * Command line that starts a model server beside the container, such as `ollama serve`: read by the
   * supervisor, which gives it its environment (OLLAMA_MODELS and OLLAMA_CONTEXT_LENGTH are handed on) and
   * keeps it running.
   */
  PILOTLIGHT_MODEL_SERVER: given(z.string().max(1000).optional()),
  /** With a model server of our own only its port counts: it listens on loopback. */
  OLLAMA_HOST: given(z.string().default("127.0.0.1:11434")),
  /** An OpenAI-compatible server, with or without `/v1`. */
  PILOTLIGHT_OPENAI_URL: given(httpUrl.optional()),
  /** Sent to that server and to nobody else. */
  PILOTLIGHT_OPENAI_API_KEY: given(z.string().max(4000).optional()),
  /** Context of the model, prompt and answer together; absent: what suits the pool, or the server tells. */
  PILOTLIGHT_CONTEXT_TOKENS: given(count(512, 100_000_000).optional()),
  /**
   * Who says when the model may be called. `own`: as many calls at once as there are slots. `parent`: the
   * process that started this one, because several containers share one model server.
   */
  PILOTLIGHT_MODEL_SLOTS: given(z.enum(["own", "parent"]).default("own")),
  /** 1: a model that does not lie wholly in GPU memory ends the start. */
  PILOTLIGHT_REQUIRE_GPU: given(z.enum(["0", "1"]).default("0")),
  /** Name of the GPU, told at registration. */
  PILOTLIGHT_GPU: given(z.string().max(100).optional()),
  PILOTLIGHT_SLOTS: given(count(1, 64).optional()),
  PILOTLIGHT_MAX_PIPELINES: given(count(1, 64).default(3)),
  PILOTLIGHT_WORK_DIR: given(z.string().optional()),
  /** How long a drain after SIGTERM may take; the provider kills soon after. */
  PILOTLIGHT_DRAIN_SECONDS: given(count(1, 3600).default(25)),
  /** How long a drain may take that the control plane asks for without a limit of its own. */
  PILOTLIGHT_ASKED_DRAIN_SECONDS: given(count(1, 86_400).default(1800)),
  /** 1: a container drained by the control plane waits for SIGTERM, because its provider would start it anew. */
  PILOTLIGHT_STAY_AFTER_DRAIN: given(z.enum(["0", "1"]).default("0")),
  PILOTLIGHT_HANDOFF_SECONDS: given(count(1, 3600).default(30)),
  PILOTLIGHT_COMMUNICATION_SECONDS: given(count(1, 3600).default(15)),
  PILOTLIGHT_LOG_LEVEL: given(
    z.enum(["trace", "debug", "info", "warn", "error", "silent"]).default("info"),
  ),
});

export interface Settings {
  readonly pool: Pool;
  readonly replica: number;
  readonly run: number | null;
  readonly controlUrl: string | null;
  readonly registrationToken: string | null;
  readonly containerToken: string | null;
  readonly containerId: string | null;
  readonly host: string;
  readonly port: number;
  readonly coordinationUrl: string | null;
  readonly visionUrl: string | null;
  readonly engine: "extractive" | "ollama" | "openai";
  readonly model: string | null;
  readonly modelServer: string | null;
  readonly ollamaHost: string;
  readonly openaiUrl: string | null;
  readonly openaiApiKey: string | null;
  readonly contextTokens: number | null;
  readonly modelSlots: "own" | "parent";
  readonly requireGpu: boolean;
  readonly gpu: string | null;
  readonly slots: number;
  readonly maxPipelines: number;
  readonly workDir: string | null;
  /** After SIGTERM. */
  readonly drainMs: number;
  /** When the control plane asks and names no limit. */
  readonly askedDrainMs: number;
  readonly staysAfterDrain: boolean;
  readonly handoffMs: number;
  readonly communicationMs: number;
  readonly logLevel: z.infer<typeof environment>["PILOTLIGHT_LOG_LEVEL"];
}

/** Tasks that run at once when nothing else is said: two a deck for vision, three for text. */
const defaultSlots = (pool: Pool): number => (pool === "vision" ? 2 : 3);

/** Reads a container's start parameters. Throws CONFIG_INVALID naming every variable that is wrong. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new AppError("CONFIG_INVALID", wrong.join("; "));
  }
  return checked(settingsOf(parsed.data));
}

function settingsOf(env: z.infer<typeof environment>): Settings {
  return Object.freeze({
    pool: env.PILOTLIGHT_POOL,
    replica: env.PILOTLIGHT_REPLICA,
    run: env.PILOTLIGHT_RUN ?? null,
    controlUrl: env.PILOTLIGHT_CONTROL_URL ?? null,
    registrationToken: env.PILOTLIGHT_REGISTRATION_TOKEN ?? null,
    containerToken: env.PILOTLIGHT_CONTAINER_TOKEN ?? null,
    containerId: env.PILOTLIGHT_CONTAINER_ID ?? null,
    host: env.PILOTLIGHT_HOST,
    port: env.PILOTLIGHT_PORT,
    coordinationUrl: env.PILOTLIGHT_COORDINATION_URL ?? null,
    visionUrl: env.PILOTLIGHT_VISION_URL ?? null,
    engine: env.PILOTLIGHT_ENGINE,
    model: env.PILOTLIGHT_MODEL ?? null,
    modelServer: env.PILOTLIGHT_MODEL_SERVER ?? null,
    ollamaHost: env.OLLAMA_HOST,
    openaiUrl: env.PILOTLIGHT_OPENAI_URL ?? null,
    openaiApiKey: env.PILOTLIGHT_OPENAI_API_KEY ?? null,
    contextTokens: env.PILOTLIGHT_CONTEXT_TOKENS ?? null,
    modelSlots: env.PILOTLIGHT_MODEL_SLOTS,
    requireGpu: env.PILOTLIGHT_REQUIRE_GPU === "1",
    gpu: env.PILOTLIGHT_GPU ?? null,
    slots: env.PILOTLIGHT_SLOTS ?? defaultSlots(env.PILOTLIGHT_POOL),
    maxPipelines: env.PILOTLIGHT_MAX_PIPELINES,
    workDir: env.PILOTLIGHT_WORK_DIR ?? null,
    drainMs: env.PILOTLIGHT_DRAIN_SECONDS * 1000,
    askedDrainMs: env.PILOTLIGHT_ASKED_DRAIN_SECONDS * 1000,
    staysAfterDrain: env.PILOTLIGHT_STAY_AFTER_DRAIN === "1",
    handoffMs: env.PILOTLIGHT_HANDOFF_SECONDS * 1000,
    communicationMs: env.PILOTLIGHT_COMMUNICATION_SECONDS * 1000,
    logLevel: env.PILOTLIGHT_LOG_LEVEL,
  });
}

function checked(settings: Settings): Settings {
  const wrong: string[] = [];
  if (settings.controlUrl !== null && settings.registrationToken === null) {
    wrong.push("PILOTLIGHT_REGISTRATION_TOKEN: needed with PILOTLIGHT_CONTROL_URL");
  }
  if (!isLoopback(settings.host) && settings.containerToken === null) {
    wrong.push("PILOTLIGHT_CONTAINER_TOKEN: needed when PILOTLIGHT_HOST is not loopback");
  }
  if (settings.engine !== "extractive" && settings.model === null) {
    wrong.push(`PILOTLIGHT_MODEL: needed by the engine ${settings.engine}`);
  }
  if (settings.engine === "openai" && settings.openaiUrl === null) {
    wrong.push("PILOTLIGHT_OPENAI_URL: needed by the engine openai");
  }
  if (wrong.length > 0) throw new AppError("CONFIG_INVALID", wrong.join("; "));
  return settings;
}

/** Whether only this machine can reach an address bound to `host`. */
export const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);

/** What a container of a pool can do, as classes of tasks ask for it. */
export const featuresOf = (
  pool: Pool,
  engine: { readonly name: string; readonly model: string | null },
): readonly string[] => [
  ...tasksOf(pool),
  ...(pool === "text" ? [] : ["vision"]),
  ...(pool === "vision" ? [] : stepFeatures),
  `engine:${engine.name}`,
  ...(engine.model === null ? [] : [`model:${engine.model}`]),
];

/** Which tasks a pool serves; a shared or dedicated container serves them all. */
export function tasksOf(pool: Pool): readonly string[] {
  const vision = ["visual_analysis", "slide_feedback"];
  const text = [
    "extractions_and_template",
    "specialized_clinical",
    "specialized_regulatory",
    "specialized_science",
  ];
  if (pool === "vision") return vision;
  return pool === "text" ? text : [...vision, ...text];
}
