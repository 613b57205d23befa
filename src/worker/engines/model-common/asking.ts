import { AppError } from "../../../errors/app-error.ts";
import type { Answer, AnswerTimings, JsonSchema, SeeRequest, ThinkRequest } from "../engine.ts";
import { parseAnswer } from "./answer-text.ts";
import type { CallSlots } from "./call-slots.ts";
import { assertFits, halvesOf, partsOf, type Room, tokensBeside } from "./context.ts";
import { grammarSchema } from "./grammar.ts";
import type { Judge } from "./judge.ts";
import { mergeAnswers, type PartAnswer } from "./merge.ts";
import { pictureSize, resized, sizeBelow } from "./picture-size.ts";

/** One call to a model server, known to fit. */
export interface ModelCall {
  readonly prompt: string;
  /** JPEG. */
  readonly images: readonly Buffer[];
  /** What the answer is constrained to while it is written. */
  readonly grammar: JsonSchema;
  readonly outputTokens: number;
}

export interface ModelReply {
  readonly text: string;
  /** It ended because its tokens did. */
  readonly isCut: boolean;
  readonly promptTokens: number | null;
  readonly outputTokens: number | null;
  readonly timings: AnswerTimings;
}

/** A model in memory, ready to be asked. */
export interface LoadedModel {
  readonly model: string;
  /** Of the weights, where the server names it. */
  readonly digest?: string | null;
  /** Prompt and answer together, as the server gave it. */
  readonly contextTokens: number;
  /** Tokens of an answer, at most. */
  readonly outputTokens: number;
  readonly charactersPerToken?: number;
  readonly slots: CallSlots;
  readonly judge: Judge;
  /** What the server's way of being asked adds to a prompt. */
  extraTokens?(grammar: JsonSchema): number;
  /** Throws AppError or the signal's reason. */
  generate(call: ModelCall, signal: AbortSignal): Promise<ModelReply>;
}

/** Same question, same answer. */
export const seed = 1;

export type Picture = Pick<SeeRequest, "jpeg" | "widthPixels" | "heightPixels">;

export interface Asked {
  readonly prompt: string;
  readonly schema: JsonSchema;
  readonly picture: Picture | null;
}

/**
 * One question, one call; the picture is sent in the size that suits the model and the room left, in a
 * smaller one where the server finds it too large. Throws MODEL_CONTEXT_OVERFLOW when it cannot fit, MODEL_OUTPUT_TRUNCATED and
 * MODEL_OUTPUT_INVALID for the answer, else what the server's client throws.
 */
export async function askModel(
  loaded: LoadedModel,
  { prompt, schema, picture }: Asked,
  signal: AbortSignal,
): Promise<Answer> {
  const grammar = grammarSchema(schema);
  const room = roomOf(loaded, grammar);
  assertFits(prompt, 0, room);
  const ask = async (images: readonly Buffer[]): Promise<Answer> => {
    const call = { prompt, images, grammar, outputTokens: room.outputTokens };
    const reply = await loaded.slots.run(signal, () => loaded.generate(call, signal));
    return answerOf(reply, (value) => loaded.judge(value, schema));
  };
  if (picture === null) return await ask([]);
  let size = pictureSize(loaded.model, picture, tokensBeside(prompt, room));
  for (;;) {
    try {
      return await ask([await resized(picture, size)]);
    } catch (error) {
      // The server counts more for it than its family was thought to: a smaller one may do.
      const smaller = isTooLong(error) ? sizeBelow(loaded.model, picture, size) : null;
      if (smaller === null) throw error;
      size = smaller;
    }
  }
}

const isTooLong = (error: unknown): boolean =>
  error instanceof AppError && error.code === "MODEL_CONTEXT_OVERFLOW";

/** A question over a deck, in as many calls as its length asks for, one after the other. */
export async function thinkModel(
  loaded: LoadedModel,
  request: ThinkRequest,
  signal: AbortSignal,
): Promise<Answer> {
  const { prompt, slides, schema } = request;
  const waiting = partsOf(prompt, slides, roomOf(loaded, grammarSchema(schema)));
  const answers: (Answer & PartAnswer)[] = [];
  for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
    try {
      const asked = { prompt: part.prompt, schema, picture: null };
      const shown = part.slides.map(({ slide }) => slide);
      answers.push({ ...(await askModel(loaded, asked, signal)), slides: shown });
    } catch (error) {
      // The guess was too low and the server counted: smaller parts, the same words.
      const halves = isTooLong(error) ? halvesOf(prompt, part, slides.length) : null;
      if (halves === null) throw error;
      waiting.unshift(...halves);
    }
  }
  return { ...sumOf(answers), value: mergeAnswers(request.ask, answers) };
}

/** An answer may never take more than half of what the server gave, else no prompt is left. */
function roomOf(loaded: LoadedModel, grammar: JsonSchema): Room {
  const { contextTokens, outputTokens, charactersPerToken } = loaded;
  const half = Math.floor(contextTokens / 2);
  return {
    contextTokens: contextTokens - (loaded.extraTokens?.(grammar) ?? 0),
    outputTokens: Math.min(outputTokens, half),
    ...(charactersPerToken === undefined ? {} : { charactersPerToken }),
  };
}

function answerOf(reply: ModelReply, judge: (value: unknown) => void): Answer {
  const { promptTokens, outputTokens, timings } = reply;
  if (reply.isCut) {
    throw new AppError("MODEL_OUTPUT_TRUNCATED", `After ${outputTokens ?? "all its"} tokens.`);
  }
  const value = parseAnswer(reply.text);
  judge(value);
  return { value, promptTokens, outputTokens, calls: 1, timings };
}

function sumOf(answers: readonly Answer[]): Omit<Answer, "value"> {
  const total = (key: keyof AnswerTimings): number =>
    answers.reduce((sum, answer) => sum + (answer.timings?.[key] ?? 0), 0);
  return {
    promptTokens: sumKnown(answers.map((answer) => answer.promptTokens)),
    outputTokens: sumKnown(answers.map((answer) => answer.outputTokens)),
    calls: answers.length,
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
