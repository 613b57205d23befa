import { readdirSync, readFileSync } from "node:fs";

/** The variable by which a container's process is known as one of an installation. */
export const installationVariable = "PILOTLIGHT_INSTALLATION";

/** Sends a signal; a process or group (negative id) that is gone already is no error. */
export function sendSignal(id: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(id, signal);
  } catch (error) {
    // EPERM is what some systems say of a group whose members have all ended.
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ESRCH" || code === "EPERM") return false;
    throw error;
  }
}

/**
 * Processes of this installation that are none of ours, from /proc: what an earlier control plane
 * left behind when it was killed. Empty on systems without /proc.
 */
export function findLeftovers(installation: string, own: ReadonlySet<number>): number[] {
  const mark = `${installationVariable}=${installation}`;
  const spared = new Set([...own, ...ancestors()]);
  return processIds().filter(
    (pid) => !spared.has(pid) && readProc(pid, "environ").split("\0").includes(mark),
  );
}

/** Whether a process with this id still runs; one that only waits to be collected does not. */
export function isRunning(pid: number): boolean {
  const state = statFields(pid)[0];
  return state !== undefined && state !== "Z" && state !== "X";
}

/** True when it leads its group, so that the group is its own and may be signalled whole. */
export const leadsGroup = (pid: number): boolean => Number(statFields(pid)[2]) === pid;

function processIds(): number[] {
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** This process and those above it: none of them may be killed as a leftover. */
function ancestors(): number[] {
  const line: number[] = [];
  for (let pid = process.pid; pid > 1 && !line.includes(pid); ) {
    line.push(pid);
    pid = Number(statFields(pid)[1] ?? 0);
  }
  return line;
}

/** state, parent, group, ... : the fields after the name, which may hold blanks and brackets. */
function statFields(pid: number): string[] {
  const stat = readProc(pid, "stat");
  return stat === "" ? [] : stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** Empty when the process has gone, or belongs to someone else. */
function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return "";
  }
}
