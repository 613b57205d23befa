import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { say, workshop } from "./paths.mjs";

const lockFile = join(workshop, "lock");

/**
 * Runs `work` while no other process sets up this checkout; waits for one that does.
 * `work` gets `keep(pid)`: a child to name in the lock. If we are killed, the lock holds until the
 * child has ended too, because npm goes on alone.
 */
export async function withLock(work) {
  const holders = [self()];
  let isSaid = false;
  while (!create(holders)) {
    const living = readHolders().find(isAlive);
    if (living === undefined) {
      removeDead();
      continue;
    }
    if (!isSaid) say(`Process ${living.pid} is setting up this checkout; waiting for it ...`);
    isSaid = true;
    await pause(100);
  }
  try {
    return await work((pid) => replace([...holders, { pid, birth: birthOf(pid) }]));
  } finally {
    rmSync(lockFile, { force: true });
  }
}

const self = () => ({ pid: process.pid, birth: birthOf(process.pid) });

/** A pid with its birth names one process for good; pids alone are used again. */
function birthOf(pid) {
  try {
    if (process.platform === "linux") {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return "ZX".includes(fields[0]) ? null : fields[19];
    }
    return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
  } catch {
    return null;
  }
}

function isAlive({ pid, birth }) {
  const now = birthOf(pid);
  return now !== null && (birth === null || birth === now);
}

function readHolders() {
  try {
    const holders = JSON.parse(readFileSync(lockFile, "utf8"));
    return Array.isArray(holders) ? holders : [];
  } catch {
    return [];
  }
}

/** The lock appears with its whole text or not at all. */
function create(holders) {
  const draft = `${lockFile}.${randomUUID()}`;
  writeFileSync(draft, JSON.stringify(holders));
  try {
    linkSync(draft, lockFile);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function replace(holders) {
  const draft = `${lockFile}.${randomUUID()}`;
  writeFileSync(draft, JSON.stringify(holders));
  renameSync(draft, lockFile);
}

/**
 * Removes a lock whose holders are dead. It is moved aside first and looked at there: if another
 * process was faster and the lock taken away is its living one, it goes back.
 */
function removeDead() {
  const aside = `${lockFile}.${randomUUID()}`;
  try {
    renameSync(lockFile, aside);
  } catch (error) {
    if (error.code === "ENOENT") return;
    throw error;
  }
  try {
    const holders = JSON.parse(readFileSync(aside, "utf8"));
    if (holders.some(isAlive)) linkSync(aside, lockFile);
  } catch {
    // Not a lock at all, or a new one stands already.
  } finally {
    rmSync(aside, { force: true });
  }
}
