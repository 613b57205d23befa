import { noteServerDate } from "../lib/now.ts";
import { noteSignedOut } from "../session/session-store.ts";
import type { Problem } from "./types.ts";

/** Everything a page asks for lies in the workspace of the caller's key. */
export const base = "/api/workspaces/-";

/** Of this browser: who it is signed in as. */
export const sessionUrl = "/api/session";

export const documentUrl = (id: string): string => `${base}/documents/${encodeURIComponent(id)}`;
export const batchUrl = (id: string): string => `${base}/batches/${encodeURIComponent(id)}`;
export const poolUrl = (pool: string): string => `/api/fleet/pools/${encodeURIComponent(pool)}`;
export const replicaUrl = (name: string): string =>
  `/api/fleet/replicas/${encodeURIComponent(name)}`;
export const pageImageUrl = (id: string, page: number, size: "thumb" | "model"): string =>
  `${documentUrl(id)}/pages/${page}.jpg?size=${size}`;

/** A refusal of the server, or that it could not be reached; carries code, sentence and next step. */
class ApiError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.title);
    this.name = "ApiError";
    this.problem = problem;
  }
}

export const unreachable: Problem = {
  type: "about:blank",
  title: "Pilotlight does not answer.",
  status: 503,
  code: "SERVER_UNREACHABLE",
  next: "Check that it runs; this page goes on trying.",
  retryable: true,
};

const isProblem = (value: unknown): value is Problem =>
  typeof value === "object" && value !== null && "code" in value && "title" in value;

/** Pilotlight itself says what is too large, and how large it may be. */
const tooLargeForProxy: Problem = {
  type: "about:blank",
  title: "The file is too large for a proxy between here and Pilotlight.",
  status: 413,
  code: "FILE_TOO_LARGE",
  next: "Export with smaller images, or ask whoever runs the proxy to let 200 MB through.",
  retryable: false,
};

/** A body that is no problem object (a proxy's page, say) is never shown as it stands. */
export function problemOfBody(body: unknown, status: number): Problem {
  if (isProblem(body)) return body;
  if (status === 413) return tooLargeForProxy;
  if (status === 502 || status === 503 || status === 504) return { ...unreachable, status };
  return {
    type: "about:blank",
    title: "The answer could not be read.",
    status,
    code: "INTERNAL",
    next: "Try again.",
    retryable: status >= 500,
  };
}

/** Any thrown thing as a problem that can be shown. */
export function problemOf(error: unknown): Problem {
  return error instanceof ApiError ? error.problem : problemOfBody(null, 500);
}

/** The API asks for a key: whatever was asked for, a key comes first. */
export function noteRefusal({ code }: Problem): void {
  if (code === "UNAUTHORIZED") noteSignedOut();
}

/** With the id that the server's log knows the request by. */
function problemOfAnswer(answer: Response, body: unknown): Problem {
  const requestId = answer.headers.get("x-request-id");
  const problem = problemOfBody(body, answer.status);
  noteRefusal(problem);
  return requestId === null ? problem : { requestId, ...problem };
}

async function ask(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiError(unreachable);
  }
}

/**
 * Asks and reads JSON.
 * @throws ApiError for every answer that is not a success, and when nothing answers.
 */
export async function getJson<T>(url: string, init: RequestInit = {}): Promise<T> {
  const answer = await ask(url, init);
  noteServerDate(answer.headers.get("date"));
  const body: unknown = await answer.json().catch(() => null);
  if (!answer.ok || body === null) throw new ApiError(problemOfAnswer(answer, body));
  return body as T;
}

export const postJson = <T>(url: string, body?: unknown): Promise<T> =>
  getJson<T>(url, {
    method: "POST",
    ...(body === undefined
      ? {}
      : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
