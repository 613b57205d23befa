import { readdirSync, readFileSync } from "node:fs";

export interface PeakMemory {
  /** Largest resident memory of any one process below the watched one, in bytes, since the last call. */
  take(): number;
  stop(): void;
}

const none: ReadonlySet<number> = new Set();

/**
 * Watches all processes that a process starts, and theirs, through /proc; `except` and its own are left out.
 * What ends sooner than `everyMs` is not seen.
 */
export function watchPeakMemory(
  root: number,
  except: ReadonlySet<number> = none,
  everyMs = 25,
): PeakMemory {
  let peak = 0;
  const look = (): void => {
    for (const pid of descendantsOf(root, except)) peak = Math.max(peak, peakOf(pid));
  };
  const timer = setInterval(look, everyMs);
  return {
    take() {
      look();
      const seen = peak;
      peak = 0;
      return seen;
    },
    stop: () => clearInterval(timer),
  };
}

/** Processes that a process started, and theirs. */
export function descendantsOf(root: number, except = none): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = read(`/proc/${name}/stat`);
    const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const below = (pid: number): number[] =>
    (children.get(pid) ?? [])
      .filter((child) => !except.has(child))
      .flatMap((child) => [child, ...below(child)]);
  return below(root);
}

/** High-water mark of a process: nothing between two looks is missed while it lives. */
const peakOf = (pid: number): number =>
  Number(/^VmHWM:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
