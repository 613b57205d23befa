import { parentPort, workerData } from "node:worker_threads";
import type { HeartbeatAnswer, HeartbeatBody } from "../contract/worker-protocol.ts";

/**
 * Runs in a thread of its own, so that a main thread busy with one slide never looks dead. It knows
 * nothing of tasks: it repeats the last state it was told, and passes directives back.
 */
export interface HeartbeatStart {
  readonly url: string;
  readonly everyMs: number;
  readonly deadlineMs: number;
  readonly who: { readonly id: string; readonly token: string };
  readonly body: HeartbeatBody;
}

export type ToThread =
  | { readonly kind: "state"; readonly body: HeartbeatBody; readonly now: boolean }
  | { readonly kind: "identity"; readonly who: HeartbeatStart["who"] }
  | { readonly kind: "stop"; readonly body: HeartbeatBody };

export type FromThread =
  | {
      readonly kind: "directives";
      readonly answer: HeartbeatAnswer;
      /** What the beat said that was answered. */
      readonly phase: HeartbeatBody["phase"];
    }
  | { readonly kind: "unknown"; readonly id: string }
  | { readonly kind: "unreachable"; readonly detail: string };

/** Beats never overlap, so a last "stopped" cannot be overtaken by an older "ready". */
function beating(start: HeartbeatStart, tell: (message: FromThread) => void, end: () => void) {
  let { who, body } = start;
  let timer: NodeJS.Timeout | undefined;
  let running = false;
  let again = false;
  let stopping = false;

  const run = async (): Promise<void> => {
    again = running;
    if (running) return;
    clearTimeout(timer);
    running = true;
    const last = stopping;
    tell(await send(start, who, body));
    running = false;
    if (last) end();
    else timer = setTimeout(() => void run(), again ? 0 : start.everyMs);
  };
  return {
    run,
    hear(message: ToThread): void {
      if (message.kind === "identity") who = message.who;
      else body = message.body;
      if (message.kind === "stop") stopping = true;
      if (message.kind !== "state" || message.now) void run();
    },
  };
}

/** One heartbeat. Never throws: what went wrong is a message. */
async function send(
  { url, deadlineMs }: HeartbeatStart,
  who: HeartbeatStart["who"],
  body: HeartbeatBody,
): Promise<FromThread> {
  try {
    const response = await fetch(`${url}/api/containers/${who.id}/heartbeat`, {
      method: "POST",
      headers: { authorization: `Bearer ${who.token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(deadlineMs),
    });
    const answer: unknown = await response.json();
    if (response.ok) {
      return { kind: "directives", answer: directivesOf(answer), phase: body.phase };
    }
    if (hasCode(answer, "CONTAINER_UNKNOWN")) return { kind: "unknown", id: who.id };
    return { kind: "unreachable", detail: `HTTP ${response.status}` };
  } catch (error) {
    return { kind: "unreachable", detail: error instanceof Error ? error.message : String(error) };
  }
}

/** Reads only what is acted upon, by hand: the thread loads no packages and starts in milliseconds. */
function directivesOf(answer: unknown): HeartbeatAnswer {
  const { drain, drainSeconds, lost, forgotten } = (answer ?? {}) as Record<string, unknown>;
  return {
    drain: drain === true,
    drainSeconds: typeof drainSeconds === "number" && drainSeconds >= 0 ? drainSeconds : null,
    lost: Array.isArray(lost) ? lost.filter((id) => typeof id === "string") : [],
    forgotten: Array.isArray(forgotten) ? forgotten.filter(isFile) : [],
  };
}

const isFile = (value: unknown): value is { workspace: string; sha256: string } =>
  typeof value === "object" &&
  value !== null &&
  "workspace" in value &&
  typeof value.workspace === "string" &&
  "sha256" in value &&
  typeof value.sha256 === "string";

const hasCode = (answer: unknown, code: string): boolean =>
  typeof answer === "object" && answer !== null && "code" in answer && answer.code === code;

if (parentPort !== null) {
  const port = parentPort;
  const { run, hear } = beating(
    workerData as HeartbeatStart,
    (message) => port.postMessage(message),
    () => process.exit(0),
  );
  port.on("message", hear);
  void run();
}
