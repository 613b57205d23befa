import { builtPdf } from "../../bench/pdf/built-pdf.ts";
import { watchPeakMemory } from "../../bench/pdf/peak-memory.ts";
import type { LoneWorker } from "../support/lone-worker.ts";
import type { Outcome } from "./catalogue.ts";
import { readFileWith } from "./read-file.ts";

export interface HostileRow {
  readonly outcome: Outcome;
  /** Opening and drawing: time, and the largest reader. */
  readonly read: Measured;
  /** The vision task of what opened: time, and the largest process of the worker. */
  readonly work: (Measured & { code: string; slides: number; gaps: number }) | null;
  /** Over a limit, or the worker is not well afterwards. */
  readonly faults: readonly string[];
}

interface Measured {
  readonly ms: number;
  readonly bytes: number;
}

const msMax = 20_000;
const bytesMax = 1e9;
/** As the worker draws for its engine. */
const reading = { pagesMax: 400, longEdgePixels: 1280 };

/** Plays files one by one through the reader and through one worker. */
export async function createHostileRun(worker: LoneWorker) {
  const { openPdf } = await builtPdf();
  // The worker is a child of this process too.
  const memory = watchPeakMemory(process.pid, new Set([worker.pid]));
  const readers = watchPeakMemory(worker.pid);
  const play = async (file: string): Promise<HostileRow> => {
    memory.take();
    const [outcome, readMs] = await timed(() => readFileWith(openPdf, file, reading));
    const read = { ms: readMs, bytes: memory.take() };
    const faults = limitsPassed("reading", read);
    if (outcome.refused !== "") return { outcome, read, work: null, faults };
    readers.take();
    const [did, workMs] = await timed(() => worker.analyse(file));
    const work = { ...did, ms: workMs, bytes: readers.take() };
    faults.push(...limitsPassed("the task", work));
    if (work.slides + work.gaps !== outcome.pages && work.code === "")
      faults.push("slides missing");
    if (!(await worker.isWell())) faults.push("the worker is not well");
    return { outcome, read, work, faults };
  };
  return {
    play,
    stop() {
      memory.stop();
      readers.stop();
    },
  };
}

function limitsPassed(what: string, { ms, bytes }: Measured): string[] {
  return [
    ...(ms > msMax ? [`${what} took over 20 s`] : []),
    ...(bytes > bytesMax ? [`${what} took over 1 GB`] : []),
  ];
}

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const startedMs = performance.now();
  return [await work(), performance.now() - startedMs];
}
