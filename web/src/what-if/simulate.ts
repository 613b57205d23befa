import type { StudyJob, StudyRun } from "../../../src/sim/study/job.ts";
import type { FromWorker } from "./worker.ts";

export interface Simulating {
  readonly runs: Promise<StudyRun[]>;
  /** Ends all workers at once; `runs` then never settles. */
  cancel(): void;
}

/** The page itself needs a core as well. */
const workersMax = 3;

const newWorker = (): Worker =>
  new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "simulator" });

/**
 * Runs simulations on workers of the browser; answers in the order of the jobs. Rejects with what a run threw.
 * @param onProgress how many documents of all jobs have ended
 */
export function startSimulations(
  jobs: readonly StudyJob[],
  onProgress: (documents: number) => void,
): Simulating {
  const cores = Math.max(1, (navigator.hardwareConcurrency || 2) - 1);
  const workers = Array.from({ length: Math.min(workersMax, cores, jobs.length) }, newWorker);
  const ended = new Array<number>(jobs.length).fill(0);
  const tell = (at: number, documents: number): void => {
    ended[at] = documents;
    onProgress(ended.reduce((sum, one) => sum + one, 0));
  };
  let next = 0;
  const runs: StudyRun[] = [];
  const work = async (worker: Worker): Promise<void> => {
    for (;;) {
      const at = next++;
      const job = jobs[at];
      if (job === undefined) return;
      runs[at] = await answerOf(worker, job, (documents) => tell(at, documents));
      tell(at, job.arrivalsMs.length);
    }
  };
  const end = (): void => {
    for (const worker of workers) worker.terminate();
  };
  return {
    runs: Promise.all(workers.map(work))
      .then(() => runs)
      .finally(end),
    cancel: end,
  };
}

function answerOf(
  worker: Worker,
  job: StudyJob,
  onProgress: (documents: number) => void,
): Promise<StudyRun> {
  return new Promise((resolve, reject) => {
    worker.onerror = () => reject(new Error("The simulator could not be started."));
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (data.kind === "progress") onProgress(data.documents);
      else if (data.kind === "run") resolve(data.run);
      else reject(new Error(data.problem));
    };
    worker.postMessage(job);
  });
}
