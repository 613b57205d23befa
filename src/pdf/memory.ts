import { readFile } from "node:fs/promises";

const watchMs = 200;

/** Calls `over` once when a process and those it started together have more than `bytesMax` of memory. Returns how to stop watching. */
export function watchMemory(
  pid: number | undefined,
  bytesMax: number,
  over: () => void,
): () => void {
  let isStopped = false;
  const stop = (): void => {
    isStopped = true;
    clearInterval(timer);
  };
  const check = async (): Promise<void> => {
    const used = await residentBytes(pid);
    if (isStopped || used <= bytesMax) return;
    stop();
    over();
  };
  const timer = setInterval(() => void check(), watchMs);
  return stop;
}

/** Memory in use, from /proc; 0 where there is none (no Linux, or the process is gone). */
async function residentBytes(pid: number | undefined): Promise<number> {
  if (pid === undefined) return 0;
  try {
    const status = await readFile(`/proc/${pid}/status`, "utf8");
    const own = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
    const others = await Promise.all((await childrenOf(pid)).map(residentBytes));
    return others.reduce((sum, bytes) => sum + bytes, own);
  } catch {
    return 0;
  }
}

/** Those its first thread started; none where the kernel does not tell. */
async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
  return text.split(" ").filter(Boolean).map(Number);
}
