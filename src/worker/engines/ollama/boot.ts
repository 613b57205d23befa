import { AppError } from "../../../errors/app-error.ts";
import type { EngineProgress } from "../engine.ts";
import type { Sleep } from "../model-common/busy.ts";
import type { OllamaClient } from "./client.ts";
import { contextLengthOf, type PullLine, type RunningModel } from "./protocol.ts";

export interface BootOptions {
  readonly client: OllamaClient;
  readonly model: string;
  /** The model must be able to see pictures. */
  readonly sees: boolean;
  /** Download the model when the server does not have it. */
  readonly pull: boolean;
  /** Refuse a model that does not lie wholly in GPU memory. */
  readonly requireGpu: boolean;
  readonly contextTokens: number;
  readonly loadMs: number;
  /** How often a server that does not answer yet is asked again, a second apart. */
  readonly serverTries: number;
  readonly sleep: Sleep;
  readonly onProgress: (progress: EngineProgress) => void;
}

/** What became known about the model while it was made ready. */
export interface Booted {
  /** `num_ctx` of every call from here on: another value would make the server load the model again. */
  readonly contextTokens: number;
  /** What the server really gave, which may be less. */
  readonly usableTokens: number;
  /** It can think aloud, which a schema has no place for. */
  readonly thinks: boolean;
  /** Of the model that lies in memory; null: the server does not say. */
  readonly digest: string | null;
}

const serverPauseMs = 1_000;

/**
 * Server, model, abilities, memory: each is proved before the next is tried, so a failure names its
 * own cause. Throws AppError or the signal's reason.
 */
export async function bootModel(options: BootOptions, signal: AbortSignal): Promise<Booted> {
  const { client, model, onProgress } = options;
  await awaitServer(options, signal);
  if (!(await client.installed(model, signal))) await pullModel(options, signal);
  onProgress({ phase: "loading", note: `loading ${model}` });
  const show = await client.show(model, signal);
  if (options.sees && show.capabilities !== undefined && !show.capabilities.includes("vision")) {
    throw new AppError("MODEL_NOT_VISION", `${model} can: ${show.capabilities.join(", ")}.`);
  }
  const contextTokens = Math.min(
    options.contextTokens,
    contextLengthOf(show) ?? options.contextTokens,
  );
  await loadModel(options, contextTokens, signal);
  const seen = await client.running(model, signal);
  onProgress({ phase: "loading", note: memoryNote(options, seen) });
  return {
    contextTokens,
    usableTokens: Math.min(contextTokens, seen?.context_length || contextTokens),
    thinks: show.capabilities?.includes("thinking") ?? false,
    digest: seen?.digest ?? null,
  };
}

/** In an image the model server starts beside us and may need a moment to listen. */
async function awaitServer(options: BootOptions, signal: AbortSignal): Promise<void> {
  for (let tried = 1; ; tried += 1) {
    try {
      await options.client.version(signal);
      return;
    } catch (error) {
      if (signal.aborted || tried >= options.serverTries) throw error;
      options.onProgress({ phase: "loading", note: "waiting for the model server" });
      await options.sleep(serverPauseMs, signal);
    }
  }
}

async function pullModel(options: BootOptions, signal: AbortSignal): Promise<void> {
  const { client, model, onProgress } = options;
  if (!options.pull) throw new AppError("MODEL_NOT_FOUND", `${model} is not installed there.`);
  onProgress({ phase: "pulling_model", note: `pulling ${model}` });
  const layers = new Map<string, PullLine>();
  let last = "";
  await client.pull(
    model,
    (line) => {
      if (line.digest !== undefined) layers.set(line.digest, line);
      const bytes = bytesOf(layers);
      const note = pullNote(model, line, bytes);
      const said = `${note} ${bytes.done}`;
      if (said !== last) onProgress({ phase: "pulling_model", note, bytes });
      last = said;
    },
    signal,
  );
}

/** A model comes in several layers, told apart by digest; a person wants their sum. */
function bytesOf(layers: ReadonlyMap<string, PullLine>): { done: number; total: number } {
  const sum = (key: "total" | "completed"): number =>
    [...layers.values()].reduce((bytes, layer) => bytes + (layer[key] ?? 0), 0);
  return { done: sum("completed"), total: sum("total") };
}

function pullNote(model: string, line: PullLine, bytes: { done: number; total: number }): string {
  if (line.digest === undefined) return `pulling ${model}: ${line.status ?? ""}`.slice(0, 300);
  return `pulling ${model}, ${gigabytes(bytes.done)} of ${gigabytes(bytes.total)} GB`;
}

const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(1);

/** Loads for ever; the server answers once the model lies in memory. */
async function loadModel(
  options: BootOptions,
  contextTokens: number,
  signal: AbortSignal,
): Promise<void> {
  const body = {
    model: options.model,
    stream: true,
    keep_alive: -1,
    options: { num_ctx: contextTokens },
  } as const;
  try {
    await options.client.generate(body, options.loadMs, signal);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "MODEL_STREAM_BROKEN") throw error;
    throw new AppError("MODEL_LOAD_FAILED", error.detail, { cause: error });
  }
}

/** Where the model lies. Throws MODEL_LOAD_FAILED when it is gone, or not where it must be. */
function memoryNote(options: BootOptions, seen: RunningModel | null): string {
  const { model } = options;
  if (seen === null) throw new AppError("MODEL_LOAD_FAILED", `${model} did not stay in memory.`);
  const share = seen.size > 0 ? seen.size_vram / seen.size : 0;
  const where = `${gigabytes(seen.size_vram)} of ${gigabytes(seen.size)} GB in GPU memory`;
  if (share >= 1) return `${model} loaded, ${where}`;
  if (options.requireGpu) throw new AppError("MODEL_LOAD_FAILED", `${model}: only ${where}.`);
  return share === 0 ? `${model} loaded, on the CPU: slow` : `${model} loaded, ${where}: slower`;
}
