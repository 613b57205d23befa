import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { canaryNumber } from "../../src/worker/engines/canary-picture.ts";
import { answerFor } from "./ollama-answers.ts";
import { sendJson } from "./ollama-state.ts";

/** Things that go wrong at a real server. */
export interface OpenaiFaults {
  errorEventAfter200?: boolean;
  eofWithoutEnd?: boolean;
  resetMidway?: boolean;
  /** The stream begins, then falls silent and stays open. */
  stall?: boolean;
  /** So many questions are turned away with 429. */
  busy?: number;
  /** Seconds in `Retry-After` of those. */
  retryAfter?: number;
  contextOverflow?: boolean;
  /** 502 on every question. */
  crash?: boolean;
  invalidJson?: boolean;
  /** `finish_reason: length` and half the answer. */
  truncated?: boolean;
  missingModel?: boolean;
  noVision?: boolean;
  /** Pictures are taken and not shown to the model. */
  blind?: boolean;
  /** The object stands in a sentence and a code fence. */
  chatty?: boolean;
  /** Every number of the answer is made this one. */
  number?: number;
  /** The server withholds the answer, or the model says no. */
  withheld?: "content_filter" | "refusal";
  /** Where a model that thinks aloud puts its thoughts; `all`: the answer as well. */
  thinks?: "tags" | "open" | "field" | "all";
}

/** The servers whose ways are played. */
export type Kind = "vllm" | "llama.cpp" | "service";

export interface OpenaiDoubleOptions {
  readonly kind?: Kind;
  readonly models?: readonly string[];
  readonly contextTokens?: number;
  readonly apiKey?: string;
  /** Words of a request's format that are refused with 400. */
  readonly refuses?: readonly (
    | "strict"
    | "json_schema"
    | "json_object"
    | "max_tokens"
    | "stream_options"
    | "chat_template_kwargs"
    | "temperature"
  )[];
  /** Passes over `response_format` and writes prose, unless the prompt shows the schema. */
  readonly ignoresFormat?: boolean;
  /** As vLLM once: `guided_json` is heeded, whatever else is passed over. */
  readonly knowsGuided?: boolean;
  /** Answers in one piece, though a stream was asked for. */
  readonly whole?: boolean;
  /** So many looks find it loading: its models are listed already. */
  readonly loading?: number;
  /** Tokens it counts for a picture. Default 700. */
  readonly pictureTokens?: (jpeg: Buffer) => number;
  readonly faults?: OpenaiFaults;
  readonly charactersPerToken?: number;
  readonly hold?: (prompt: string) => Promise<void>;
}

export interface OpenaiDouble {
  readonly url: string;
  readonly calls: {
    models: number;
    health: number;
    questions: number;
    refused: number;
    running: number;
    peak: number;
    hungUp: number;
    bodies: Record<string, unknown>[];
  };
  readonly faults: OpenaiFaults;
  stop(): Promise<void>;
}

interface State {
  readonly options: OpenaiDoubleOptions;
  readonly faults: OpenaiFaults;
  readonly calls: OpenaiDouble["calls"];
}

