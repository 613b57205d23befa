import { connect } from "../../src/db/connect.ts";
import { addPipelines } from "../../src/db/submissions.ts";
import { announce, type ServiceContext } from "../../src/services/context.ts";
import { createEpoch } from "../../src/services/turnstile/epoch.ts";
import { createTurnstile } from "../../src/services/turnstile/turnstile.ts";
import { submitAll, submitPaced } from "./arrivals.ts";
import type { Contestant, Run, RunResult } from "./contestant.ts";
import { defaultConfig, prepareQueue, submission, verifyQueue } from "./fixture.ts";
import { percentile, percentilesOf } from "./percentiles.ts";
import { WorkerPool } from "./worker-pool.ts";

interface Setup {
  readonly config: string;
  readonly batch: number;
  readonly note: string;
  /** Containers of each pool, each with the default cap of three pipelines. */
  readonly containers: number;
  /** Tasks a container takes and ends at once. */
  readonly slots: number;
  readonly lanes: number;
  readonly outcomesMax: number;
  readonly submitAtOnce: number;
}

const warmUp = 200;
const lonePipelines = 20;

/** The product's own way: turnstile, events, fairness and the cap of three pipelines a container. */
const contestant = (setup: Setup): Contestant => ({
  name: "pilotlight",
  config: setup.config,
  batch: setup.batch,
  note: setup.note,
  run: (run) => compete(setup, run),
});

export const ours: readonly Contestant[] = [
  contestant({
    config: "single",
    batch: 1,
    note: "a commit for every task; submitted singly",
    ...{ containers: 16, slots: 1, lanes: 12, outcomesMax: 1, submitAtOnce: 1 },
  }),
  contestant({
    config: "natural",
    batch: 1,
    note: "containers of one slot; what comes while a commit is under way shares the next one",
    ...{ containers: 64, slots: 1, lanes: 2, outcomesMax: 500, submitAtOnce: 1000 },
  }),
  contestant({
    config: "best",
    batch: 20,
    note: "at most 20 tasks a commit; submitted 1,000 at a time",
    ...{ containers: 24, slots: 9, lanes: 6, outcomesMax: 20, submitAtOnce: 1000 },
  }),
  contestant({
    config: "best",
    batch: 500,
    note: "at most 500 tasks a commit; submitted 1,000 at a time",
    ...{ containers: 170, slots: 9, lanes: 3, outcomesMax: 500, submitAtOnce: 1000 },
  }),
];

async function compete(setup: Setup, run: Run): Promise<RunResult> {
  const sql = connect(run.url, { max: setup.lanes + 2, name: "bench" });
  const context = await prepareQueue(sql);
  const epoch = createEpoch(context);
  await epoch.draw();
  const { lanes, outcomesMax } = setup;
  const options = {
    retry: defaultConfig.retry,
    lanes,
    outcomesMax,
    entriesMax: Math.max(outcomesMax, 1),
  };
  const pool = new WorkerPool(context, createTurnstile(context, epoch, options));
  try {
    await pool.open(setup);
    pool.start();
    const result = await measureRun(setup, run, context, pool);
    await pool.pause();
    await verifyQueue(sql, pool.ended);
    return result;
  } finally {
    await pool.pause();
    await sql.end();
  }
}

async function measureRun(
  setup: Setup,
  run: Run,
  context: ServiceContext,
  pool: WorkerPool,
): Promise<RunResult> {
  let submitted = 0;
  const submit = async (count: number): Promise<void> => {
    submitted += count;
    const made = await addPipelines(context.sql, submission(count));
    const [first] = made;
    if (first) {
      announce(
        context,
        first.classIds.map((classId) => ({ classId, rank: first.rank })),
      );
    }
  };
  await submit(warmUp);
  await pool.until(submitted);
  const alone: number[] = [];
  for (let n = 0; n < lonePipelines; n += 1) {
    const startedMs = performance.now();
    await submit(1);
    await pool.until(submitted);
    alone.push(performance.now() - startedMs);
  }
  await context.sql`select pg_stat_force_next_flush()`.catch(() => undefined);
  await run.started();
  pool.hopsMs.length = 0;
  const startedMs = performance.now();
  if (run.pipelinesPerSecond === null) await submitAll(run.pipelines, setup.submitAtOnce, submit);
  else await submitPaced(run.pipelines, run.pipelinesPerSecond, submit);
  await pool.until(submitted);
  const seconds = (performance.now() - startedMs) / 1000;
  await run.finished();
  return { seconds, lonePipelineMs: percentile(alone, 0.5), hopMs: percentilesOf(pool.hopsMs) };
}
