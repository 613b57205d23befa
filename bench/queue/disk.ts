import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** The disk the server writes to, as seen by who forces pages onto it. */
export interface Disk {
  /** Median time of writing a page and forcing it to the disk, in microseconds. */
  probeUs(): Promise<number>;
  /** Whether a probe is so slow that the disk must be held back: many are after long writing. */
  isThrottled(probeUs: number): boolean;
  /** Settles with a probe when the disk is no longer held back, or after two minutes. */
  rested(): Promise<number>;
}

const writes = 200;
const block = Buffer.alloc(8192, 1);
/** Times the best probe seen. */
const slowest = 3;
const restMsMax = 120_000;
const restMs = 5_000;

export function createDisk(dir: string): Disk {
  let bestUs = Number.POSITIVE_INFINITY;
  const probeUs = async (): Promise<number> => {
    const seenUs = await probe(dir);
    bestUs = Math.min(bestUs, seenUs);
    return seenUs;
  };
  const isThrottled = (seenUs: number): boolean => seenUs > slowest * bestUs;
  return {
    probeUs,
    isThrottled,
    async rested() {
      const untilMs = performance.now() + restMsMax;
      let seenUs = await probeUs();
      while (isThrottled(seenUs) && performance.now() < untilMs) {
        await delay(restMs);
        seenUs = await probeUs();
      }
      return seenUs;
    },
  };
}

async function probe(dir: string): Promise<number> {
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
