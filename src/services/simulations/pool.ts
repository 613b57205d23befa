import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { threadEntry } from "../../lib/entry.ts";
import type { StudyJob, StudyRun } from "../../sim/study/job.ts";

export type FromThread = { readonly run: StudyRun } | { readonly problem: string };

export interface SimulationsOptions {
  readonly signal: AbortSignal;
  /** Called after each run. */
  readonly onDone?: (done: number, of: number) => void;
  /** Default: as many as there are cores, at most four. */
  readonly threads?: number;
}

/**
 * Runs simulations on threads of their own, so that whoever asked stays responsive. Answers the runs in the
 * order of the jobs. Throws the reason of the signal, or Error with what a run threw; all threads have ended by then.
 */
export async function runSimulations(
  jobs: readonly StudyJob[],
  { signal, onDone, threads = Math.min(4, availableParallelism()) }: SimulationsOptions,
): Promise<StudyRun[]> {
  signal.throwIfAborted();
  const entry = threadEntry(import.meta.url, "./thread");
  const workers = Array.from(
    { length: Math.min(threads, jobs.length) },
    () => new Worker(entry, { env: {} }),
  );
  const runs: StudyRun[] = [];
  let next = 0;
  let done = 0;
  const work = async (worker: Worker): Promise<void> => {
    while (next < jobs.length) {
      const at = next++;
      const job = jobs[at];
      if (job === undefined) return;
      runs[at] = await answerOf(worker, job);
      done += 1;
      onDone?.(done, jobs.length);
    }
  };
  const stopped = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  try {
    await Promise.race([Promise.all(workers.map(work)), stopped]);
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return runs;
}

function answerOf(worker: Worker, job: StudyJob): Promise<StudyRun> {
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      worker.off("message", onMessage);
      worker.off("error", onError);
      worker.off("exit", onExit);
    };
    const onMessage = (message: FromThread): void => {
      leave();
      if ("run" in message) resolve(message.run);
      else reject(new Error(message.problem));
    };
    const onError = (error: unknown): void => {
      leave();
      reject(error);
    };
    const onExit = (code: number): void =>
      onError(new Error(`a thread of the simulator ended with ${code}`));
    worker.on("message", onMessage);
    worker.on("error", onError);
    worker.on("exit", onExit);
    worker.postMessage(job);
  });
}
