import { ApiException } from "@kubernetes/client-node";
import { AppError } from "../../errors/app-error.ts";
import type { ErrorCode } from "../../errors/codes.ts";

/** What the API server says of a refusal, as far as it can be read. */
interface Refusal {
  readonly status: number;
  /** Kubernetes' own word: `AlreadyExists`, `Forbidden`, `Expired`. */
  readonly reason: string;
  readonly message: string;
  readonly retryAfterSeconds: number | null;
}

/** A deadline over there, two writers at the same thing, a list that grew too old. */
const passing = [408, 409, 410];

/** null when it is no answer of the API server: a reset, a deadline, an unreadable body. */
export function refusalIn(error: unknown): Refusal | null {
  if (!(error instanceof ApiException)) return null;
  const said = bodyOf(error.body);
  const after = Number(error.headers?.["retry-after"] ?? "none");
  return {
    status: error.code,
    reason: textOf(said.reason),
    message: textOf(said.message) || `HTTP ${error.code}`,
    retryAfterSeconds: Number.isFinite(after) ? after : null,
  };
}

/**
 * A failed call as one of the errors a provider may throw. PROVIDER_UNREACHABLE means that nobody
 * knows whether it was done.
 */
export function providerError(doing: string, error: unknown): AppError {
  if (error instanceof AppError) return error;
  const refusal = refusalIn(error);
  if (refusal === null) {
    const reason = error instanceof Error ? error.message : String(error);
    return new AppError("PROVIDER_UNREACHABLE", `${doing}: ${reason}`, { cause: error });
  }
  // The error itself names headers and the whole answer, so only what we read of it goes on.
  return new AppError(codeOf(refusal), `${doing}: ${refusal.message}${waitOf(refusal)}`);
}

function codeOf({ status, message }: Refusal): ErrorCode {
  if (status === 403 && /exceeded quota/i.test(message)) return "PROVIDER_NO_CAPACITY";
  if (status === 429) return "PROVIDER_RATE_LIMITED";
  if (passing.includes(status) || status >= 500) return "PROVIDER_UNREACHABLE";
  return "PROVIDER_REFUSED";
}

const waitOf = ({ status, retryAfterSeconds }: Refusal): string =>
  status === 429 && retryAfterSeconds !== null ? ` (in ${retryAfterSeconds} s)` : "";

/** The client hands over the body of a refusal as it came: JSON, or what a proxy made of it. */
function bodyOf(body: unknown): { reason?: unknown; message?: unknown } {
  if (typeof body === "object" && body !== null) return body;
  if (typeof body !== "string") return {};
  try {
    return bodyOf(JSON.parse(body));
  } catch {
    return { message: body.slice(0, 200) };
  }
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
