import { AppError } from "../../../errors/app-error.ts";
import { type Patience, whileBusy } from "../model-common/busy.ts";
import { exchange, type Reply } from "../model-common/transport.ts";
import { errorOfReply } from "./faults.ts";
import {
  type ChatBody,
  modelsAnswer,
  propsAnswer,
  type ServedModel,
  tokenizeAnswer,
} from "./protocol.ts";
import { createStream, type Streamed } from "./stream.ts";

export interface Deadlines {
  /** Questions about the server. */
  readonly quickMs: number;
  /** One generation, waiting for a busy server included. */
  readonly callMs: number;
  /** Silence within a generation that has begun. */
  readonly idleMs: number;
}

export const defaultDeadlines: Deadlines = { quickMs: 5_000, callMs: 300_000, idleMs: 60_000 };

export interface ClientOptions extends Patience {
  readonly url: URL;
  readonly apiKey: string | null;
  readonly deadlines: Deadlines;
}

/** An answer, or the refusal of a request as it was asked. */
export type Chatted =
  | { readonly ok: true; readonly answer: Streamed }
  | { readonly ok: false; readonly refusal: Reply };

/** The calls an engine needs. All throw AppError or the signal's reason. */
export interface OpenaiClient {
  models(signal: AbortSignal): Promise<readonly ServedModel[]>;
  /** Whether it says that its model is still being loaded: llama.cpp lists models before that has ended. */
  loading(signal: AbortSignal): Promise<boolean>;
  /** Tokens of a llama.cpp slot; null where the server is another. */
  slotTokens(signal: AbortSignal): Promise<number | null>;
  /** Tokens of a text as the server counts; null where it does not tell. */
  countTokens(model: string, text: string, signal: AbortSignal): Promise<number | null>;
  /** A refusal with 400, 422, 500 or 501 is a value: another way of asking may do. */
  chat(body: ChatBody, deadlineMs: number, signal: AbortSignal): Promise<Chatted>;
}

export function createClient(options: ClientOptions): OpenaiClient {
  const { url, deadlines } = options;
  const headers = headersOf(options.apiKey);
  const quick = (path: string, signal: AbortSignal, body?: unknown): Promise<Reply> =>
    exchange(url, {
      ...{ path, signal, headers, deadlineMs: deadlines.quickMs },
      ...(body === undefined ? {} : { body }),
    });
  /** What only some servers have: anything but a fitting answer means that this one has not. */
  const perhaps = async <T>(
    schema: { safeParse(value: unknown): { success: boolean; data?: T } },
    reply: Promise<Reply>,
  ): Promise<T | null> => {
    const { status, text } = await reply;
    return status === 200 ? (schema.safeParse(jsonOf(text)).data ?? null) : null;
  };
  return {
    async models(signal) {
      const reply = await quick("models", signal);
      if (reply.status !== 200) throw errorOfReply(reply);
      const parsed = modelsAnswer.safeParse(jsonOf(reply.text));
      if (parsed.success) return parsed.data.data;
      throw new AppError("ENGINE_UNREACHABLE", "What answers there is no OpenAI-compatible API.");
    },
    async loading(signal) {
      const { status, text } = await quick("../health", signal);
      return status === 503 && /loading/i.test(text);
    },
    async slotTokens(signal) {
      const props = await perhaps(propsAnswer, quick("../props", signal));
      return props?.default_generation_settings.n_ctx ?? null;
    },
    async countTokens(model, text, signal) {
      const body = { model, prompt: text, content: text };
      const counted = await perhaps(tokenizeAnswer, quick("../tokenize", signal, body));
      if (counted === null) return null;
      return "count" in counted ? counted.count : counted.tokens.length;
    },
    chat: (body, deadlineMs, signal) =>
      whileBusy(options, deadlineMs, signal, (leftMs) => chatOnce(options, body, leftMs, signal)),
  };
}

const headersOf = (apiKey: string | null): Record<string, string> =>
  apiKey === null ? {} : { authorization: `Bearer ${apiKey}` };

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const refusals = [400, 422, 500, 501];

async function chatOnce(
  { url, apiKey, deadlines, clock }: ClientOptions,
  body: ChatBody,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<Chatted> {
  const stream = createStream(clock);
  const reply = await exchange(url, {
    ...{ path: "chat/completions", body, signal, deadlineMs },
    headers: { ...headersOf(apiKey), accept: "text/event-stream" },
    idleMs: deadlines.idleMs,
    onLine: stream.take,
  });
  if (reply.status === 200) return { ok: true, answer: stream.end() };
  if (refusals.includes(reply.status)) return { ok: false, refusal: reply };
  throw errorOfReply(reply);
}
