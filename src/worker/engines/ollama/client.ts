import { AppError } from "../../../errors/app-error.ts";
import { type Patience, whileBusy } from "../model-common/busy.ts";
import { type Call, exchange } from "../model-common/transport.ts";
import { errorOfLine, errorOfStatus } from "./faults.ts";
import { fullName } from "./host.ts";
import {
  type GenerateBody,
  type GenerateLine,
  generateLine,
  type PullLine,
  psAnswer,
  pullLine,
  type RunningModel,
  type ShowAnswer,
  showAnswer,
  tagsAnswer,
  versionAnswer,
} from "./protocol.ts";

export interface Deadlines {
  /** Questions about the server: version, tags, ps, show. */
  readonly quickMs: number;
  /** One generation, waiting for a busy server included. */
  readonly callMs: number;
  /** Silence within a generation that has begun. */
  readonly idleMs: number;
  readonly loadMs: number;
  readonly pullMs: number;
  /** Silence within a pull; checking the digest of a large model is silent for minutes. */
  readonly pullIdleMs: number;
}

export const defaultDeadlines: Deadlines = {
  quickMs: 5_000,
  callMs: 300_000,
  idleMs: 60_000,
  loadMs: 900_000,
  pullMs: 3_600_000,
  pullIdleMs: 600_000,
};

export interface ClientOptions extends Patience {
  readonly url: URL;
  readonly deadlines: Deadlines;
}

export interface Generated {
  readonly text: string;
  /** The closing line: reason, counts and durations. */
  readonly end: GenerateLine;
}

/** The calls of the native API that an engine needs. All throw AppError or the signal's reason. */
export interface OllamaClient {
  version(signal: AbortSignal): Promise<string>;
  /** Of all models that are installed. */
  names(signal: AbortSignal): Promise<readonly string[]>;
  installed(model: string, signal: AbortSignal): Promise<boolean>;
  show(model: string, signal: AbortSignal): Promise<ShowAnswer>;
  /** The model as it sits in memory, or null. */
  running(model: string, signal: AbortSignal): Promise<RunningModel | null>;
  pull(model: string, onLine: (line: PullLine) => void, signal: AbortSignal): Promise<void>;
  /** A body without a prompt loads the model. */
  generate(body: GenerateBody, deadlineMs: number, signal: AbortSignal): Promise<Generated>;
}

export function createClient(options: ClientOptions): OllamaClient {
  const { url, deadlines } = options;
  const ask = async (path: string, signal: AbortSignal, body?: unknown): Promise<unknown> => {
    const call = { path, signal, deadlineMs: deadlines.quickMs };
    const reply = await exchange(url, body === undefined ? call : { ...call, body });
    if (reply.status !== 200) throw errorOfStatus(reply.status, reply.text);
    return parseLine(reply.text);
  };
  return {
    async version(signal) {
      return shape(versionAnswer, await ask("api/version", signal)).version;
    },
    async names(signal) {
      const { models } = shape(tagsAnswer, await ask("api/tags", signal));
      return models.map(({ name }) => name);
    },
    async installed(model, signal) {
      const { models } = shape(tagsAnswer, await ask("api/tags", signal));
      return models.some((entry) => isModel(entry, model));
    },
    async show(model, signal) {
      return shape(showAnswer, await ask("api/show", signal, { model }));
    },
    async running(model, signal) {
      const { models } = shape(psAnswer, await ask("api/ps", signal));
      return models.find((entry) => isModel(entry, model)) ?? null;
    },
    pull: (model, onLine, signal) => pull(options, model, onLine, signal),
    generate: (body, deadlineMs, signal) =>
      whileBusy(options, deadlineMs, signal, (leftMs) =>
        generateOnce(options, body, leftMs, signal),
      ),
  };
}

const isModel = (entry: { name: string; model?: string | undefined }, model: string): boolean =>
  [entry.name, entry.model].some(
    (name) => name !== undefined && fullName(name) === fullName(model),
  );

async function pull(
  options: ClientOptions,
  model: string,
  onLine: (line: PullLine) => void,
  signal: AbortSignal,
): Promise<void> {
  let last: PullLine = {};
  const reply = await exchange(options.url, {
    path: "api/pull",
    body: { model, stream: true },
    signal,
    deadlineMs: options.deadlines.pullMs,
    idleMs: options.deadlines.pullIdleMs,
    onLine(text) {
      last = shape(pullLine, parseLine(text));
      if (last.error !== undefined) throw pullError(model, last.error);
      onLine(last);
    },
  });
  if (reply.status !== 200) throw errorOfStatus(reply.status, reply.text);
  if (last.status !== "success") throw pullError(model, "the download broke off");
}

/** A name that no registry knows stays unknown; anything else about a download may pass. */
const pullError = (model: string, said: string): AppError =>
  /manifest.*(not exist|not found|unknown)|not found/i.test(said)
    ? new AppError("MODEL_NOT_FOUND", `${model}: ${said}`)
    : new AppError("MODEL_LOAD_FAILED", `${model} could not be pulled: ${said}`);

async function generateOnce(
  options: ClientOptions,
  body: GenerateBody,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<Generated> {
  const pieces: string[] = [];
  let end: GenerateLine | undefined;
  const call: Call = {
    path: "api/generate",
    body,
    signal,
    deadlineMs,
    idleMs: options.deadlines.idleMs,
    onLine(text) {
      const line = shape(generateLine, parseLine(text));
      if (line.error !== undefined) throw errorOfLine(line.error);
      if (line.response !== undefined) pieces.push(line.response);
      if (line.done === true) end = line;
    },
  };
  const reply = await exchange(options.url, call);
  if (reply.status !== 200) throw errorOfStatus(reply.status, reply.text);
  if (end === undefined) throw new AppError("MODEL_STREAM_BROKEN", "It ended without a last line.");
  return { text: pieces.join(""), end };
}

function parseLine(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the line, which may hold the deck's words.
    throw new AppError("MODEL_STREAM_BROKEN", "A line of the answer is not JSON.");
  }
}

/** Something that answers but does not speak the protocol is not a model server. */
function shape<T>(
  schema: { safeParse(value: unknown): { success: true; data: T } | { success: false } },
  value: unknown,
): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new AppError("ENGINE_UNREACHABLE", "What answers there is not Ollama.");
}
