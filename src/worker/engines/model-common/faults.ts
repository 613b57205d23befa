import { AppError } from "../../../errors/app-error.ts";

/**
 * What the server said went wrong, from an error body or an error line. Bounded: it is shown to
 * people. `{error}` is Ollama's form, `{error: {message}}` that of the OpenAI API, `{message}` that of
 * older vLLM, `{detail}` that of its web frame.
 */
export function saidError(text: string): string {
  try {
    const said = saidIn(JSON.parse(text));
    if (said !== null) return said.slice(0, 300);
  } catch {
    // Not JSON: a proxy's page, or a bare line. The text itself is the best we have.
  }
  return text.trim().slice(0, 300);
}

function saidIn(value: unknown): string | null {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return null;
  for (const key of ["error", "message", "detail"] as const) {
    const inner = (value as Record<string, unknown>)[key];
    if (inner !== undefined && inner !== null) return saidIn(inner) ?? JSON.stringify(inner);
  }
  return null;
}

/** A socket's failure. Before the first answer nobody was reached; after it the answer broke off. */
export function errorOfSocket(cause: unknown, answered: boolean, host: string): AppError {
  const code = codeOf(cause);
  if (answered || code === "ECONNRESET" || code === "EPIPE") {
    return new AppError("MODEL_STREAM_BROKEN", `${host}: ${code}`, { cause });
  }
  return new AppError("ENGINE_UNREACHABLE", `${host}: ${code}`, { cause });
}

/**
 * Whether a server complains of a prompt's length. The wordings are those of Ollama, llama.cpp ("the
 * request exceeds the available context size"), vLLM ("This model's maximum context length is ...",
 * "longer than the maximum model length") and LM Studio ("context length of only").
 * "context deadline exceeded" and "context canceled" are about time, not about length.
 */
export const isTooLong = (said: string): boolean =>
  /\b(prompt|input)\b.{0,40}\b(too long|too large|exceed)|exceed\w*.{0,40}context (length|window|size)|context (length|window|size).{0,20}exceed|maximum (context|model) length|context length of only|context_length_exceeded/i.test(
    said,
  );

/**
 * Whether it complains that its model takes no pictures: llama.cpp ("image input is not supported"), vLLM
 * ("At most 0 image(s) may be provided", "is not a multimodal model"), Ollama ("missing data required
 * for image input"), LM Studio ("does not support images"), OpenAI ("image_url is only supported by
 * certain models"). A picture that is broken or too large, or a model whose name has such a word, is not meant.
 */
export const isBlind = (said: string): boolean =>
  sight.test(said) &&
  /\bnot? \S* ?(support|a multi)|unsupported|only supported|not supported|support for|at most 0 image|missing data|no endpoints|mmproj|without vision/i.test(
    said,
  );

const sight = /(?<![\w./:-])(images?|image_url|images?\(s\)|vision|multi-?modal|mmproj)(?![\w-])/i;

function codeOf(cause: unknown): string {
  if (typeof cause !== "object" || cause === null) return String(cause);
  if ("code" in cause && typeof cause.code === "string") return cause.code;
  return cause instanceof Error ? cause.message : "unknown fault";
}
