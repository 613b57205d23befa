import { AppError } from "../../../errors/app-error.ts";

/** What the server said went wrong, from an error body or an error line. Bounded: it is shown to people. */
export function saidError(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && "error" in value) {
      return String(value.error).slice(0, 300);
    }
  } catch {
    // Not JSON: a proxy's page, or a bare line. The text itself is the best we have.
  }
  return text.trim().slice(0, 300);
}

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

/** A socket's failure. Before the first answer nobody was reached; after it the answer broke off. */
export function errorOfSocket(cause: unknown, answered: boolean, host: string): AppError {
  const code = codeOf(cause);
  if (answered || code === "ECONNRESET" || code === "EPIPE") {
    return new AppError("MODEL_STREAM_BROKEN", `${host}: ${code}`, { cause });
  }
  return new AppError("ENGINE_UNREACHABLE", `${host}: ${code}`, { cause });
}

// "context deadline exceeded" and "context canceled" are about time, not about length.
const isTooLong = (said: string): boolean =>
  /\b(prompt|input)\b.{0,40}\b(too long|too large|exceed)|exceed\w*.{0,40}context (length|window|size)|context (length|window|size).{0,20}exceed/i.test(
    said,
  );

const isBlind = (said: string): boolean => /vision|image|multimodal/i.test(said);

function codeOf(cause: unknown): string {
  if (typeof cause !== "object" || cause === null) return String(cause);
  if ("code" in cause && typeof cause.code === "string") return cause.code;
  return cause instanceof Error ? cause.message : "unknown fault";
}
