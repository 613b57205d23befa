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
import { bootModel } from "./boot.ts";
import { createClient, type Deadlines, defaultDeadlines, type OpenaiClient } from "./client.ts";
import { errorOfReply } from "./faults.ts";
import {
  bodyOf,
  firstManners,
  type Manners,
  mannersAfter,
  otherManners,
  schemaWords,
} from "./manners.ts";
import { openaiUrl } from "./url.ts";

export interface OpenaiOptions {
  /** With or without `/v1`. */
  readonly url: string;
  /** Sent as bearer token; null: none is asked for. */
  readonly apiKey: string | null;
  readonly model: string;
  /** True for pools that look at slides: the model must have vision, and proves it by a picture. */
  readonly sees: boolean;
  /** Calls at once. */
  readonly slots: number;
  /** Says when a call may begin. Default: `slots` at once. */
  readonly callSlots?: CallSlots;
  /** Prompt and answer together, where the server does not tell or allows more. */
  readonly contextTokens?: number | null;
  /** An answer. Default 1536 when it sees, else 4096; never above half the context. */
  readonly outputTokens?: number;
  readonly deadlines?: Partial<Deadlines>;
  /** How often a silent server is asked, a second apart, before loading fails. Default 30. */
  readonly serverTries?: number;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly sleep?: Sleep;
}

/**
 * A model behind an OpenAI-compatible API: vLLM, llama.cpp's server, LM Studio, or a service with a
 * key. Answers are constrained to the asked schema in the surest way the server knows, temperature 0, a
 * fixed seed, and nothing is ever cut to fit. Throws CONFIG_INVALID for a URL that is none.
 */
export function createOpenaiEngine(options: OpenaiOptions): Engine {
  const { model, sees, slots } = options;
  const patience = {
    clock: options.clock ?? systemClock,
    random: options.random ?? systemRandom,
    sleep: options.sleep ?? waitFor,
  };
  const deadlines = { ...defaultDeadlines, ...options.deadlines };
  const url = openaiUrl(options.url);
  const client = createClient({ url, apiKey: options.apiKey, deadlines, ...patience });
  const speaker = createSpeaker(client, model, deadlines.callMs);
  const callSlots = options.callSlots ?? createCallSlots(slots);
  const judge = createJudge();
  return createModelEngine({
    ref: { name: "openai", model },
    sees,
    slots,
    async boot(onProgress, signal) {
      const { contextTokens, charactersPerToken, isVllm } = await bootModel(
        {
          ...{ client, model, onProgress, sleep: patience.sleep },
          contextTokens: options.contextTokens ?? null,
          contextTokensUsual: sees ? 8_192 : 16_384,
          serverTries: options.serverTries ?? 30,
        },
        signal,
      );
      speaker.meet({ isVllm });
      return {
        model,
        contextTokens,
        outputTokens: options.outputTokens ?? (sees ? 1_536 : 4_096),
        ...(charactersPerToken === null ? {} : { charactersPerToken }),
        slots: callSlots,
        judge,
        extraTokens: speaker.extraTokens,
        generate: speaker.generate,
      };
    },
    weaken: speaker.weaken,
    healthy: () => health(client),
    // Whoever runs the server keeps its model.
    release: async () => undefined,
  });
}

/** Asks, and remembers how this server wants to be asked. */
function createSpeaker(client: OpenaiClient, model: string, callMs: number) {
  let manners: Manners = firstManners;
  return {
    meet(known: Pick<Manners, "isVllm">): void {
      manners = { ...manners, ...known };
    },
    extraTokens: (grammar: ModelCall["grammar"]): number =>
      estimateTokens(schemaWords(manners, grammar)),
    /** The next way of asking for JSON, when answers are not even JSON. */
    weaken(): boolean {
      const next = otherManners(manners);
      manners = next ?? manners;
      return next !== null;
    },
    async generate(call: ModelCall, signal: AbortSignal): Promise<ModelReply> {
      for (;;) {
        const asked = manners;
        const chatted = await client.chat(bodyOf(model, call, asked), callMs, signal);
        if (chatted.ok) return chatted.answer;
        // Another call may have found it out meanwhile.
        const next = manners === asked ? mannersAfter(chatted.refusal, asked) : manners;
        if (next === null) throw errorOfReply(chatted.refusal);
        manners = next;
      }
    },
  };
}

async function health(client: OpenaiClient) {
  try {
    await client.models(new AbortController().signal);
    return { ok: true, detail: null };
  } catch (error) {
    // A service without a list answers, and that is what was asked.
    if (error instanceof AppError && error.code === "MODEL_NOT_FOUND") {
      return { ok: true, detail: null };
    }
    return { ok: false, detail: error instanceof Error ? error.message : String(error) };
  }
}
