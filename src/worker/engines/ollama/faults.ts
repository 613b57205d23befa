import { AppError } from "../../../errors/app-error.ts";
import { isBlind, isTooLong, saidError } from "../model-common/faults.ts";

/** An HTTP status other than 200 as an error of the registry. */
export function errorOfStatus(status: number, body: string): AppError {
  const said = saidError(body);
  const detail = `HTTP ${status}: ${said}`;
  if (status >= 400 && isTooLong(said)) return new AppError("MODEL_CONTEXT_OVERFLOW", detail);
  if ((status === 400 || status === 500) && isBlind(said)) {
    return new AppError("MODEL_NOT_VISION", detail);
  }
  if (status === 400) return new AppError("INTERNAL", detail);
  if (status === 404) return new AppError("MODEL_NOT_FOUND", detail);
  if (status === 499) return new AppError("MODEL_STREAM_BROKEN", detail);
  if (status === 500) return new AppError("MODEL_LOAD_FAILED", detail);
  // 429: a proxy before it, or the cloud.
  if (status === 503 || status === 429) return new AppError("MODEL_BUSY", detail);
  return new AppError("ENGINE_UNREACHABLE", detail);
}

/** An error line in a stream that began with 200: the status can say nothing any more. */
export function errorOfLine(said: string): AppError {
  const detail = said.slice(0, 300);
  return new AppError(isTooLong(said) ? "MODEL_CONTEXT_OVERFLOW" : "MODEL_STREAM_BROKEN", detail);
}

/**
 * Whether it refused the way it was asked for JSON: "invalid format" of servers before 0.5, "failed to load
 * model vocabulary required for format" of models without a grammar, a schema that makes no grammar.
 */
export const isFormatRefusal = (error: unknown): boolean =>
  error instanceof AppError &&
  (error.code === "INTERNAL" || error.code === "MODEL_LOAD_FAILED") &&
  /\bformat\b|grammar|json ?schema/i.test(error.detail ?? "");
