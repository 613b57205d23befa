import { AppError } from "../../../errors/app-error.ts";
import type { EngineProgress } from "../engine.ts";
import type { Sleep } from "../model-common/busy.ts";
import type { OpenaiClient } from "./client.ts";
import type { ServedModel } from "./protocol.ts";

export interface BootOptions {
  readonly client: OpenaiClient;
  readonly model: string;
  /** What somebody set; null: as much as the server tells. */
  readonly contextTokens: number | null;
  /** Where nobody set it and the server does not tell. */
  readonly contextTokensUsual: number;
  /** How often a server that does not answer yet is asked again, a second apart. */
  readonly serverTries: number;
  readonly sleep: Sleep;
  readonly onProgress: (progress: EngineProgress) => void;
}

export interface Booted {
  readonly contextTokens: number;
  readonly charactersPerToken: number | null;
  /** It tells the length of its model as vLLM does. */
  readonly isVllm: boolean;
}

const serverPauseMs = 1_000;

/**
 * Server, key, model and its context: each is known before the next is asked for. Throws AppError or
 * the signal's reason.
 */
export async function bootModel(options: BootOptions, signal: AbortSignal): Promise<Booted> {
  const { client, model, onProgress } = options;
  const served = servedAs(model, await awaitServer(options, signal));
  await awaitModel(options, signal);
  const told = served?.max_model_len ?? (await client.slotTokens(signal));
  const contextTokens = Math.min(
    options.contextTokens ?? told ?? options.contextTokensUsual,
    told ?? Number.POSITIVE_INFINITY,
  );
  const charactersPerToken = await ratioOf(client, model, signal);
  const known = told === null && options.contextTokens === null ? "taken to be " : "";
  onProgress({ phase: "loading", note: `${model}, context ${known}${contextTokens} tokens` });
  const isVllm = typeof served?.max_model_len === "number";
  return { contextTokens, charactersPerToken, isVllm };
}

/**
 * A server that loads its model answers 503, or not at all, for minutes. One that says so is waited for;
 * one that says nothing may not be there.
 */
async function awaitServer(
  options: BootOptions,
  signal: AbortSignal,
): Promise<readonly ServedModel[]> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await options.client.models(signal);
    } catch (error) {
      const { code } = error instanceof AppError ? error : { code: null };
      // Some services have no list; the canary will tell whether they have the model.
      if (code === "MODEL_NOT_FOUND") return [];
      const triesMax = code === "MODEL_BUSY" ? loadingTries : options.serverTries;
      const mayPass = ["ENGINE_UNREACHABLE", "MODEL_BUSY", "MODEL_TIMEOUT"].includes(code ?? "");
      if (signal.aborted || !mayPass || tried >= triesMax) throw error;
      options.onProgress({ phase: "loading", note: "waiting for the model server" });
      await options.sleep(serverPauseMs, signal);
    }
  }
}

/** As long as a large model may take from a slow disk: with `serverPauseMs` a quarter of an hour. */
const loadingTries = 900;

async function awaitModel({ client, model, onProgress, sleep }: BootOptions, signal: AbortSignal) {
  for (let tried = 1; await isLoading(client, signal); tried += 1) {
    if (tried >= loadingTries)
      throw new AppError("MODEL_LOAD_FAILED", `${model} is still loading.`);
    onProgress({ phase: "loading", note: `the model server is loading ${model}` });
    await sleep(serverPauseMs, signal);
  }
}

/** Most servers have no such word to say, which is no. */
async function isLoading(client: OpenaiClient, signal: AbortSignal): Promise<boolean> {
  try {
    return await client.loading(signal);
  } catch (error) {
    if (signal.aborted) throw error;
    return false;
  }
}

function servedAs(model: string, served: readonly ServedModel[]): ServedModel | null {
  const found = served.find(({ id }) => id === model);
  if (found !== undefined) return found;
  if (served.length === 0) return null;
  const some = served.slice(0, 5).map(({ id }) => id);
  throw new AppError("MODEL_NOT_FOUND", `${model}: the server has ${some.join(", ")}.`);
}

/** Prose, numbers and two languages, as decks have them; nothing of a deck. */
const sample =
  "Our device finds atrial fibrillation two days earlier. Patients in 14 hospitals, 2,350 recordings, " +
  "sensitivity 94.2 % (95 % CI 91-96). Wir suchen 2,5 Mio. EUR für Zulassung und Markteintritt 2027. " +
  "Seed round: 40 % product, 35 % clinical study, 25 % team.";

/** Characters that a token of this model holds, a little fewer to be safe; null when nobody tells. */
async function ratioOf(
  client: OpenaiClient,
  model: string,
  signal: AbortSignal,
): Promise<number | null> {
  const tokens = await client.countTokens(model, sample, signal).catch((error: unknown) => {
    if (signal.aborted) throw error;
    return null;
  });
  if (tokens === null) return null;
  const digits = sample.replace(/\D/g, "").length;
  // Digits are counted a token each, so they are left out on both sides.
  const ratio = (sample.length - digits) / Math.max(1, tokens - digits);
  return Math.min(usualMost, Math.max(1, ratio * 0.9));
}

/** Never thought more generous than four, whatever one sample says. */
const usualMost = 4;
