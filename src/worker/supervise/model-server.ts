import type { Clock } from "../../lib/clock.ts";
import type { Log } from "../../telemetry/log.ts";
import { pause } from "../signals.ts";
import { type Command, type Running, run } from "./process.ts";

export interface ModelServerOptions {
  readonly command: Command;
  readonly say: (line: string) => void;
  readonly clock: Clock;
  readonly log: Log;
  /** Before the first new start; doubled with each further one. */
  readonly backoffMs?: number;
  /** From SIGTERM to SIGKILL. */
  readonly killMs?: number;
}

export interface ModelServer {
  /** Resolves when it has died too often to be started again; never, when it does not. */
  readonly lost: Promise<void>;
  /** SIGTERM, then SIGKILL; resolves when it is gone. Safe to repeat. */
  stop(): Promise<void>;
}

const backoffDefaultMs = 1_000;
const backoffMaxMs = 30_000;
const killDefaultMs = 5_000;
/** So many new starts within so long are tried. */
const startsMax = 5;
const windowMs = 600_000;

/** Keeps a model server running. */
export function keepModelServer(options: ModelServerOptions): ModelServer {
  const stopping = new AbortController();
  let current: Running | null = null;
  let gone: Promise<void> = Promise.resolve();

  const lost = new Promise<void>((resolve) => {
    gone = keep().then((isLost) => {
      if (isLost) resolve();
    });
  });

  /** true: it died too often. */
  async function keep(): Promise<boolean> {
    const { clock, log, command, say } = options;
    let starts: readonly number[] = [];
    for (;;) {
      current = run(command, say);
      const end = await current.ended;
      // What it had started (a runner with the model in memory) must not outlive it.
      current.kill();
      if (stopping.signal.aborted) return false;
      const nowMs = clock.nowMs();
      starts = starts.filter((atMs) => nowMs - atMs < windowMs);
      log.error({ ...end, again: starts.length < startsMax }, "the model server ended");
      if (starts.length >= startsMax) return true;
      const backoffMs = (options.backoffMs ?? backoffDefaultMs) * 2 ** starts.length;
      await pause(Math.min(backoffMaxMs, backoffMs), stopping.signal);
      if (stopping.signal.aborted) return false;
      starts = [...starts, clock.nowMs()];
    }
  }

  return {
    lost,
    async stop() {
      stopping.abort();
      current?.signal("SIGTERM");
      const timer = setTimeout(() => current?.kill(), options.killMs ?? killDefaultMs);
      await gone;
      clearTimeout(timer);
    },
  };
}
