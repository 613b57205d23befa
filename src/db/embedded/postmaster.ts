import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { belongsTo, birthOf, signal, waitUntilGone } from "./processes.ts";

/** PostgreSQL's own record of its first process, `postmaster.pid` in the data folder. */
export interface PostmasterRecord {
  readonly pid: number;
  /** On 127.0.0.1; null until it listens. */
  readonly port: number | null;
  /** `starting`, `ready`, `stopping` or `standby`; empty before the first status. */
  readonly status: string;
}

/** @returns null when there is no record or it is not whole yet */
export async function readPostmaster(dataDir: string): Promise<PostmasterRecord | null> {
  const text = await readFile(join(dataDir, "postmaster.pid"), "utf8").catch(() => "");
  const lines = text.split("\n");
  const pid = Number.parseInt(lines[0] ?? "", 10);
  const port = Number.parseInt(lines[3] ?? "", 10);
  const status = lines[7]?.trim() ?? "";
  return pid > 0 ? { pid, port: port > 0 ? port : null, status } : null;
}

/** The pid of the server that runs on this data folder, or null. */
export async function livePostmaster(dataDir: string): Promise<number | null> {
  const record = await readPostmaster(dataDir);
  if (record === null || (await birthOf(record.pid)) === null) return null;
  return (await belongsTo(record.pid, dataDir)) ? record.pid : null;
}

/**
 * Ends a server that outlived its guardian: fast first, then without mercy. A record that names
 * someone else's process (pids are used again) is removed: PostgreSQL would refuse to start over it.
 */
export async function stopOldPostmaster(dataDir: string): Promise<void> {
  const record = await readPostmaster(dataDir);
  if (record === null) return;
  const birth = await birthOf(record.pid);
  if (birth === null) return;
  if (!(await belongsTo(record.pid, dataDir))) {
    await rm(join(dataDir, "postmaster.pid"), { force: true });
    return;
  }
  for (const [name, limitMs] of stopSteps) {
    signal(record.pid, name);
    if (await waitUntilGone(record.pid, birth, limitMs)) return;
  }
}

/** Fast shutdown, then immediate, then the kernel's. Each with the time it is given. */
export const stopSteps = [
  ["SIGINT", 10_000],
  ["SIGQUIT", 5_000],
  ["SIGKILL", 5_000],
] as const satisfies readonly (readonly [NodeJS.Signals, number])[];
