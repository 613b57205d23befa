import { AppError } from "../../../errors/app-error.ts";
import { ServerBusy } from "../model-common/busy.ts";
import { isBlind, isTooLong, saidError } from "../model-common/faults.ts";
import type { Reply } from "../model-common/transport.ts";

/** An HTTP status other than 200 as an error of the registry. */
export function errorOfReply({ status, text, retryAfterMs }: Reply): AppError {
  const said = saidError(text);
  const detail = `HTTP ${status}: ${said}`;
  if (status === 401 || status === 403 || status === 402 || /insufficient_quota/.test(text)) {
    return new AppError("MODEL_KEY_REFUSED", detail);
  }
  if (isTooLong(said)) return new AppError("MODEL_CONTEXT_OVERFLOW", detail);
  // Some services say with 404 that none of theirs takes pictures.
  if (status !== 429 && status !== 503 && isBlind(said)) {
    return new AppError("MODEL_NOT_VISION", detail);
  }
  if (status === 404) return new AppError("MODEL_NOT_FOUND", detail);
  if (status === 408 || status === 504) return new AppError("MODEL_TIMEOUT", detail);
  if (status === 429 || status === 503) return new ServerBusy(detail, retryAfterMs);
  return new AppError(status === 400 || status === 422 ? "INTERNAL" : "ENGINE_UNREACHABLE", detail);
}

/** An error event in a stream that began with 200: the status can say nothing any more. */
export function errorOfEvent(value: unknown): AppError {
  const said = saidError(JSON.stringify({ error: value }));
  return new AppError(isTooLong(said) ? "MODEL_CONTEXT_OVERFLOW" : "MODEL_STREAM_BROKEN", said);
}
