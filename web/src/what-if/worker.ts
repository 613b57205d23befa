import { runStudy, type StudyJob, type StudyRun } from "../../../src/sim/study/job.ts";

export type FromWorker =
  | { readonly kind: "progress"; readonly documents: number }
  | { readonly kind: "run"; readonly run: StudyRun }
  | { readonly kind: "problem"; readonly problem: string };

/** What of a worker's own scope is used here; the page's types know windows alone. */
interface Scope {
  onmessage: ((event: MessageEvent<StudyJob>) => void) | null;
  postMessage(message: FromWorker): void;
}

const scope = globalThis as unknown as Scope;

/** News of the way go out a hundred times a simulation, not for each document. */
const stepsOfProgress = 100;

scope.onmessage = ({ data: job }) => {
  const every = Math.max(1, Math.floor(job.arrivalsMs.length / stepsOfProgress));
  let documents = 0;
  const count = (): void => {
    documents += 1;
    if (documents % every === 0) scope.postMessage({ kind: "progress", documents });
  };
  try {
    scope.postMessage({ kind: "run", run: runStudy(job, count) });
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    scope.postMessage({ kind: "problem", problem });
  }
};
