import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";

/** How a container ended, as a container runtime reports it: a signal is a code above 128. */
export interface RunEnd {
  readonly code: number;
}

/** A container that runs. */
export interface Run {
  stop(signal: "SIGTERM" | "SIGKILL"): void;
  readonly exited: Promise<RunEnd>;
  log(): string;
  /** Ends by itself, with last words. A process does that on its own account. */
  end(code: number, words: string): void;
}

/** What the stub's kubelet starts for a Pod. */
export type Runner = (name: string, env: Readonly<Record<string, string>>) => Run;

const killed = (signal: "SIGTERM" | "SIGKILL"): number => 128 + constants.signals[signal];

/** Is up at once, obeys SIGTERM at once, and is nothing but a record. */
export const fakeRunner: Runner = () => {
  let settle: (end: RunEnd) => void = () => undefined;
  let text = "up\n";
  const exited = new Promise<RunEnd>((resolve) => {
    settle = resolve;
  });
  return {
    exited,
    log: () => text,
    stop: (signal) => settle({ code: signal === "SIGTERM" ? 0 : killed("SIGKILL") }),
    end(code, words) {
      text += `${words}\n`;
      settle({ code });
    },
  };
};

/** Real processes: `node <file>` with the Pod's variables and nothing else. */
export const processRunner =
  (file: string): Runner =>
  (_name, env) => {
    const child = spawn(process.execPath, [file], { env, stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        text += chunk.toString();
      });
    }
    const exited = once(child, "close").then(([code, signal]) => ({
      code: typeof code === "number" ? code : killed(signal as "SIGTERM" | "SIGKILL"),
    }));
    return {
      exited,
      log: () => text,
      stop: (signal) => void child.kill(signal),
      end: () => undefined,
    };
  };
