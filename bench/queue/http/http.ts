import { connect } from "../../../src/db/connect.ts";
import { submitAll, submitPaced } from "../arrivals.ts";
import type { Contestant, Run, RunResult } from "../contestant.ts";
import { needOf, prdTasks, verifyQueue } from "../fixture.ts";
import { percentile, percentilesOf } from "../percentiles.ts";
import { type Child, startChild } from "./child.ts";
import type { Heard } from "./messages.ts";

const processes = 4;
/** Of each pool, in each process: 64 in all. */
const containers = 8;
const submitAtOnce = 1000;
const warmUp = 200;
const lonePipelines = 20;

/** The product as it is deployed: a control plane and its containers, in processes of their own. */
export const overHttp: Contestant = {
  name: "pilotlight",
  config: "http",
  batch: 1,
  note: "worker protocol: 64 containers (2 slots vision, 3 text) in 4 processes; submitted 1,000 at a time",
  run,
};

async function run(about: Run): Promise<RunResult> {
  const progress = new Progress();
  const children: Child[] = [];
  const open = (module: string): Child => {
    const child = startChild(module, (message) => progress.note(message));
    children.push(child);
    return child;
  };
  try {
    const controlPlane = open("./control-plane");
    controlPlane.send({ databaseUrl: about.url });
    const { url, token } = await controlPlane.hear("listening");
    const traces = about.pipelinesPerSecond !== null;
    for (let n = 0; n < processes; n += 1) {
      const workers = open("./workers");
      const ready = workers.hear("ready");
      workers.send({ url, token, containers, firstReplica: 1 + n * containers, traces });
      await ready;
    }
    const result = await measure(about, controlPlane, progress);
    await stopAll(children, progress);
    await verify(about.url, progress.submitted);
    return result;
  } finally {
    await stopAll(children, progress);
  }
}

/** The workers first: what they hold then is nothing. */
async function stopAll(children: Child[], progress: Progress): Promise<void> {
  progress.isClosing = true;
  for (const child of children.splice(0).reverse()) await child.stop();
}

async function verify(url: string, pipelines: number): Promise<void> {
  const sql = connect(url, { max: 1, name: "bench" });
  try {
    await verifyQueue(sql, pipelines);
  } finally {
    await sql.end();
  }
}

async function measure(
  { pipelines, pipelinesPerSecond, started, finished }: Run,
  controlPlane: Child,
  progress: Progress,
): Promise<RunResult> {
  const submit = async (count: number): Promise<void> => {
    progress.submitted += count;
    const done = controlPlane.hear("submitted");
    controlPlane.send({ submit: count });
    await done;
  };
  await submit(warmUp);
  await progress.allEnded();
  const alone: number[] = [];
  for (let n = 0; n < lonePipelines; n += 1) {
    const startedMs = performance.now();
    await submit(1);
    await progress.allEnded();
    alone.push(performance.now() - startedMs);
  }
  await started();
  progress.hopsMs.length = 0;
  const startedMs = performance.now();
  if (pipelinesPerSecond === null) await submitAll(pipelines, submitAtOnce, submit);
  else await submitPaced(pipelines, pipelinesPerSecond, submit);
  await progress.allEnded();
  const seconds = (performance.now() - startedMs) / 1000;
  await finished();
  const { hopsMs } = progress;
  return { seconds, lonePipelineMs: percentile(alone, 0.5), hopMs: percentilesOf(hopsMs) };
}

const indexOf = new Map<string, number>(prdTasks.map(({ name }, index) => [name, index]));

/** What all processes together have got done. */
class Progress {
  submitted = 0;
  /** From here on processes end because they are told to. */
  isClosing = false;
  readonly hopsMs: number[] = [];
  #accepted = 0;
  #failure: Error | null = null;
  /** When the tasks of a pipeline ran, by index. */
  readonly #ranMs = new Map<string, number[]>();
  #waiting: { resolve: () => void; reject: (error: Error) => void } | null = null;

  note(message: Heard): void {
    if (message.state === "failed" && !this.isClosing) {
      this.#failure = new Error(message.message);
    }
    if (message.state === "accepted") {
      this.#accepted += message.count;
      for (const [pipeline, task, atMs] of message.ran) this.#ran(pipeline, task, atMs);
    }
    this.#look();
  }

  /** Settles when all that was submitted has ended durably; rejects when a process fails. */
  allEnded(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#look();
    });
  }

  #look(): void {
    if (this.#failure) this.#waiting?.reject(this.#failure);
    else if (this.#accepted === this.submitted * prdTasks.length) this.#waiting?.resolve();
  }

  /** Processes speak one after the other: a task may be heard of before the one it waited for. */
  #ran(pipeline: string, task: string, atMs: number): void {
    const ranMs = this.#ranMs.get(pipeline) ?? [];
    ranMs[indexOf.get(task) ?? 0] = atMs;
    this.#ranMs.set(pipeline, ranMs);
    if (Object.keys(ranMs).length < prdTasks.length) return;
    this.#ranMs.delete(pipeline);
    for (const [index, atEndMs] of ranMs.entries()) {
      const before = ranMs[needOf[index] ?? -1];
      if (before !== undefined) this.hopsMs.push(atEndMs - before);
    }
  }
}
