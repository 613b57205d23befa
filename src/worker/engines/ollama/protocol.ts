import { z } from "zod";

/** The parts of Ollama's answers that are read here; everything else passes unseen. */

export const versionAnswer = z.object({ version: z.string() });

export const tagsAnswer = z.object({
  models: z
    .array(z.object({ name: z.string(), model: z.string().optional() }))
    .nullish()
    .transform((models) => models ?? []),
});

export const showAnswer = z.object({
  /** Absent on old servers: then only the canary can tell. */
  capabilities: z.array(z.string()).optional(),
  model_info: z.record(z.string(), z.unknown()).nullish(),
});
export type ShowAnswer = z.infer<typeof showAnswer>;

const runningModel = z.object({
  name: z.string(),
  model: z.string().optional(),
  /** Bytes. */
  size: z.number().default(0),
  size_vram: z.number().default(0),
  /** Of its manifest: weights, template and parameters. */
  digest: z.string().optional(),
  /** Tokens; absent on old servers. */
  context_length: z.number().optional(),
});
export type RunningModel = z.infer<typeof runningModel>;

export const psAnswer = z.object({
  models: z
    .array(runningModel)
    .nullish()
    .transform((models) => models ?? []),
});

export const pullLine = z.object({
  status: z.string().optional(),
  digest: z.string().optional(),
  total: z.number().optional(),
  completed: z.number().optional(),
  error: z.string().optional(),
});
export type PullLine = z.infer<typeof pullLine>;

/** A line of a generation. Durations are nanoseconds; the last line alone carries them. */
export const generateLine = z.object({
  response: z.string().optional(),
  done: z.boolean().optional(),
  done_reason: z.string().optional(),
  error: z.string().optional(),
  total_duration: z.number().optional(),
  load_duration: z.number().optional(),
  prompt_eval_count: z.number().optional(),
  prompt_eval_duration: z.number().optional(),
  eval_count: z.number().optional(),
  eval_duration: z.number().optional(),
});
export type GenerateLine = z.infer<typeof generateLine>;

/** Body of `/api/generate`. */
export interface GenerateBody {
  readonly model: string;
  readonly prompt?: string;
  /** Base64 without a `data:` prefix. */
  readonly images?: readonly string[];
  readonly format?: unknown;
  readonly stream: true;
  readonly think?: false;
  readonly truncate?: false;
  readonly shift?: false;
  /** Seconds; negative means for ever. */
  readonly keep_alive: number;
  readonly options: { readonly num_ctx: number } & Readonly<Record<string, number>>;
}

/** The length the model was made for: a key such as `llama.context_length` of its own family. */
export function contextLengthOf(show: ShowAnswer): number | null {
  for (const [key, value] of Object.entries(show.model_info ?? {})) {
    if (key.endsWith(".context_length") && typeof value === "number" && value > 0) return value;
  }
  return null;
}
