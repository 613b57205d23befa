import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Put before each line it says; empty: its lines pass as they are. */
  readonly prefix: string;
  /** Leads a group of its own, which can be killed with all it started. */
  readonly group: boolean;
  /** A channel whose end tells it that we are gone. */
  readonly channel: boolean;
}

/** How a process ended; `reason` is said of one that never began. */
export interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly reason: string | null;
}

export interface Running {
  /** Never rejects. */
  readonly ended: Promise<End>;
  /** Signals the process alone; one that is gone is no error. */
  signal(signal: NodeJS.Signals): void;
  /** Kills it, and its group where it has one. */
  kill(): void;
}

const lastWordsMs = 500;

/** Starts a process whose lines go to `say`. */
export function run(command: Command, say: (line: string) => void): Running {
  const child = spawn(command.file, [...command.args], {
    env: { ...command.env },
    detached: command.group,
    stdio: ["ignore", "pipe", "pipe", ...(command.channel ? ["ipc" as const] : [])],
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on("line", (line) => say(`${command.prefix}${line}`));
  }
  return {
    ended: endOf(child),
    signal: (signal) => void child.kill(signal),
    kill: () => killAll(child, command.group),
  };
}

async function endOf(child: ChildProcess): Promise<End> {
  const end = await new Promise<End>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal, reason: null }));
    child.on("error", (error) => {
      if (child.pid === undefined) resolve({ code: null, signal: null, reason: error.message });
    });
  });
  await lastWords(child);
  return end;
}

/** Waits until its pipes are read to their end; what it started may hold them open for ever. */
async function lastWords(child: ChildProcess): Promise<void> {
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null || stream.closed) continue;
    const limit = setTimeout(() => stream.destroy(), lastWordsMs);
    await once(stream, "close").catch(() => undefined);
    clearTimeout(limit);
  }
}

function killAll(child: ChildProcess, group: boolean): void {
  if (child.pid === undefined) return;
  try {
    process.kill(group ? -child.pid : child.pid, "SIGKILL");
  } catch {
    // All of it has ended by itself.
  }
}
