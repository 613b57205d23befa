import type { ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { canaryNumber } from "../../src/worker/engines/canary-picture.ts";
import { answerFor } from "./ollama-answers.ts";
import {
  capabilitiesOf,
  type DoubleModel,
  type Faults,
  installed,
  type State,
  sendJson,
} from "./ollama-state.ts";

/** A question by generate or chat, from loading the model to the last line. */
export async function question(
  state: State,
  chat: boolean,
  body: Body,
  response: ServerResponse,
): Promise<void> {
  const asked: Asked = { ...contentOf(chat, body), chat, body };
  state.calls.keepAlive = body.keep_alive;
  let open = true;
  response.once("close", () => {
    open = false;
    if (!response.writableFinished) state.calls.hungUp += 1;
  });
  const refused = await unavailable(state, body, () => open);
  if (refused !== null) sendJson(response, refused.status, { error: refused.error });
  else if (asked.prompt === "") sendJson(response, 200, { ...ended("load"), response: "" });
  else await counted(state, asked, response);
}

/** Counts who is being answered, and waits while a test holds the answers. */
async function counted(state: State, asked: Asked, response: ServerResponse): Promise<void> {
  const { calls } = state;
  calls.questions += 1;
  calls.bodies.push(asked.body);
  calls.running += 1;
  calls.peak = Math.max(calls.peak, calls.running);
  try {
    await state.options.hold?.(asked.prompt);
    const refused = refusal(state, asked);
    if (refused !== null) sendJson(response, refused.status, { error: refused.error });
    else answer(state, asked, response);
  } finally {
    calls.running -= 1;
  }
}

type Body = Record<string, unknown>;

interface Content {
  readonly prompt: string;
  readonly images: readonly string[];
}

interface Asked extends Content {
  readonly chat: boolean;
  readonly body: Body;
}

interface Refusal {
  readonly status: number;
  readonly error: string;
}

function contentOf(chat: boolean, body: Body): Content {
  const messages = (chat ? (body.messages ?? []) : [body]) as Body[];
  const texts = messages.map((message) => String(message[chat ? "content" : "prompt"] ?? ""));
  return {
    prompt: texts.join("\n"),
    images: messages.flatMap((message) => (message.images ?? []) as string[]),
  };
}

const modelOf = (state: State, body: Body): DoubleModel | undefined =>
  installed(state).find((model) => model.name === body.model);

async function unavailable(
  state: State,
  body: Body,
  isOpen: () => boolean,
): Promise<Refusal | null> {
  const model = modelOf(state, body);
  if (model === undefined) return { status: 404, error: `model '${body.model}' not found` };
  if (await load(state, model, body, isOpen)) return null;
  return { status: 500, error: "llama runner process has terminated: out of memory" };
}

/** Another num_ctx is another load, as with the real server. */
async function load(
  state: State,
  model: DoubleModel,
  body: Body,
  isOpen: () => boolean,
): Promise<boolean> {
  const wanted = optionOf(body, "num_ctx") ?? 4096;
  if (state.loaded.get(model.name) === wanted) return true;
  state.calls.loads += 1;
  if (state.faults.loadFails) return false;
  if (state.faults.slowLoadMs) await pause(state.faults.slowLoadMs);
  if (isOpen()) state.loaded.set(model.name, wanted);
  return true;
}

function optionOf(body: Body, name: string): number | undefined {
  const options = body.options as Record<string, unknown> | undefined;
  const value = options?.[name];
  return typeof value === "number" ? value : undefined;
}

/** Why a question is turned away before any answer, or null. */
function refusal(state: State, asked: Asked): Refusal | null {
  const { faults, options } = state;
  const model = modelOf(state, asked.body);
  const sees = model !== undefined && capabilitiesOf(state, model).includes("vision");
  if (faults.busy) {
    faults.busy -= 1;
    return { status: 503, error: "server busy, maximum pending requests exceeded" };
  }
  if (options.format === "json_only" && typeof asked.body.format === "object") {
    return { status: 400, error: 'invalid format: expected "json"' };
  }
  if (faults.crash500) return { status: 500, error: "llama runner process has terminated: signal" };
  if (asked.images.length > 0 && !sees) return { status: 400, error: "no support for images" };
  if (!asked.images.every(isPicture)) return { status: 400, error: "illegal base64 data" };
  const characters = asked.prompt.length / (options.charactersPerToken ?? 4);
  const tokens = Math.ceil(characters + 768 * asked.images.length);
  const room = optionOf(asked.body, "num_ctx") ?? 4096;
  if (faults.contextOverflow || (asked.body.truncate === false && tokens > room)) {
    return { status: 400, error: `the prompt is too long: ${tokens} tokens, ${room} fit` };
  }
  return null;
}

/** Raw base64 of a JPEG or PNG; a `data:` prefix is no base64. */
const isPicture = (image: string): boolean =>
  /^[A-Za-z0-9+/]+=*$/.test(image) &&
  /^(ffd8|8950)/.test(Buffer.from(image, "base64").toString("hex", 0, 2));

function answer(state: State, asked: Asked, response: ServerResponse): void {
  const { faults } = state;
  const full = textFor(state, asked);
  const text = faults.truncated ? full.slice(0, full.length / 2) : full;
  const end = ended(faults.truncated ? "length" : "stop", asked.prompt.length, text.length);
  const piece = (part: string) =>
    asked.chat ? { message: { role: "assistant", content: part } } : { response: part };
  if (asked.body.stream === false) sendJson(response, 200, { ...piece(text), ...end });
  else stream(faults, text.match(/[\s\S]{1,40}/g) ?? [""], piece, end, response);
}

/** The lines of an answer; a fault shows the first piece and then goes wrong. */
function stream(
  faults: Faults,
  pieces: readonly string[],
  piece: (part: string) => object,
  end: object,
  response: ServerResponse,
): void {
  const line = (value: unknown) => response.write(`${JSON.stringify(value)}\n`);
  response.writeHead(200, { "content-type": "application/x-ndjson" });
  line({ ...piece(pieces[0] ?? ""), done: false });
  if (faults.stall) return;
  if (faults.resetMidway) setImmediate(() => response.destroy());
  else if (faults.eofWithoutDone) response.end();
  else if (faults.errorLineAfter200)
    response.end(`${JSON.stringify({ error: "unexpected EOF" })}\n`);
  else {
    for (const part of pieces.slice(1)) line({ ...piece(part), done: false });
    response.end(`${JSON.stringify({ ...piece(""), ...end })}\n`);
  }
}

function textFor(state: State, asked: Asked): string {
  if (state.faults.invalidJson) return '{"title": "an answer that never clo';
  const schema = schemaOf(state, asked);
  if (schema === null) return `You wrote ${asked.prompt.length} characters.`;
  const number = asked.images.length > 0 && !state.faults.blind ? canaryNumber : null;
  return JSON.stringify(answerFor(schema, asked.prompt, { number }));
}

/** As the prompt shows it, or from the format. */
function schemaOf({ options }: State, { prompt, body }: Asked): unknown {
  const shown = /of this JSON Schema, and nothing else:\n(.*)$/.exec(prompt)?.[1];
  if (shown !== undefined) return JSON.parse(shown) as unknown;
  return options.format !== "ignored" && typeof body.format === "object" ? body.format : null;
}

/** Durations in nanoseconds, as the real server gives them. */
const ended = (reason: string, promptCharacters = 0, characters = 0) => ({
  done: true,
  done_reason: reason,
  total_duration: 30_000_000,
  load_duration: 1_000_000,
  prompt_eval_count: Math.ceil(promptCharacters / 4),
  prompt_eval_duration: 9_000_000,
  eval_count: Math.ceil(characters / 4),
  eval_duration: 20_000_000,
});
