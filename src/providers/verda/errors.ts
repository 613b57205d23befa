import { AppError } from "../../errors/app-error.ts";
import type { ErrorCode } from "../../errors/codes.ts";

/** What the API said: an HTTP status (null: no answer came) and its own word for it. */
export class VerdaError extends AppError {
  readonly status: number | null;
  readonly reason: string | null;

  constructor(
    code: ErrorCode,
    detail: string,
    said: { readonly status: number | null; readonly reason: string | null },
    options?: ErrorOptions,
  ) {
    super(code, detail, options);
    this.status = said.status;
    this.reason = said.reason;
  }
}

/**
 * The code of a status. A conflict and a thing that is gone mean that the look before was too old,
 * and 5xx says nothing about the deed: the next call looks again.
 */
export function codeOfStatus(status: number): ErrorCode {
  if (status === 402) return "PROVIDER_NO_FUNDS";
  if (status === 429) return "PROVIDER_RATE_LIMITED";
  const looksAgain = status === 404 || status === 408 || status === 409 || status >= 500;
  return looksAgain ? "PROVIDER_UNREACHABLE" : "PROVIDER_REFUSED";
}

export const isNotFound = (error: unknown): boolean =>
  error instanceof VerdaError && error.status === 404;

/** Whether it was done is not known. */
export const isUnknownOutcome = (error: unknown): boolean =>
  error instanceof VerdaError && error.code === "PROVIDER_UNREACHABLE";

/** The order was understood and turned down as it is. */
export const isRefusal = (error: unknown): boolean =>
  error instanceof VerdaError && error.status === 400;

/** Answers to a start that mean: no such machine is free, or none may be had by this account. */
export function meansNoCapacity(error: unknown): boolean {
  if (!(error instanceof VerdaError) || error.status === null) return false;
  if (error.code === "PROVIDER_NO_FUNDS" || error.code === "PROVIDER_RATE_LIMITED") return false;
  if (error.status === 503 && error.reason === "service_unavailable") return true;
  return error.status < 500 && /capacity|quota/i.test(`${error.reason} ${error.detail}`);
}
