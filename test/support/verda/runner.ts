import { spawn } from "node:child_process";
import { once } from "node:events";

/** A container that runs, whatever it is. */
export interface StubRun {
  stop(signal: "SIGTERM" | "SIGKILL"): void;
  readonly exited: Promise<void>;
  /** When it is healthy; absent: at once. */
  readonly ready?: Promise<void>;
}

export interface StubStart {
  readonly deployment: string;
  readonly replicaId: string;
  /** With the values of its secrets. */
  readonly env: Readonly<Record<string, string>>;
}

export interface StubRunner {
  start(what: StubStart): StubRun;
}

/** Containers that are nothing: up at once, gone as soon as they are told to. */
export const emptyRunner: StubRunner = {
  start() {
    let end = (): void => undefined;
    const exited = new Promise<void>((resolve) => {
      end = resolve;
    });
    return { exited, stop: () => void setImmediate(end) };
  },
};

export interface ProcessRunnerOptions {
  readonly file: string;
  readonly execArgv?: readonly string[];
  /** What every container gets beside its own variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** More for one replica, such as a port of its own. */
  readonly envOf?: (what: StubStart) => Readonly<Record<string, string>>;
  readonly onOutput?: (what: StubStart, text: string) => void;
  /** Resolves when it is healthy; absent: as soon as the process is there. */
  readonly ready?: (what: StubStart, env: Readonly<Record<string, string>>) => Promise<void>;
}

/** Containers that are processes of Node on this machine. */
export function processRunner(options: ProcessRunnerOptions): StubRunner {
  return {
    start(what) {
      const own = { ...what.env, ...options.envOf?.(what) };
      const child = spawn(process.execPath, [...(options.execArgv ?? []), options.file], {
        env: { ...options.env, ...own },
        stdio: ["ignore", "pipe", "pipe"],
      });
      const tell = (chunk: Buffer) => options.onOutput?.(what, chunk.toString());
      child.stdout.on("data", tell);
      child.stderr.on("data", tell);
      const exited = Promise.race([once(child, "close"), once(child, "error")]).then(
        () => undefined,
        () => undefined,
      );
      const ready = options.ready?.(what, own);
      return {
        exited,
        stop: (signal) => void child.kill(signal),
        ...(ready === undefined ? {} : { ready }),
      };
    },
  };
}
