import { execFile } from "node:child_process";
import { readFile, readlink } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);
const onLinux = process.platform === "linux";

/**
 * When this process was born, as an opaque text, or null when it is dead (a zombie is dead).
 * A pid alone names nothing: after a restart of the machine or of a Docker container the same small
 * numbers are handed out again. A pid with its birth does.
 */
export async function birthOf(pid: number): Promise<string | null> {
  if (onLinux) {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
    // The second field is the program's name, which may hold blanks and brackets itself.
    const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, birth] = [fields?.[0], fields?.[19]];
    return state === undefined || birth === undefined || "ZX".includes(state) ? null : birth;
  }
  const seen = await run("ps", ["-o", "stat=,lstart=", "-p", String(pid)]).catch(() => null);
  const text = seen?.stdout.trim() ?? "";
  return text === "" || text.startsWith("Z") ? null : text.slice(text.indexOf(" ")).trim();
}

/** Whether the process runs in this folder or was started with it as an argument. */
export async function belongsTo(pid: number, dir: string): Promise<boolean> {
  if (onLinux) {
    const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => "");
    if (cwd === dir) return true;
    const commandLine = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    return commandLine.split("\0").includes(dir);
  }
  const seen = await run("ps", ["-o", "command=", "-p", String(pid)]).catch(() => null);
  return seen?.stdout.includes(dir) ?? false;
}

/** Sends the signal; a process that is already gone is fine. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Waits until the process with this pid and birth is gone. @returns false when `limitMs` passed first */
export async function waitUntilGone(pid: number, birth: string, limitMs: number): Promise<boolean> {
  const stepMs = 25;
  for (let waitedMs = 0; waitedMs <= limitMs; waitedMs += stepMs) {
    if ((await birthOf(pid)) !== birth) return true;
    await pause(stepMs);
  }
  return false;
}
