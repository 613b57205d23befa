import { readdirSync, readFileSync } from "node:fs";

/** Ticks in which /proc counts, a second: the same on all Linux that Node runs on. */
const ticksPerSecond = 100;

/**
 * CPU seconds that a process, all it started, and all that ended since have used. To hundredths.
 * @param root absent: this process
 */
export function cpuSeconds(root: number = process.pid): number {
  const parents = new Map<number, { parent: number; ticks: number }>();
  for (const name of readdirSync("/proc")) {
    const fields = /^\d+$/.test(name) ? fieldsOf(name) : null;
    if (fields === null) continue;
    // After the name: state, parent ... 11 utime, 12 stime, and 13, 14 those of children that ended (proc(5)).
    const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0);
    parents.set(Number(name), { parent: Number(fields[1]), ticks });
  }
  const isBelow = (pid: number): boolean =>
    pid === root || (pid > 1 && isBelow(parents.get(pid)?.parent ?? 0));
  let ticks = 0;
  for (const [pid, one] of parents) if (isBelow(pid)) ticks += one.ticks;
  return ticks / ticksPerSecond;
}

function fieldsOf(pid: string): readonly string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return null;
  }
}
