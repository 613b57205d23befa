import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { childEntry } from "../../../src/lib/entry.ts";

/** A child process that is started again whenever it ends, as an init system would. */
export interface Supervised {
  readonly name: string;
  /** Resolves when the present process, or the next one, has said that it is ready. */
  ready(): Promise<void>;
  /** `kill -9`; the next one is started once `rest` is over. Resolves when the process is gone. */
  kill(rest?: Promise<unknown>): Promise<void>;
  /** Stops it in the middle of whatever it does, and lets it go on after `ms`. */
  freeze(ms: number): Promise<void>;
  /** Ends it for good. */
  stop(): Promise<void>;
}

export interface SupervisedOptions {
  readonly name: string;
  /** Beside this file, without extension. */
  readonly module: string;
  /** What the process is told; asked for at each start. */
  readonly argument: () => unknown;
  /** Its standard error goes to the end of this file. */
  readonly logFile: string;
  readonly onLine?: (line: Readonly<Record<string, unknown>>) => void;
  /** It had been ready and ended although nobody asked it to, or it never became ready. */
  readonly onCrash: (sentence: string) => void;
}

/** A process that ends before it was ready (its database is away) is tried again after this. */
const againMs = 300;
/** One that is neither ready nor gone after this is ended, and counts as broken. */
const startMs = 60_000;
const stopMs = 5_000;

export function supervise(options: SupervisedOptions): Supervised {
  let child: ChildProcess | null = null;
  let isReady = false;
  const waiting: (() => void)[] = [];
  let expected = false;
  let rest: Promise<unknown> = Promise.resolve();
  let stopping = false;
  let over: Promise<void> = Promise.resolve();

  const hear = (text: string): void => {
    const line = JSON.parse(text) as Record<string, unknown>;
    options.onLine?.(line);
    if (line.ready !== true) return;
    isReady = true;
    for (const tell of waiting.splice(0)) tell();
  };
  const start = (): void => {
    const running = launch(options, hear);
    child = running;
    const late = setTimeout(() => {
      if (isReady || stopping) return;
      options.onCrash(`${options.name} was not ready within ${startMs / 1000} s`);
      running.kill("SIGKILL");
    }, startMs);
    over = new Promise((resolve) => {
      running.once("exit", (code, signal) => {
        clearTimeout(late);
        if (!expected && isReady) {
          options.onCrash(`${options.name} ended by itself with ${code ?? signal}`);
        }
        const wait = expected ? rest : pause(againMs);
        [expected, isReady] = [false, false];
        void wait.then(() => {
          if (!stopping) start();
        });
        resolve();
      });
    });
  };
  start();
  return {
    name: options.name,
    ready: () =>
      isReady ? Promise.resolve() : new Promise((resolve) => waiting.push(() => resolve())),
    async kill(after = Promise.resolve()) {
      [expected, rest] = [true, after];
      child?.kill("SIGKILL");
      await over;
    },
    async freeze(ms) {
      const frozen = child;
      frozen?.kill("SIGSTOP");
      await pause(ms);
      frozen?.kill("SIGCONT");
    },
    async stop() {
      [stopping, expected] = [true, true];
      child?.kill("SIGCONT");
      child?.kill("SIGTERM");
      const timer = setTimeout(() => child?.kill("SIGKILL"), stopMs);
      await over;
      clearTimeout(timer);
      for (const tell of waiting.splice(0)) tell();
    },
  };
}

function launch(options: SupervisedOptions, hear: (line: string) => void): ChildProcess {
  const { file, execArgv } = childEntry(import.meta.url, options.module);
  const log = openSync(options.logFile, "a", 0o600);
  try {
    const child = spawn(process.execPath, [...execArgv, file, JSON.stringify(options.argument())], {
      // A session of its own: Ctrl-C reaches us alone, and we end it. It also ends with its input.
      detached: true,
      stdio: ["pipe", "pipe", log],
      // One that is killed leaves its folders where they are removed with the run.
      env: { ...process.env, TMPDIR: dirname(options.logFile) },
    });
    child.stdin?.on("error", () => undefined);
    if (child.stdout !== null) createInterface({ input: child.stdout }).on("line", hear);
    return child;
  } finally {
    closeSync(log);
  }
}
