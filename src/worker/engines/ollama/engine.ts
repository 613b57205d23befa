import { AppError } from "../../../errors/app-error.ts";
import { type Clock, systemClock } from "../../../lib/clock.ts";
import { type Random, systemRandom } from "../../../lib/random.ts";
import type { Engine } from "../engine.ts";
import type { ModelCall, ModelReply } from "../model-common/asking.ts";
import { type Sleep, waitFor } from "../model-common/busy.ts";
import { type CallSlots, createCallSlots } from "../model-common/call-slots.ts";
import { estimateTokens } from "../model-common/context.ts";
import { createJudge } from "../model-common/judge.ts";
import { createModelEngine } from "../model-common/model-engine.ts";
import { type BootOptions, bootModel } from "./boot.ts";
import { createClient, type Deadlines, defaultDeadlines, type OllamaClient } from "./client.ts";
import { isFormatRefusal } from "./faults.ts";
import { ollamaUrl } from "./host.ts";
import { type BootedModel, type Format, formats, generateWith, schemaWords } from "./model.ts";

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
  const { model, sees, slots } = options;
  const deadlines = { ...defaultDeadlines, ...options.deadlines };
  const patience = {
    clock: options.clock ?? systemClock,
    random: options.random ?? systemRandom,
    sleep: options.sleep ?? waitFor,
  };
  const url = ollamaUrl(options.host);
  const client = holding(createClient({ url, deadlines, ...patience }));
  const callSlots = options.callSlots ?? createCallSlots(slots);
  const judge = createJudge();
  let speaker: Speaker | null = null;
  return createModelEngine({
    ref: { name: "ollama", model },
    sees,
    slots,
    async boot(onProgress, signal) {
      const parts = { client, sleep: patience.sleep, loadMs: deadlines.loadMs, onProgress };
      const booted = await bootModel(bootOptions(options, parts), signal);
      speaker = createSpeaker({ client, model, booted, callMs: deadlines.callMs });
      return {
        model,
        digest: booted.digest,
        contextTokens: booted.usableTokens,
        outputTokens: options.outputTokens ?? (sees ? 1_536 : 4_096),
        slots: callSlots,
        judge,
        extraTokens: speaker.extraTokens,
        generate: speaker.generate,
      };
    },
    weaken: () => speaker?.weaken() ?? false,
    healthy: () => health(client, model),
    release: () => handBack(client, model),
  });
}

type Speaker = ReturnType<typeof createSpeaker>;

/** Asks, and remembers how this server wants to be asked. */
function createSpeaker(ready: BootedModel) {
  let format: Format = formats[0];
  const weaken = (): boolean => {
    const next = formats[formats.indexOf(format) + 1];
    format = next ?? format;
    return next !== undefined;
  };
  return {
    weaken,
    extraTokens: (grammar: ModelCall["grammar"]): number =>
      estimateTokens(schemaWords(format, grammar)),
    async generate(call: ModelCall, signal: AbortSignal): Promise<ModelReply> {
      for (;;) {
        const asked = format;
        try {
          return await generateWith(ready, call, asked, signal);
        } catch (error) {
          // Another call may have found it out meanwhile.
          if (!isFormatRefusal(error) || (format === asked && !weaken())) throw error;
        }
      }
    },
  };
}

const bootOptions = (
  options: OllamaOptions,
  parts: Pick<BootOptions, "client" | "sleep" | "loadMs" | "onProgress">,
): BootOptions => ({
  ...parts,
  model: options.model,
  sees: options.sees,
  pull: options.pull ?? false,
  requireGpu: options.requireGpu ?? false,
  contextTokens: options.contextTokens ?? (options.sees ? 8_192 : 16_384),
  serverTries: options.serverTries ?? 30,
});

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
