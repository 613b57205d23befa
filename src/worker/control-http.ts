import type { z } from "zod";
import { AppError, errorOf } from "../errors/app-error.ts";
import type { Random } from "../lib/random.ts";
import { pause, within } from "./signals.ts";

export interface Call {
  readonly method: "GET" | "POST" | "PUT";
  readonly url: string;
  readonly token: string | null;
  /** A Buffer goes out as JPEG, anything else as JSON. */
  readonly body?: unknown;
  readonly signal: AbortSignal;
  /** Of one try. */
  readonly deadlineMs: number;
  readonly tries: number;
}

const backoffFirstMs = 100;
const backoffMaxMs = 2_000;

/** Doubles from try to try; the jitter keeps many containers from coming back in step. */
export const backoffMs = (attempt: number, random: Random): number =>
  Math.min(backoffMaxMs, backoffFirstMs * 2 ** (attempt - 1)) * (0.5 + random.next() / 2);

/**
 * One call to another server, repeated after a network fault or a 5xx; a 4xx is final. `read` takes
 * the answer under the same deadline. Throws the problem's own code, or SERVER_UNREACHABLE.
 */
export async function callServer<T>(
  call: Call,
  random: Random,
  read: (response: Response, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await tryOnce(call, read);
    } catch (error) {
      call.signal.throwIfAborted();
      if (attempt >= call.tries || !mayPass(error)) throw error;
    }
    await pause(backoffMs(attempt, random), call.signal);
    call.signal.throwIfAborted();
  }
}

/** Every 5xx is worth another try; of our own codes so are those that mean "could not get through". */
class ServerFault extends AppError {}

/** Whether the same call may succeed later: a network fault, a missed deadline or a 5xx. */
export const mayPass = (error: unknown): boolean => error instanceof ServerFault;

async function tryOnce<T>(
  call: Call,
  read: (response: Response, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = (): AppError =>
    new ServerFault("SERVER_UNREACHABLE", `No answer within ${call.deadlineMs / 1000} s.`);
  return await within({ parent: call.signal, ms: call.deadlineMs, late }, async (signal) => {
    const response = await reach(call, signal);
    if (!response.ok) throw await refusalOf(response);
    return await read(response, signal).catch((error: unknown) => {
      throw signal.aborted ? signal.reason : error instanceof AppError ? error : faultOf(error);
    });
  });
}

async function reach(call: Call, signal: AbortSignal): Promise<Response> {
  const jpeg = Buffer.isBuffer(call.body);
  const headers: Record<string, string> = { accept: "application/json" };
  if (call.token !== null) headers.authorization = `Bearer ${call.token}`;
  if (call.body !== undefined) headers["content-type"] = jpeg ? "image/jpeg" : "application/json";
  const body = call.body === undefined ? {} : { body: bodyOf(call.body) };
  try {
    return await fetch(call.url, { method: call.method, headers, signal, ...body });
  } catch (error) {
    throw signal.aborted ? signal.reason : faultOf(error);
  }
}

const bodyOf = (body: unknown): string | Uint8Array<ArrayBuffer> =>
  Buffer.isBuffer(body) ? new Uint8Array(body) : JSON.stringify(body);

async function refusalOf(response: Response): Promise<AppError> {
  const problem: unknown = await response.json().catch(() => null);
  if (response.status < 500) return errorOf(problem, "BAD_REQUEST", `HTTP ${response.status}`);
  const { code, detail } = errorOf(problem, "SERVER_UNREACHABLE");
  return new ServerFault(code, detail ?? `HTTP ${response.status}`);
}

/** fetch says only "fetch failed"; the cause names what happened (ECONNREFUSED and the like). */
function faultOf(error: unknown): AppError {
  // A parser's message quotes what it read: a lease holds the deck's words.
  if (error instanceof SyntaxError) {
    return new ServerFault("SERVER_UNREACHABLE", "The answer is not JSON.");
  }
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new ServerFault("SERVER_UNREACHABLE", detail, { cause: error });
}

/** Reads a JSON answer of a known shape; another shape is a fault of the protocol, not worth a retry. */
export const jsonOf =
  <T extends z.ZodType>(schema: T) =>
  async (response: Response): Promise<z.infer<T>> => {
    const parsed = schema.safeParse(await response.json());
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    const at = issue === undefined ? "" : ` at ${issue.path.join(".")}: ${issue.message}`;
    throw new AppError("PROTOCOL_UNSUPPORTED", `The answer has another shape${at}`);
  };

/** For calls whose answer says nothing: the body is read to its end so that the socket is free again. */
export const drained = async (response: Response): Promise<void> => {
  await response.arrayBuffer();
};
