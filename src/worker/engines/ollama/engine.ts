import { setTimeout as pause } from "node:timers/promises";
import { AppError } from "../../../errors/app-error.ts";
import { type Clock, systemClock } from "../../../lib/clock.ts";
import { type Random, systemRandom } from "../../../lib/random.ts";
import type { Engine, EngineProgress } from "../engine.ts";
import { bootModel } from "./boot.ts";
import { type CallSlots, createCallSlots } from "./call-slots.ts";
import { type Canary, textCanary, visionCanary } from "./canary.ts";
import {
  createClient,
  type Deadlines,
  defaultDeadlines,
  type OllamaClient,
  type Sleep,
} from "./client.ts";
import { ollamaUrl } from "./host.ts";
import { askModel, type LoadedModel, thinkModel } from "./model.ts";
import { createOngoing } from "./ongoing.ts";

export interface OllamaOptions {
  /** As OLLAMA_HOST; null means this machine. */
  readonly host: string | null;
  readonly model: string;
  /** True for pools that look at slides: the model must have vision, and proves it by a picture. */
  readonly sees: boolean;
  /** Calls at once; the server's OLLAMA_NUM_PARALLEL should be the same. */
  readonly slots: number;
  /** Says when a call may begin. Default: `slots` at once. */
  readonly callSlots?: CallSlots;
  /** Download the model when it is missing. Default false. */
  readonly pull?: boolean;
  /** Refuse to run from main memory. Default false: a machine without GPU works, slowly. */
  readonly requireGpu?: boolean;
  /** Prompt and answer together. Default 8192 when it sees, else 16384; never above the model's own. */
  readonly contextTokens?: number;
  /** An answer. Default 1536 when it sees, else 4096; never above half the context. */
  readonly outputTokens?: number;
  readonly deadlines?: Partial<Deadlines>;
  /** How often a silent server is asked, a second apart, before loading fails. Default 30. */
  readonly serverTries?: number;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly sleep?: Sleep;
}

/** Once we leave, the model stays as long as Ollama keeps any: others on the machine may use it. */
const keepAfterSeconds = 300;
const handBackMs = 2_000;

/**
 * A model behind an Ollama server. Answers are constrained to the asked schema, temperature 0, a
 * fixed seed, and nothing is ever cut to fit. Throws CONFIG_INVALID for a host that is none.
 */
export function createOllamaEngine(options: OllamaOptions): Engine {
  const deadlines = { ...defaultDeadlines, ...options.deadlines };
  const clock = options.clock ?? systemClock;
  const random = options.random ?? systemRandom;
  const sleep = options.sleep ?? waitFor;
  const url = ollamaUrl(options.host);
  const client = holding(createClient({ url, deadlines, clock, random, sleep }));
  const slots = options.callSlots ?? createCallSlots(options.slots);
  const ongoing = createOngoing();
  let loaded: LoadedModel | null = null;
  let closed: Promise<void> | null = null;

  const ready = (): LoadedModel => {
    if (loaded === null) throw new AppError("MODEL_LOAD_FAILED", "It was asked before its load.");
    return loaded;
  };
  const close = async (): Promise<void> => {
    await ongoing.close(new AppError("DRAINING", "The engine is closed."));
    await handBack(client, options.model);
  };
  return {
    ref: { name: "ollama", model: options.model },
    slots: options.slots,
    load: (onProgress, signal) =>
      ongoing.run(signal, async (either) => {
        const parts = { client, slots, sleep, deadlines };
        loaded = await loadEngine(options, parts, onProgress, either);
      }),
    see: (request, signal) =>
      ongoing.run(signal, async (either) => {
        if (!options.sees)
          throw new AppError("MODEL_NOT_VISION", "This container only reads text.");
        return askModel(ready(), request.prompt, request.schema, [request.jpeg], either);
      }),
    think: (request, signal) =>
      ongoing.run(signal, async (either) => thinkModel(ready(), request, either)),
    digest: () => loaded?.booted.digest ?? null,
    healthy: () => health(client, options.model),
    close() {
      closed ??= close();
      return closed;
    },
  };
}

const waitFor: Sleep = async (ms, signal) => {
  try {
    await pause(ms, undefined, { signal });
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
};

interface Parts extends Pick<LoadedModel, "client" | "slots"> {
  readonly sleep: Sleep;
  readonly deadlines: Deadlines;
}

async function loadEngine(
  options: OllamaOptions,
  { client, slots, sleep, deadlines }: Parts,
  onProgress: (progress: EngineProgress) => void,
  signal: AbortSignal,
): Promise<LoadedModel> {
  const { model, sees } = options;
  const booted = await bootModel(
    {
      client,
      model,
      sees,
      pull: options.pull ?? false,
      requireGpu: options.requireGpu ?? false,
      contextTokens: options.contextTokens ?? (sees ? 8_192 : 16_384),
      loadMs: deadlines.loadMs,
      serverTries: options.serverTries ?? 30,
      sleep,
      onProgress,
    },
    signal,
  );
  const outputTokens = options.outputTokens ?? (sees ? 1_536 : 4_096);
  const loaded = { client, model, booted, outputTokens, slots, callMs: deadlines.callMs };
  onProgress({ phase: "canary", note: sees ? "reading a known picture" : "a known question" });
  await prove(loaded, sees ? await visionCanary() : textCanary(), signal);
  return loaded;
}

async function prove(loaded: LoadedModel, canary: Canary, signal: AbortSignal): Promise<void> {
  const answer = await askModel(loaded, canary.prompt, canary.schema, canary.images, signal);
  canary.check(answer.value);
}

async function health(client: OllamaClient, model: string) {
  try {
    const seen = await client.running(model, new AbortController().signal);
    const detail = seen === null ? `${model} is not in memory; the next call loads it.` : null;
    return { ok: true, detail };
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? error.message : String(error) };
  }
}

interface HoldingClient extends OllamaClient {
  /** `num_ctx` of the last call that may have loaded the model; null when there was none. */
  held(): number | null;
}

/** Only what we had loaded is ours to give back, also when loading failed halfway. */
function holding(client: OllamaClient): HoldingClient {
  let contextTokens: number | null = null;
  return {
    ...client,
    held: () => contextTokens,
    generate(body, deadlineMs, signal) {
      contextTokens = body.options.num_ctx;
      return client.generate(body, deadlineMs, signal);
    },
  };
}

/**
 * Calls kept the model in memory for ever. Leaving, we give it an end, else it would hold the
 * machine's memory with nobody at work. Best effort: a server that is gone has nothing to give back.
 */
async function handBack(client: HoldingClient, model: string): Promise<void> {
  const contextTokens = client.held();
  if (contextTokens === null) return;
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new AppError("MODEL_TIMEOUT")), handBackMs);
  try {
    // Asking for a model that is no longer in memory would load it again.
    if ((await client.running(model, late.signal)) === null) return;
    // Another context would load it again, too.
    const options = { num_ctx: contextTokens };
    const body = { model, stream: true, keep_alive: keepAfterSeconds, options } as const;
    await client.generate(body, handBackMs, late.signal);
  } catch {
    // Nobody waits for this answer.
  } finally {
    clearTimeout(timer);
  }
}
