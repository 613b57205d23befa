import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { systemClock } from "../../lib/clock.ts";
import { birthOf } from "./processes.ts";

export interface Lock {
  release(): Promise<void>;
}

interface Holder {
  readonly pid: number;
  readonly birth: string | null;
}

/** How long a takeover may be under way before it counts as left behind by a dead process. */
const takeoverLimitMs = 5_000;

/**
 * Takes a lock file for this process. A lock whose holder is dead is taken over, so kill -9 never
 * leaves one that a person must remove.
 * @returns the lock, or who holds it
 */
export async function takeLock(path: string): Promise<Lock | { readonly heldBy: number }> {
  const mine = JSON.stringify({ pid: process.pid, birth: await birthOf(process.pid) });
  for (;;) {
    if (await createWhole(path, mine)) return { release: () => releaseLock(path, mine) };
    const holder = await readHolder(path);
    if (holder !== null && (await isHeld(holder))) return { heldBy: holder.pid };
    await takeOver(path);
  }
}

/** Appears with its whole text or not at all, so that nobody ever reads half a lock. */
async function createWhole(path: string, text: string): Promise<boolean> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, text, { mode: 0o600 });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function readHolder(path: string): Promise<Holder | null> {
  const text = await readFile(path, "utf8").catch(() => "");
  try {
    const holder: unknown = JSON.parse(text);
    if (typeof holder !== "object" || holder === null) return null;
    const { pid, birth } = holder as Record<string, unknown>;
    return typeof pid === "number"
      ? { pid, birth: typeof birth === "string" ? birth : null }
      : null;
  } catch {
    return null;
  }
}

async function isHeld(holder: Holder): Promise<boolean> {
  const birth = await birthOf(holder.pid);
  return birth !== null && (holder.birth === null || holder.birth === birth);
}

/**
 * Removes a dead holder's lock. The folder beside it lets one process at a time look again and
 * remove: without it, a slow second one would remove the lock the first had just taken.
 */
async function takeOver(path: string): Promise<void> {
  const door = `${path}.takeover`;
  try {
    await mkdir(door);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    await pause(20);
    const left = await stat(door).catch(() => null);
    if (left !== null && systemClock.nowMs() - left.mtimeMs > takeoverLimitMs) {
      await rmdir(door).catch(() => undefined);
    }
    return;
  }
  try {
    const holder = await readHolder(path);
    if (holder === null || !(await isHeld(holder))) await rm(path, { force: true });
  } finally {
    await rmdir(door).catch(() => undefined);
  }
}

async function releaseLock(path: string, mine: string): Promise<void> {
  const text = await readFile(path, "utf8").catch(() => "");
  if (text === mine) await rm(path, { force: true });
}
