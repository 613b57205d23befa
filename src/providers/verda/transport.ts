import type { Clock } from "../../lib/clock.ts";
import { codeOfStatus, VerdaError } from "./errors.ts";

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface VerdaRequest {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Below the API's address, with its query: `/secrets`. */
  readonly path: string;
  readonly body?: unknown;
  readonly token?: string;
  /** Values that no error may repeat. */
  readonly hidden?: readonly string[];
}

/** `body` is undefined when the answer held no JSON. */
export interface VerdaAnswer {
  readonly status: number;
  readonly body: unknown;
}

/**
 * One HTTP exchange with a deadline. An answer of any status is an answer. Throws
 * PROVIDER_UNREACHABLE when none came, PROVIDER_RATE_LIMITED without calling before the time that
 * the API named.
 */
export interface Transport {
  exchange(request: VerdaRequest): Promise<VerdaAnswer>;
  /** The error that an answer means. Secrets that the API repeats are taken out. */
  failure(request: VerdaRequest, answer: VerdaAnswer): VerdaError;
}

export interface TransportOptions {
  readonly apiUrl: string;
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly callMs: number;
  readonly hidden: readonly string[];
}

/** How long to keep quiet after a 429 that names no time. */
const quietDefaultMs = 5_000;
const messageMax = 300;

export function createTransport(options: TransportOptions): Transport {
  const { clock } = options;
  let quietUntilMs = Number.NEGATIVE_INFINITY;

  const clean = (text: string, request: VerdaRequest): string => {
    const secrets = [...options.hidden, ...(request.hidden ?? []), request.token ?? ""];
    return secrets
      .filter((secret) => secret !== "")
      .reduce((said, secret) => said.replaceAll(secret, "[removed]"), text)
      .slice(0, messageMax);
  };
  const noAnswer = (request: VerdaRequest, error: unknown): VerdaError =>
    new VerdaError(
      "PROVIDER_UNREACHABLE",
      `${placeOf(request)}: no answer (${clean(reasonOf(error), request)})`,
      { status: null, reason: null },
    );

  return {
    async exchange(request) {
      const quietMs = quietUntilMs - clock.nowMs();
      if (quietMs > 0) {
        const detail = `${placeOf(request)}: not called for another ${Math.ceil(quietMs / 1000)} s`;
        throw new VerdaError("PROVIDER_RATE_LIMITED", detail, { status: null, reason: null });
      }
      try {
        const response = await options.fetch(options.apiUrl + request.path, {
          method: request.method,
          headers: headersOf(request),
          signal: AbortSignal.timeout(options.callMs),
          // A token must not follow to another place.
          redirect: "error",
          ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
        });
        const body = jsonOf(await response.text());
        if (response.status === 429) {
          const namedMs = retryAfterMs(response.headers.get("retry-after"), clock.nowMs());
          quietUntilMs = Math.max(quietUntilMs, clock.nowMs() + namedMs);
        }
        return { status: response.status, body };
      } catch (error) {
        throw noAnswer(request, error);
      }
    },
    failure(request, answer) {
      const { reason, message } = saidIn(answer.body);
      const words = [reason, message].filter((word) => word !== null).join(": ");
      const detail = `${placeOf(request)}: ${answer.status} ${clean(words, request)}`.trimEnd();
      return new VerdaError(codeOfStatus(answer.status), detail, {
        status: answer.status,
        reason,
      });
    },
  };
}

/** Without the query. */
const placeOf = ({ method, path }: VerdaRequest): string => `${method} ${path.split("?")[0]}`;

const headersOf = ({ token, body }: VerdaRequest): Record<string, string> => ({
  accept: "application/json",
  ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  ...(body === undefined ? {} : { "content-type": "application/json" }),
});

/** A gateway answers in HTML, some calls with nothing: both are no JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The API's errors are `{code, message}`. */
function saidIn(body: unknown): { reason: string | null; message: string | null } {
  const said = typeof body === "object" && body !== null ? body : {};
  const text = (value: unknown) => (typeof value === "string" ? value : null);
  return {
    reason: "code" in said ? text(said.code) : null,
    message: "message" in said ? text(said.message) : null,
  };
}

/** Seconds or a date. */
function retryAfterMs(header: string | null, nowMs: number): number {
  if (header === null || header.trim() === "") return quietDefaultMs;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? quietDefaultMs : Math.max(0, atMs - nowMs);
}

/** `fetch` hides what happened in its cause: ECONNREFUSED, ENOTFOUND. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return "deadline passed";
  const { cause } = error;
  if (cause instanceof Error && "code" in cause) return String(cause.code);
  return cause instanceof Error ? cause.message : error.message;
}
