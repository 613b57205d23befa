import { type ErrorCode, errorCodes, isErrorCode } from "./codes.ts";

/** RFC 9457 problem details, with our code, next step and whether trying again can help. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail?: string;
  readonly next: string;
  readonly retryable: boolean;
  readonly requestId?: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

export interface AppErrorOptions extends ErrorOptions {
  readonly errors?: Problem["errors"];
}

/** The one error class that carries a code of the registry. `detail` may be shown to anyone. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly detail: string | undefined;
  /** Everything that is wrong, each with its place; the detail tells the first of them. */
  readonly errors: Problem["errors"];

  constructor(code: ErrorCode, detail?: string, options?: AppErrorOptions) {
    super(detail ? `${errorCodes[code].title} ${detail}` : errorCodes[code].title, options);
    this.name = "AppError";
    this.code = code;
    this.detail = detail;
    this.errors = options?.errors;
  }
}

export function problemOf(error: AppError, requestId?: string): Problem {
  const spec = errorCodes[error.code];
  return {
    type: `https://pilotlight.invalid/errors/${error.code}`,
    title: spec.title,
    status: spec.status,
    code: error.code,
    next: spec.next,
    retryable: spec.retryable,
    ...(error.detail === undefined ? {} : { detail: error.detail }),
    ...(error.errors === undefined ? {} : { errors: error.errors }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}

/** What a stored failure looks like: in tasks, attempts, events, and in the API. */
export interface Failure {
  readonly code: ErrorCode;
  readonly detail: string | null;
}

/** Any thrown thing as a failure. An unknown throw keeps its message as detail under `INTERNAL`. */
export function failureOf(error: unknown): Failure {
  if (error instanceof AppError) return { code: error.code, detail: error.detail ?? null };
  if (error instanceof Error) return { code: "INTERNAL", detail: error.message };
  return { code: "INTERNAL", detail: String(error) };
}

/** A problem object from the wire as an error again; what is none of ours is `fallback`. */
export function errorOf(problem: unknown, fallback: ErrorCode, fallbackDetail?: string): AppError {
  if (
    typeof problem === "object" &&
    problem !== null &&
    "code" in problem &&
    isErrorCode(problem.code)
  ) {
    const detail =
      "detail" in problem && typeof problem.detail === "string" ? problem.detail : undefined;
    return new AppError(problem.code, detail, { errors: errorsIn(problem) });
  }
  return new AppError(fallback, fallbackDetail);
}

function errorsIn(problem: object): Problem["errors"] {
  if (!("errors" in problem) || !Array.isArray(problem.errors)) return undefined;
  return problem.errors.map((one: unknown) => {
    const { path = "", message = "" } = one as { path?: unknown; message?: unknown };
    return { path: String(path), message: String(message) };
  });
}
