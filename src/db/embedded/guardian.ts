/**
 * The guardian: a small process that owns one PostgreSQL server. It lives exactly as long as its
 * standard input stays open. Whoever holds the other end may be killed in any way, and the server is
 * still shut down in order and nothing is left.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { plainEnvironment } from "./account.ts";
import { sizeOf, tailOf } from "./failure.ts";
import { type GuardianMessage, guardianStart } from "./guardian-protocol.ts";
import { readPostmaster, stopSteps } from "./postmaster.ts";

const start = guardianStart.parse(JSON.parse(process.argv[2] ?? ""));
const firstTries = 8;
const retryMs = 400;
const longestRetryMs = 5_000;

let server: ChildProcess | null = null;
let closing = false;
let down: Promise<void> | null = null;

/** A port that was free a moment ago. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}

function launch(port: number): ChildProcess {
  const settings = { ...start.settings, port: String(port) };
  const args = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const log = openSync(start.logFile, "a", 0o600);
  try {
    return spawn(start.program, ["-D", start.dataDir, ...args], {
      cwd: start.dataDir,
      env: plainEnvironment,
      stdio: ["ignore", log, log],
      ...start.account,
    });
  } finally {
    closeSync(log);
  }
}

const isOver = (child: ChildProcess): boolean =>
  child.exitCode !== null || child.signalCode !== null || child.pid === undefined;

function ended(child: ChildProcess): Promise<void> {
  if (isOver(child)) return Promise.resolve();
  return new Promise((resolve) => child.once("exit", () => resolve()));
}

/** @returns true when the server takes connections, false when it ended before */
async function becomesReady(child: ChildProcess): Promise<boolean> {
  while (!isOver(child)) {
    const record = await readPostmaster(start.dataDir);
    if (record?.pid === child.pid && record?.status === "ready") return true;
    await pause(10);
  }
  return false;
}

/** Failures that pass: the port was just taken, or remains of a killed server are still there. */
async function isPassing(logFrom: number): Promise<boolean> {
  const said = await tailOf(start.logFile, logFrom);
  return /in use|already exists/.test(said);
}

/** Starts the server until it is up. @returns its port, or null when it cannot be started */
async function bringUp(fixedPort: number | null): Promise<number | null> {
  for (let tries = 1; !closing; tries += 1) {
    const logFrom = await sizeOf(start.logFile);
    const port = fixedPort ?? (await freePort());
    if (closing) break;
    const child = launch(port);
    child.on("error", () => undefined);
    server = child;
    if (await becomesReady(child)) return port;
    const givesUp = fixedPort === null && (tries >= firstTries || !(await isPassing(logFrom)));
    if (givesUp) break;
    await pause(Math.min(tries * retryMs, longestRetryMs));
  }
  return null;
}

function tell(message: GuardianMessage): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

async function guard(): Promise<void> {
  let port = await bringUp(null);
  if (port === null && !closing) {
    tell({ state: "failed" });
    process.exitCode = 1;
  }
  while (port !== null && server !== null && !closing) {
    tell({ state: "ready", port });
    await ended(server);
    if (closing) break;
    tell({ state: "lost" });
    await pause(retryMs);
    port = await bringUp(port);
  }
  await shutDown();
  process.exit();
}

/** Fast shutdown, then harder. Returns when the server is gone. */
function shutDown(): Promise<void> {
  down ??= endServer();
  return down;
}

async function endServer(): Promise<void> {
  for (const [signal, limitMs] of stopSteps) {
    if (server === null || isOver(server)) return;
    server.kill(signal);
    await Promise.race([ended(server), pause(limitMs)]);
  }
}

function close(): void {
  closing = true;
  if (server !== null) void shutDown();
}

process.stdin.resume();
process.stdin.on("close", close);
process.stdin.on("error", close);
// The reader may be gone already; that is what standard input is watched for.
process.stdout.on("error", () => undefined);
// Its life hangs on the pipe alone: a service manager signals every process at once, and the server
// must outlive those that still write to it.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);
await guard();
