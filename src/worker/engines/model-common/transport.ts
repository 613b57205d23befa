import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { AppError } from "../../../errors/app-error.ts";
import { errorOfSocket } from "./faults.ts";

export interface Call {
  readonly path: string;
  /** Sent as JSON by POST; without it the call is a GET. */
  readonly body?: unknown;
  /** Beside those of the body. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** The whole call, connecting included. */
  readonly deadlineMs: number;
  /** Longest silence once the answer has begun; before that only the deadline counts. */
  readonly idleMs?: number;
  /** Takes the lines of a 200 answer as they come; without it they are collected into `text`. */
  readonly onLine?: (line: string) => void;
}

export interface Reply {
  readonly status: number;
  readonly text: string;
  /** What `Retry-After` asks for; null when it is not there. */
  readonly retryAfterMs: number | null;
}

/** An answer is a few kilobytes; anything near this is a server gone wild. */
const textCharactersMax = 8_000_000;

/**
 * One HTTP exchange on a connection of its own, closed when this settles. `node:http`, because the
 * built-in fetch gives up on a server that sends no header for five minutes, and hanging up while a
 * model loads makes Ollama drop the load. Throws the signal's reason, MODEL_TIMEOUT,
 * ENGINE_UNREACHABLE or MODEL_STREAM_BROKEN; any HTTP status is a value.
 */
export async function exchange(base: URL, call: Call): Promise<Reply> {
  call.signal.throwIfAborted();
  const request = send(base, call);
  const guard = guardOf(request, call);
  let answered = false;
  try {
    const response = await headersOf(request);
    answered = true;
    const onLine = response.statusCode === 200 ? call.onLine : undefined;
    const text = await read(response, guard.heard, onLine);
    const retryAfterMs = retryAfterOf(response.headers["retry-after"]);
    return { status: response.statusCode ?? 0, text, retryAfterMs };
  } catch (error) {
    if (guard.reason() !== undefined) throw guard.reason();
    throw error instanceof AppError ? error : errorOfSocket(error, answered, base.host);
  } finally {
    guard.end();
    request.destroy();
  }
}

function send(base: URL, call: Call): ClientRequest {
  const open = base.protocol === "https:" ? httpsRequest : httpRequest;
  const body = call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body));
  const request = open(new URL(call.path, base), {
    method: body === undefined ? "GET" : "POST",
    agent: false,
    headers: {
      ...call.headers,
      ...(body && { "content-type": "application/json", "content-length": body.length }),
    },
  });
  // A late socket error must find a listener; the one that matters is seen by whoever reads.
  request.on("error", () => undefined);
  request.end(body);
  return request;
}

/** Seconds; the other form, a date, would trust two clocks to agree. */
const retryAfterOf = (header: string | undefined): number | null =>
  header !== undefined && /^\d{1,6}(\.\d+)?$/.test(header.trim()) ? Number(header) * 1000 : null;

const headersOf = (request: ClientRequest): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    request.once("response", resolve);
    request.once("error", reject);
    request.once("close", () => reject(new Error("closed without an answer")));
  });

async function read(
  response: IncomingMessage,
  heard: () => void,
  onLine: ((line: string) => void) | undefined,
): Promise<string> {
  response.setEncoding("utf8");
  let rest = "";
  heard();
  for await (const chunk of response) {
    heard();
    rest += chunk;
    if (onLine !== undefined) rest = takeLines(rest, onLine);
    if (rest.length > textCharactersMax) {
      throw new AppError("MODEL_STREAM_BROKEN", "The answer does not end.");
    }
  }
  if (onLine !== undefined && rest.trim() !== "") onLine(rest);
  return onLine === undefined ? rest : "";
}

/** Hands on the complete lines and returns the unfinished one. */
function takeLines(text: string, onLine: (line: string) => void): string {
  const lines = text.split("\n");
  const rest = lines.pop() ?? "";
  for (const line of lines) if (line.trim() !== "") onLine(line);
  return rest;
}

/** Ends the request when the deadline passes, the line falls silent, or the caller gives up. */
function guardOf(request: ClientRequest, call: Call) {
  let reason: unknown;
  let idle: NodeJS.Timeout | undefined;
  const trip = (why: unknown): void => {
    reason ??= why ?? new Error("given up");
    request.destroy();
  };
  const late = (ms: number, what: string) => () =>
    trip(new AppError("MODEL_TIMEOUT", `${what} ${Math.round(ms / 100) / 10} s.`));
  const deadline = setTimeout(late(call.deadlineMs, "No answer within"), call.deadlineMs);
  const abort = (): void => trip(call.signal.reason);
  call.signal.addEventListener("abort", abort, { once: true });
  return {
    reason: () => reason,
    heard(): void {
      clearTimeout(idle);
      if (call.idleMs === undefined) return;
      idle = setTimeout(late(call.idleMs, "The answer stood still for"), call.idleMs);
    },
    end(): void {
      clearTimeout(deadline);
      clearTimeout(idle);
      call.signal.removeEventListener("abort", abort);
    },
  };
}
