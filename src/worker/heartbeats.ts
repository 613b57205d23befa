import { Worker } from "node:worker_threads";
import type { Phase } from "../contract/fleet.ts";
import type { HeartbeatAnswer, HeartbeatBody } from "../contract/worker-protocol.ts";
import { threadEntry } from "../lib/entry.ts";
import type { Log } from "../telemetry/log.ts";
import type { FromThread, HeartbeatStart, ToThread } from "./heartbeat-thread.ts";

export interface HeartbeatsOptions {
  readonly url: string;
  readonly who: { readonly id: string; readonly token: string };
  readonly everyMs: number;
  readonly body: HeartbeatBody;
  readonly log: Log;
  /**
   * The control plane wants this container to take no new pipeline and to end; said with every answer.
   * `seconds`: how long that may take, null: it did not say.
   */
  readonly onDrain: (seconds: number | null) => void;
  /** These leases are gone. */
  readonly onLost: (leases: readonly string[]) => void;
  /** What is kept of these bytes goes. Said several times. */
  readonly onForgotten: (files: NonNullable<HeartbeatAnswer["forgotten"]>) => void;
  /** The control plane does not know the container `id`: register again, then call `identify`. */
  readonly onUnknown: (id: string) => void;
}

export interface Heartbeats {
  /** What the next beats carry; `now` sends one at once (a new phase). */
  update(body: HeartbeatBody, now: boolean): void;
  identify(who: { readonly id: string; readonly token: string }): void;
  /** Resolves once a beat with this phase has been answered. */
  told(phase: Phase): Promise<void>;
  /** Whether the last beat was answered, and since when not. */
  state(): { readonly ok: boolean; readonly detail: string | null };
  /** Sends one last beat and ends the thread. */
  stop(last: HeartbeatBody): Promise<void>;
  /** Ends the thread without a word: the process is going away. */
  kill(): void;
}

const deadlineMinMs = 1_000;
const deadlineMaxMs = 5_000;
const restartMs = 1_000;
/** A last beat that is not answered within this is given up. */
const stopMs = 3_000;

/** Starts the heartbeat thread and owns it: a thread that dies is started again. */
export function startHeartbeats(options: HeartbeatsOptions): Heartbeats {
  const state = { ok: true, detail: null as string | null };
  const now = { who: options.who, body: options.body, ended: false };
  let listeners: { phase: Phase; resolve: () => void }[] = [];
  let restart: NodeJS.Timeout | undefined;

  const hear = (message: FromThread): void => {
    if (message.kind === "unreachable" && state.ok) {
      options.log.warn({ detail: message.detail }, "heartbeat not answered");
    }
    state.ok = message.kind !== "unreachable";
    state.detail = message.kind === "unreachable" ? message.detail : null;
    if (now.ended) return;
    if (message.kind === "unknown") options.onUnknown(message.id);
    if (message.kind !== "directives") return;
    for (const { phase, resolve } of listeners) if (phase === message.phase) resolve();
    listeners = listeners.filter(({ phase }) => phase !== message.phase);
    if (message.answer.lost.length > 0) options.onLost(message.answer.lost);
    if (message.answer.forgotten?.length) options.onForgotten(message.answer.forgotten);
    if (message.answer.drain) options.onDrain(message.answer.drainSeconds ?? null);
  };
  const start = (): Worker => {
    const thread = startThread(options, now.who, now.body);
    thread.on("message", hear);
    thread.on("error", (error) => options.log.error({ err: error }, "heartbeat thread failed"));
    thread.on("exit", () => {
      if (now.ended || thread !== current) return;
      restart = setTimeout(() => {
        current = start();
      }, restartMs);
    });
    return thread;
  };
  let current = start();
  const post = (message: ToThread): void => current.postMessage(message);

  return {
    update(body, atOnce) {
      now.body = body;
      post({ kind: "state", body, now: atOnce });
    },
    identify(who) {
      now.who = who;
      post({ kind: "identity", who });
    },
    told: (phase) => new Promise((resolve) => listeners.push({ phase, resolve })),
    state: () => ({ ...state }),
    async stop(last) {
      if (now.ended) return;
      now.ended = true;
      clearTimeout(restart);
      await lastWord(current, last);
    },
    kill() {
      now.ended = true;
      clearTimeout(restart);
      void current.terminate();
    },
  };
}

function startThread(
  options: HeartbeatsOptions,
  who: HeartbeatStart["who"],
  body: HeartbeatBody,
): Worker {
  const deadlineMs = Math.min(deadlineMaxMs, Math.max(deadlineMinMs, options.everyMs * 2));
  const workerData = { url: options.url, everyMs: options.everyMs, deadlineMs, who, body };
  // The token travels in memory; the environment of the process holds secrets it has no use for.
  const entry = threadEntry(import.meta.url, "./heartbeat-thread");
  return new Worker(entry, { env: {}, workerData: workerData satisfies HeartbeatStart });
}

async function lastWord(thread: Worker, body: HeartbeatBody): Promise<void> {
  const done = new Promise<void>((resolve) => thread.once("exit", () => resolve()));
  thread.postMessage({ kind: "stop", body } satisfies ToThread);
  const timer = setTimeout(() => void thread.terminate(), stopMs);
  await done;
  clearTimeout(timer);
}
