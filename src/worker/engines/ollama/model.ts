import type { AnswerTimings, JsonSchema } from "../engine.ts";
import { type ModelCall, type ModelReply, seed } from "../model-common/asking.ts";
import { schemaInWords } from "../model-common/schema-words.ts";
import type { Booted } from "./boot.ts";
import type { OllamaClient } from "./client.ts";
import type { GenerateLine } from "./protocol.ts";

export interface BootedModel {
  readonly client: OllamaClient;
  readonly model: string;
  readonly booted: Booted;
  /** One call, waiting for a full server included. */
  readonly callMs: number;
}

/**
 * Ways to ask for JSON, the surest first. Servers before 0.5 know `json` alone, and some models answer
 * past any format.
 */
export const formats = ["schema", "json", "words"] as const;
export type Format = (typeof formats)[number];

/** What follows the prompt where the schema cannot be sent apart from it. */
export const schemaWords = (format: Format, schema: JsonSchema): string =>
  format === "schema" ? "" : schemaInWords(schema);

/** One generation: nothing is truncated, nothing shifts, and the model stays loaded as it is. */
export async function generateWith(
  { client, model, booted, callMs }: BootedModel,
  { prompt, images, grammar, outputTokens }: ModelCall,
  format: Format,
  signal: AbortSignal,
): Promise<ModelReply> {
  const body = {
    model,
    prompt: prompt + schemaWords(format, grammar),
    ...(images.length > 0 ? { images: images.map((image) => image.toString("base64")) } : {}),
    ...(format === "words" ? {} : { format: format === "json" ? "json" : grammar }),
    stream: true,
    ...(booted.thinks ? { think: false as const } : {}),
    truncate: false,
    shift: false,
    keep_alive: -1,
    options: { temperature: 0, seed, num_predict: outputTokens, num_ctx: booted.contextTokens },
  } as const;
  const { text, end } = await client.generate(body, callMs, signal);
  return {
    text,
    isCut: end.done_reason === "length",
    promptTokens: end.prompt_eval_count ?? null,
    outputTokens: end.eval_count ?? null,
    timings: timingsOf(end),
  };
}

const timingsOf = (end: GenerateLine): AnswerTimings => ({
  totalMs: milliseconds(end.total_duration),
  loadMs: milliseconds(end.load_duration),
  promptMs: milliseconds(end.prompt_eval_duration),
  outputMs: milliseconds(end.eval_duration),
});

const milliseconds = (nanoseconds: number | undefined): number => (nanoseconds ?? 0) / 1e6;
