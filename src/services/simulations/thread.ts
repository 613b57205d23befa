import { parentPort } from "node:worker_threads";
import { runStudy, type StudyJob } from "../../sim/study/job.ts";
import type { FromThread } from "./pool.ts";

/** A thread that simulates: a job comes in, its run goes out. */
const port = parentPort;
if (port === null) throw new Error("this module runs as a worker thread");
const tell = (message: FromThread): void => port.postMessage(message);
port.on("message", (job: StudyJob) => {
  try {
    tell({ run: runStudy(job) });
  } catch (error) {
    tell({ problem: error instanceof Error ? error.message : String(error) });
  }
});
