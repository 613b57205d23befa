import { AppError } from "../../../errors/app-error.ts";
import { isBlind, isTooLong, saidError } from "../model-common/faults.ts";

/** An HTTP status other than 200 as an error of the registry. */
export function errorOfStatus(status: number, body: string): AppError {
  const said = saidError(body);
  const detail = `HTTP ${status}: ${said}`;
  if (status >= 400 && isTooLong(said)) return new AppError("MODEL_CONTEXT_OVERFLOW", detail);
  if (status === 400) {
    return new AppError(isBlind(said) ? "MODEL_NOT_VISION" : "INTERNAL", detail);
  }
  if (status === 404) return new AppError("MODEL_NOT_FOUND", detail);
  if (status === 499) return new AppError("MODEL_STREAM_BROKEN", detail);
  if (status === 500) return new AppError("MODEL_LOAD_FAILED", detail);
  if (status === 503) return new AppError("MODEL_BUSY", detail);
  return new AppError("ENGINE_UNREACHABLE", detail);
}

/** An error line in a stream that began with 200: the status can say nothing any more. */
export function errorOfLine(said: string): AppError {
  const detail = said.slice(0, 300);
  return new AppError(isTooLong(said) ? "MODEL_CONTEXT_OVERFLOW" : "MODEL_STREAM_BROKEN", detail);
}
