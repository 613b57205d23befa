import { open, rm } from "node:fs/promises";
import { join } from "node:path";

const writes = 200;
const block = Buffer.alloc(8192, 1);

/** Median time of writing a page and forcing it to the disk of `dir`, in microseconds. */
export async function probeDiskUs(dir: string): Promise<number> {
  const path = join(dir, `probe-${process.pid}`);
  const file = await open(path, "w");
  try {
    const tookUs: number[] = [];
    for (let index = 0; index < writes; index += 1) {
      const startedMs = performance.now();
      await file.write(block, 0, block.length, (index % 64) * block.length);
      await file.datasync();
      tookUs.push((performance.now() - startedMs) * 1000);
    }
    return Math.round(median(tookUs));
  } finally {
    await file.close();
    await rm(path, { force: true });
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