/** A server on the loopback that speaks the OpenAI API as several kinds do; it answers by rule. */
export async function startOpenaiDouble(options: OpenaiDoubleOptions = {}): Promise<OpenaiDouble> {
  const counters = {
    models: 0,
    health: 0,
    questions: 0,
    refused: 0,
    running: 0,
    peak: 0,
    hungUp: 0,
  };
  const state: State = {
    options,
    faults: { ...options.faults },
    calls: { ...counters, bodies: [] },
  };
  const server = createServer((request, response) => {
    void serve(state, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls: state.calls,
    faults: state.faults,
    stop: () => close(server),
  };
}

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

const modelsOf = ({ models }: OpenaiDoubleOptions): readonly string[] => models ?? ["test-model"];

async function serve(state: State, request: IncomingMessage, response: ServerResponse) {
  const { options, calls } = state;
  const { apiKey, kind = "vllm", contextTokens = 8_192 } = options;
  if (apiKey !== undefined && request.headers.authorization !== `Bearer ${apiKey}`) {
    return fail(response, 401, "Incorrect API key provided");
  }
  const body = request.method === "POST" ? await bodyOf(request) : {};
  switch (`${request.method} ${request.url}`) {
    case "GET /v1/models": {
      calls.models += 1;
      const length = kind === "vllm" ? { max_model_len: contextTokens } : {};
      const data = state.faults.missingModel ? ["another-model"] : modelsOf(options);
      return sendJson(response, 200, {
        object: "list",
        data: data.map((id) => ({ id, ...length })),
      });
    }
    case "GET /health":
      calls.health += 1;
      return calls.health <= (options.loading ?? 0)
        ? fail(response, 503, "Loading model")
        : sendJson(response, 200, { status: "ok" });
    case "GET /props":
      if (kind !== "llama.cpp") return fail(response, 404, "Not Found");
      return sendJson(response, 200, { default_generation_settings: { n_ctx: contextTokens } });
    case "POST /tokenize": {
      const count = Math.ceil(String(body.content).length / (options.charactersPerToken ?? 4));
      if (kind === "service") return fail(response, 404, "Not Found");
      return sendJson(
        response,
        200,
        kind === "vllm" ? { count } : { tokens: Array(count).fill(1) },
      );
    }
    case "POST /v1/chat/completions":
      return await question(state, body, response);
    default:
      return fail(response, 404, "Not Found");
  }
}

const fail = (response: ServerResponse, status: number, message: string): void =>
  sendJson(response, status, { error: { message, type: "invalid_request_error", code: status } });

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = "";
  request.setEncoding("utf8");
  for await (const chunk of request) text += chunk;
  return JSON.parse(text) as Record<string, unknown>;
}

async function question(state: State, body: Record<string, unknown>, response: ServerResponse) {
  const { calls, options, faults } = state;
  response.once("close", () => {
    if (!response.writableFinished) calls.hungUp += 1;
  });
  const refusal = refusedOf(options, body);
  if (refusal !== null) {
    calls.refused += 1;
    return fail(response, 400, refusal);
  }
  calls.questions += 1;
  calls.bodies.push(body);
  calls.running += 1;
  calls.peak = Math.max(calls.peak, calls.running);
  try {
    const asked = contentOf(body);
    await options.hold?.(asked.prompt);
    if (faults.busy) {
      faults.busy -= 1;
      if (faults.retryAfter !== undefined) response.setHeader("retry-after", faults.retryAfter);
      return fail(response, 429, "Too many requests");
    }
    if (faults.crash) return fail(response, 502, "bad gateway");
    const overflow = overflowOf(state, asked, body);
    if (overflow !== null) return fail(response, 400, overflow);
    if (asked.images.length > 0 && faults.noVision) {
      return fail(response, 500, "image input is not supported - hint: you may need the mmproj");
    }
    answer(state, asked, body, response);
  } finally {
    calls.running -= 1;
  }
}

/** What a server of this sort says of a request it does not know, in the words of real ones. */
function refusedOf({ refuses = [] }: OpenaiDoubleOptions, body: Record<string, unknown>) {
  const format = (body.response_format ?? {}) as {
    type?: string;
    json_schema?: { strict?: boolean };
  };
  if (refuses.includes("max_tokens") && "max_tokens" in body) {
    return "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.";
  }
  if (refuses.includes("stream_options") && "stream_options" in body) {
    return "Unknown argument stream_options";
  }
  if (refuses.includes("chat_template_kwargs") && "chat_template_kwargs" in body) {
    return "Unrecognized request argument supplied: chat_template_kwargs";
  }
  if (refuses.includes("temperature") && "temperature" in body) {
    return "Unsupported value: 'temperature' does not support 0 with this model.";
  }
  if (refuses.includes("strict") && format.json_schema?.strict === true) {
    return "Invalid schema for response_format 'answer': 'maxLength' is not permitted.";
  }
  if (format.type !== undefined && refuses.some((one) => one === format.type)) {
    return `response_format.type ${format.type} is not supported`;
  }
  return null;
}

interface Asked {
  readonly prompt: string;
  readonly images: readonly string[];
}

function contentOf(body: Record<string, unknown>): Asked {
  const [message] = body.messages as { content: unknown }[];
  const content = message?.content;
  if (typeof content === "string") return { prompt: content, images: [] };
  const parts = content as { type: string; text?: string; image_url?: { url: string } }[];
  return {
    prompt: parts.map((part) => part.text ?? "").join(""),
    images: parts.flatMap((part) => (part.image_url === undefined ? [] : [part.image_url.url])),
  };
}

function overflowOf({ options, faults }: State, asked: Asked, body: Record<string, unknown>) {
  const { contextTokens = 8_192, charactersPerToken = 4, kind = "vllm" } = options;
  const tokens = Math.ceil(asked.prompt.length / charactersPerToken) + sightOf(options, asked);
  const output = Number(body.max_tokens ?? body.max_completion_tokens ?? 0);
  if (!faults.contextOverflow && tokens + output <= contextTokens) return null;
  return kind === "llama.cpp"
    ? "the request exceeds the available context size, try increasing it"
    : `This model's maximum context length is ${contextTokens} tokens. However, you requested ${tokens + output} tokens (${tokens} in the messages, ${output} in the completion).`;
}

const sightOf = ({ pictureTokens = () => 700 }: OpenaiDoubleOptions, { images }: Asked): number =>
  images
    .map((url) => pictureTokens(Buffer.from(url.slice(url.indexOf(",") + 1), "base64")))
    .reduce((sum, tokens) => sum + tokens, 0);

function answer(
  state: State,
  asked: Asked,
  body: Record<string, unknown>,
  response: ServerResponse,
) {
  const { faults } = state;
  const full = textFor(state, asked, body);
  const text = faults.truncated ? full.slice(0, full.length / 2) : full;
  if (state.options.whole) return sendJson(response, 200, wholeOf(state, asked, text));
  const pieces = text.match(/[\s\S]{1,40}/g) ?? [""];
  const event = (value: unknown) => response.write(`data: ${JSON.stringify(value)}\r\n\r\n`);
  const tell = (delta: object, finish_reason: string | null = null) =>
    event({ choices: [{ index: 0, delta, finish_reason }] });
  const delta = (content: string, finish_reason: string | null = null) =>
    tell({ [faults.thinks === "all" ? "reasoning_content" : "content"]: content }, finish_reason);
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(": ping\n\n");
  if (faults.thinks === "field") tell({ reasoning_content: 'Let me see: {"title": "no"}' });
  if (faults.withheld !== undefined) {
    tell(faults.withheld === "refusal" ? { refusal: "I cannot." } : {}, endOf(faults));
    return response.end("data: [DONE]\n\n");
  }
  delta(pieces[0] ?? "");
  if (faults.stall) return;
  if (faults.resetMidway) setImmediate(() => response.destroy());
  else if (faults.eofWithoutEnd) response.end();
  else if (faults.errorEventAfter200) {
    event({ error: { message: "engine died", code: 500 } });
    response.end();
  } else {
    for (const part of pieces.slice(1)) delta(part);
    delta("", endOf(faults));
    if ("stream_options" in body) event({ choices: [], ...usageOf(state, asked, text) });
    response.end("data: [DONE]\n\n");
  }
}

const endOf = ({ truncated, withheld }: OpenaiFaults): string =>
  truncated ? "length" : withheld === "content_filter" ? withheld : "stop";

const wholeOf = (state: State, asked: Asked, content: string) => ({
  choices: [
    { index: 0, message: { role: "assistant", content }, finish_reason: endOf(state.faults) },
  ],
  ...usageOf(state, asked, content),
});

const usageOf = ({ options }: State, asked: Asked, text: string) => ({
  usage: {
    prompt_tokens: Math.ceil(asked.prompt.length / (options.charactersPerToken ?? 4)),
    completion_tokens: Math.ceil(text.length / 4),
  },
  ...(options.kind === "llama.cpp" ? { timings: { prompt_ms: 9, predicted_ms: 20 } } : {}),
});

function textFor({ faults, options }: State, asked: Asked, body: Record<string, unknown>): string {
  if (faults.invalidJson) return '{"title": "an answer that never clo';
  const schema = schemaOf(options, asked.prompt, body);
  if (schema === null) return "Certainly! Here is what I think of it.";
  const number = asked.images.length > 0 && !faults.blind ? canaryNumber : null;
  const value = answerFor(schema, asked.prompt, { number });
  const text = JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "number" && faults.number !== undefined ? faults.number : inner,
  );
  if (faults.thinks === "tags") return `<think>\nA {"title": "draft"}?\n</think>\n\n${text}`;
  if (faults.thinks === "open") return `Perhaps {"title": "draft"}.\n</think>\n\n${text}`;
  return faults.chatty ? `Sure, here it is:\n\`\`\`json\n${text}\n\`\`\`\nAnything else?` : text;
}

/** From the request's format, or as the prompt shows it. */
function schemaOf(options: OpenaiDoubleOptions, prompt: string, body: Record<string, unknown>) {
  const shown = /of this JSON Schema, and nothing else:\n(.*)$/.exec(prompt)?.[1];
  if (shown !== undefined) return JSON.parse(shown) as unknown;
  if (options.knowsGuided && body.guided_json !== undefined) return body.guided_json;
  if (options.ignoresFormat) return null;
  const format = body.response_format as { json_schema?: { schema: unknown } } | undefined;
  return format?.json_schema?.schema ?? null;
}
