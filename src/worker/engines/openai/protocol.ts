import { z } from "zod";

/** The parts of the answers that are read here; everything else passes unseen. */

const servedModel = z.object({
  id: z.string(),
  /** vLLM: prompt and answer together. */
  max_model_len: z.number().positive().nullish(),
});

export const modelsAnswer = z.object({ data: z.array(servedModel) });
export type ServedModel = z.infer<typeof servedModel>;

/** llama.cpp's `/props`: the context of one slot. */
export const propsAnswer = z.object({
  default_generation_settings: z.object({ n_ctx: z.number().positive() }),
});

/** `/tokenize` of llama.cpp (`tokens`) and of vLLM (`count`). */
export const tokenizeAnswer = z.union([
  z.object({ count: z.number().positive() }),
  z.object({ tokens: z.array(z.unknown()).min(1) }),
]);

const words = z.object({
  content: z.string().nullish(),
  /** Thinking aloud: vLLM, llama.cpp and SGLang; `reasoning` with newer vLLM and OpenRouter. */
  reasoning_content: z.string().nullish(),
  reasoning: z.string().nullish(),
  /** What OpenAI's models say instead of an answer. */
  refusal: z.string().nullish(),
});

/** An event of a streamed answer, or the whole answer of a server that does not stream (`message`). */
export const chunk = z.object({
  choices: z
    .array(
      z.object({
        delta: words.nullish(),
        message: words.nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .nullish(),
  usage: z
    .object({ prompt_tokens: z.number().nullish(), completion_tokens: z.number().nullish() })
    .nullish(),
  /** llama.cpp alone, in milliseconds. */
  timings: z.object({ prompt_ms: z.number(), predicted_ms: z.number() }).nullish(),
  error: z.unknown().optional(),
});
export type Chunk = z.infer<typeof chunk>;

/** Body of `/chat/completions`. */
export interface ChatBody extends Record<string, unknown> {
  readonly model: string;
  readonly messages: readonly { readonly role: "user"; readonly content: unknown }[];
}
