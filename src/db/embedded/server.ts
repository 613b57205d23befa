import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { childEntry } from "../../lib/entry.ts";
import { plainEnvironment } from "./account.ts";
import { sizeOf, startFailed, tailOf } from "./failure.ts";
import { type GuardianMessage, type GuardianStart, guardianMessage } from "./guardian-protocol.ts";
import type { Place } from "./place.ts";
import { stopOldPostmaster } from "./postmaster.ts";

/** How long recovery after a crash may take before a start counts as failed. */
const readyLimitMs = 120_000;

/** For a small machine. What keeps data safe stays on. */
const defaultSettings: Readonly<Record<string, string>> = {
  listen_addresses: "127.0.0.1",
  // A socket's path may hold 107 bytes; a state folder's may be longer.
  unix_socket_directories: "",
  shared_buffers: "128MB",
  max_connections: "60",
  fsync: "on",
  synchronous_commit: "on",
  wal_compression: "on",
  max_wal_size: "512MB",
  password_encryption: "scram-sha-256",
  timezone: "UTC",
  log_timezone: "UTC",
  log_line_prefix: "%m [%p] ",
  log_checkpoints: "off",
  cluster_name: "pilotlight",
};

export interface RunningServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts a guardian, and through it the server. Throws `DATABASE_START_FAILED`. */
export async function startServer(
  place: Place,
  logFile: string,
  settings: Readonly<Record<string, string>>,
  log: (line: string) => void,
): Promise<RunningServer> {
  const logFrom = await sizeOf(logFile);
  const guardian = spawnGuardian({
    program: join(place.binaries.dir, "bin", "postgres"),
    dataDir: place.dataDir,
    logFile,
    account: place.account,
    settings: { ...defaultSettings, ...settings },
  });
  const gone = exitOf(guardian);
  const stop = async (): Promise<void> => {
    hold(guardian, true);
    guardian.stdin?.end();
    await gone;
    // The net below: a guardian that was killed leaves its server running.
    await stopOldPostmaster(place.dataDir);
  };
  try {
    const lines = createInterface({ input: requireOutput(guardian) });
    const port = await firstPort(lines, gone);
    report(lines, log);
    hold(guardian, false);
    return { port, stop };
  } catch (error) {
    await stop();
    const said = await tailOf(logFile, logFrom);
    const reason = error instanceof Error ? error.message : String(error);
    throw startFailed(said === "" ? reason : `${reason} ${logFile} ends with:\n${said}`, error);
  }
}

function spawnGuardian(start: GuardianStart): ChildProcess {
  const { file, execArgv } = childEntry(import.meta.url, "./guardian");
  const log = openSync(start.logFile, "a", 0o600);
  try {
    const guardian = spawn(process.execPath, [...execArgv, file, JSON.stringify(start)], {
      // A session of its own: Ctrl-C in the terminal reaches neither it nor the server.
      detached: true,
      cwd: "/",
      env: plainEnvironment,
      stdio: ["pipe", "pipe", log],
    });
    guardian.stdin?.on("error", () => undefined);
    return guardian;
  } finally {
    closeSync(log);
  }
}

function requireOutput(guardian: ChildProcess): NodeJS.ReadableStream {
  if (guardian.stdout === null) throw new Error("The guardian has no output.");
  return guardian.stdout;
}

/** Settles when the guardian has ended, or was never there. Never rejects. */
function exitOf(guardian: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    guardian.once("exit", () => resolve());
    guardian.once("error", () => resolve());
  });
}

function firstPort(lines: Interface, gone: Promise<void>): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`PostgreSQL was not ready within ${readyLimitMs / 1000} seconds.`)),
      readyLimitMs,
    );
    const settle = (done: () => void): void => {
      clearTimeout(timer);
      lines.off("line", onLine);
      done();
    };
    const onLine = (line: string): void => {
      const message = parse(line);
      if (message?.state === "ready") settle(() => resolve(message.port));
      if (message?.state === "failed") settle(() => reject(new Error("PostgreSQL did not start.")));
    };
    lines.on("line", onLine);
    void gone.then(() => settle(() => reject(new Error("The guardian of PostgreSQL ended."))));
  });
}

function report(lines: Interface, log: (line: string) => void): void {
  lines.on("line", (line) => {
    const state = parse(line)?.state;
    if (state === "lost") log("PostgreSQL ended unexpectedly and is being started again.");
    if (state === "ready") log("PostgreSQL is up again.");
  });
}

function parse(line: string): GuardianMessage | null {
  try {
    return guardianMessage.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

/** Whether the guardian keeps this process alive. A program that merely ends takes it along. */
function hold(guardian: ChildProcess, held: boolean): void {
  const stdio = [guardian.stdin, guardian.stdout] as unknown as readonly (HeldHandle | null)[];
  for (const handle of [guardian, ...stdio]) {
    if (held) handle?.ref();
    else handle?.unref();
  }
}

/** Pipes to a child are sockets, though their types do not say so. */
interface HeldHandle {
  ref(): void;
  unref(): void;
}
