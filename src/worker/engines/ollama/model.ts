import { AppError } from "../../../errors/app-error.ts";
import type { Answer, AnswerTimings, JsonSchema, ThinkRequest } from "../engine.ts";
import type { Booted } from "./boot.ts";
import type { CallSlots } from "./call-slots.ts";
import type { Generated, OllamaClient } from "./client.ts";
import { assertFits, halvesOf, partsOf, type Room } from "./context.ts";
import { grammarSchema } from "./grammar.ts";
import { mergeAnswers } from "./merge.ts";
import type { GenerateLine } from "./protocol.ts";

/** A model in memory, ready to be asked. */
export interface LoadedModel {
  readonly client: OllamaClient;
  readonly model: string;
  readonly booted: Booted;
  /** Tokens of an answer, at most. */
  readonly outputTokens: number;
  readonly slots: CallSlots;
  /** One call, waiting for a full server included. */
  readonly callMs: number;
}

/** Same question, same answer. */
const seed = 1;

/**
 * One question, one call. Throws MODEL_CONTEXT_OVERFLOW before the call when it cannot fit,
 * MODEL_OUTPUT_TRUNCATED and MODEL_OUTPUT_INVALID for the answer, else what the client throws.
 */
export async function askModel(
  loaded: LoadedModel,
  prompt: string,
  schema: JsonSchema,
  images: readonly Buffer[],
  signal: AbortSignal,
): Promise<Answer> {
  assertFits(prompt, images.length, roomOf(loaded));
  const body = {
    model: loaded.model,
    prompt,
    ...(images.length > 0 ? { images: images.map((image) => image.toString("base64")) } : {}),
    format: grammarSchema(schema),
    stream: true,
    ...(loaded.booted.thinks ? { think: false as const } : {}),
    truncate: false,
    shift: false,
    keep_alive: -1,
    options: {
      temperature: 0,
      seed,
      num_predict: roomOf(loaded).outputTokens,
      num_ctx: loaded.booted.contextTokens,
    },
  } as const;
  const generated = await loaded.slots.run(signal, () =>
    loaded.client.generate(body, loaded.callMs, signal),
  );
  return answerOf(generated);
}

/** A question over a deck, in as many calls as its length asks for, one after the other. */
export async function thinkModel(
  loaded: LoadedModel,
  request: ThinkRequest,
  signal: AbortSignal,
): Promise<Answer> {
  const { prompt, slides, schema } = request;
  const waiting = partsOf(prompt, slides, roomOf(loaded));
  const answers: Answer[] = [];
  for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
    try {
      answers.push(await askModel(loaded, part.prompt, schema, [], signal));
    } catch (error) {
      // The guess was too low and the server counted: smaller parts, the same words.
      const tooLong = error instanceof AppError && error.code === "MODEL_CONTEXT_OVERFLOW";
      const halves = tooLong ? halvesOf(prompt, part, slides.length) : null;
      if (halves === null) throw error;
      waiting.unshift(...halves);
    }
  }
  const values = answers.map((answer) => answer.value);
  return { ...sumOf(answers), value: mergeAnswers(request.ask, values, schema) };
}

/** An answer may never take more than half of what the server gave, else no prompt is left. */
function roomOf(loaded: LoadedModel): Room {
  const contextTokens = loaded.booted.usableTokens;
  const half = Math.floor(contextTokens / 2);
  return { contextTokens, outputTokens: Math.min(loaded.outputTokens, half) };
}

function answerOf({ text, end }: Generated): Answer {
  if (end.done_reason === "length") {
    const detail = `After ${end.eval_count ?? "all its"} tokens.`;
    throw new AppError("MODEL_OUTPUT_TRUNCATED", detail);
  }
  return {
    value: parseAnswer(text),
    promptTokens: end.prompt_eval_count ?? null,
    outputTokens: end.eval_count ?? null,
    timings: timingsOf(end),
  };
}

function parseAnswer(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The text may hold the deck's words, and the parser's message quotes it: neither goes on.
    throw new AppError("MODEL_OUTPUT_INVALID", `${text.length} characters, not JSON.`);
  }
}

const timingsOf = (end: GenerateLine): AnswerTimings => ({
  totalMs: milliseconds(end.total_duration),
  loadMs: milliseconds(end.load_duration),
  promptMs: milliseconds(end.prompt_eval_duration),
  outputMs: milliseconds(end.eval_duration),
});

const milliseconds = (nanoseconds: number | undefined): number => (nanoseconds ?? 0) / 1e6;

function sumOf(answers: readonly Answer[]): Omit<Answer, "value"> {
  const total = (key: keyof AnswerTimings): number =>
    answers.reduce((sum, answer) => sum + (answer.timings?.[key] ?? 0), 0);
  return {
    promptTokens: sumKnown(answers.map((answer) => answer.promptTokens)),
    outputTokens: sumKnown(answers.map((answer) => answer.outputTokens)),
    timings: {
      totalMs: total("totalMs"),
      loadMs: total("loadMs"),
      promptMs: total("promptMs"),
      outputMs: total("outputMs"),
    },
  };
}

/** One unknown count makes the sum unknown. */
function sumKnown(counts: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const count of counts) {
    if (count === null) return null;
    sum += count;
  }
  return sum;
}
