import type { z } from "zod";
import type { ProgressBody, TaskPack } from "../../contract/worker-protocol.ts";
import type { Failure } from "../../errors/app-error.ts";
import { AppError } from "../../errors/app-error.ts";
import type { ErrorCode } from "../../errors/codes.ts";
import type { Answer, Engine, JsonSchema } from "../engines/engine.ts";
import { abortable } from "../signals.ts";

/** What every step gets. A step keeps nothing: values in, values out. */
export interface StepContext {
  readonly engine: Engine;
  readonly pack: TaskPack;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ProgressBody) => void;
}

/** A step's result as the outcome needs it. */
export interface StepResult<T> {
  readonly result: T;
  readonly gaps: readonly number[];
  readonly applicable: boolean;
  readonly reason: string | null;
}

export const wholeResult = <T>(result: T): StepResult<T> => ({
  result,
  gaps: [],
  applicable: true,
  reason: null,
});

/** Prompt of the pack version with its slots filled. `{{deck}}` stays: the engine fills it. */
export function promptOf(
  pack: TaskPack,
  name: string,
  slots: Readonly<Record<string, string>>,
): string {
  const text = pack.prompts[name];
  if (text === undefined) throw new AppError("PACK_INVALID", `The prompt ${name} is missing.`);
  return text.replace(/\{\{(\w+)\}\}/g, (slot, key: string) => slots[key] ?? slot);
}

export function schemaOf(pack: TaskPack, name: string): JsonSchema {
  const schema = pack.schemas[name];
  if (schema === undefined) throw new AppError("PACK_INVALID", `The schema ${name} is missing.`);
  return schema;
}

/** The name of a part that a task has one of, however its pack calls it. */
export function onlyNameOf(parts: Readonly<Record<string, unknown>>): string {
  const [name, ...more] = Object.keys(parts);
  if (name !== undefined && more.length === 0) return name;
  throw new AppError("PACK_INVALID", "The task takes one prompt and one schema of a kind.");
}

export interface Question<T extends z.ZodType> {
  readonly prompt: string;
  readonly ask: (prompt: string) => Promise<Answer>;
  /** Adds what the engine does not give, before the result's schema judges. */
  readonly complete: (value: unknown) => unknown;
  readonly schema: T;
}

/**
 * Asks, completes, judges. A model whose answer has the wrong shape or was cut off is told so and asked
 * once more; rules would only say the same again. Throws MODEL_OUTPUT_INVALID or MODEL_OUTPUT_TRUNCATED.
 */
export async function askFor<T extends z.ZodType>(
  { engine, signal }: Pick<StepContext, "engine" | "signal">,
  question: Question<T>,
): Promise<z.infer<T>> {
  const tries = engine.ref.name === "extractive" ? 1 : 2;
  let prompt = question.prompt;
  for (let attempt = 1; ; attempt += 1) {
    const judged = await judge(question, abortable(question.ask(prompt), signal));
    if (judged.ok) return judged.value;
    if (attempt >= tries) throw judged.error;
    prompt = `${question.prompt}\n\nYour last answer could not be used: ${judged.wrong}\nAnswer again, with JSON of the asked shape and nothing else.`;
  }
}

type Judged<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly wrong: string; readonly error: AppError };

const tooLong =
  "it was too long and was cut off. Give the most important entries only, with short quotes, and repeat nothing.";

async function judge<T extends z.ZodType>(
  question: Question<T>,
  answer: Promise<Answer>,
): Promise<Judged<z.infer<T>>> {
  try {
    const parsed = question.schema.safeParse(question.complete((await answer).value));
    if (parsed.success) return { ok: true, value: parsed.data };
    const wrong = complaint(parsed.error);
    return { ok: false, wrong, error: new AppError("MODEL_OUTPUT_INVALID", wrong) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { code, detail } = error;
    if (code === "MODEL_OUTPUT_INVALID")
      return { ok: false, wrong: detail ?? "it was not JSON.", error };
    // With temperature 0 it would run over again: it must be told to be brief.
    if (code === "MODEL_OUTPUT_TRUNCATED") return { ok: false, wrong: tooLong, error };
    throw error;
  }
}

/** Paths and expectations only: a complaint is stored and logged, and must not carry deck text. */
function complaint(error: z.ZodError): string {
  const lines = error.issues.slice(0, 5).map((issue) => {
    const at = issue.path.length === 0 ? "the answer" : issue.path.join(".");
    return `${at}: ${issue.message}`;
  });
  return `${lines.join("; ")}.`;
}

/** A plain object, or an empty one: completing never throws, the schema complains instead. */
export const asRecord = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};

export const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Faults of the model server, not of a slide: the task ends and goes on later where it stopped. */
const engineFaults: ReadonlySet<ErrorCode> = new Set([
  "ENGINE_UNREACHABLE",
  "MODEL_NOT_FOUND",
  "MODEL_KEY_REFUSED",
  "MODEL_NOT_VISION",
  "MODEL_LOAD_FAILED",
  "MODEL_BUSY",
  "PACK_INVALID",
  "SERVER_UNREACHABLE",
  "LEASE_LOST",
  "CONTAINER_UNKNOWN",
  "DOCUMENT_UNAVAILABLE",
]);

export const endsTask = (error: unknown): boolean =>
  error instanceof AppError && engineFaults.has(error.code);

export interface SlidePorts<T> {
  readonly pages: number;
  /** Results of an earlier attempt by slide: taken over when they have the right shape. */
  readonly finished: Readonly<Record<string, unknown>>;
  /** Called once for each newly finished slide, in order, before the next one begins. */
  readonly onSlide: (slide: number, result: T) => Promise<void>;
  readonly onSlideFailed: (slide: number, failure: Failure) => Promise<void>;
}
