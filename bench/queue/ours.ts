import { connect } from "../../src/db/connect.ts";
import type { ClaimedTask } from "../../src/db/leases.ts";
import { addPipelines } from "../../src/db/submissions.ts";
import { announce, type ServiceContext } from "../../src/services/context.ts";
import { createEpoch } from "../../src/services/turnstile/epoch.ts";
import type { Settlement } from "../../src/services/turnstile/outcomes.ts";
import { createTurnstile, type Turnstile } from "../../src/services/turnstile/turnstile.ts";
import type { Contestant, Percentiles, Run, RunResult } from "./contestant.ts";
import { addContainer, needOf, prepareQueue, submission, verifyQueue } from "./fixture.ts";

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

const pipelinesOfContainer = 3;
const retry = { backoffMaxMs: 60_000, roundsExtra: 1, roundDelayMs: 120_000 };
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
    retry,
    lanes,
    outcomesMax,
    entriesMax: Math.max(outcomesMax, 1),
  };
  const pool = new WorkerPool(context, createTurnstile(context, epoch, options));
  try {
    await pool.open(setup);
    const result = await measureRun(setup, run, context, pool);
    await pool.close();
    await verifyQueue(sql, pool.ended);
    return result;
  } finally {
    await pool.close();
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

/** Eight at a time where they come one by one: as many submitters as a web server would have. */
async function submitAll(
  count: number,
  atOnce: number,
  submit: (count: number) => Promise<void>,
): Promise<void> {
  let left = count;
  const submitter = async (): Promise<void> => {
    while (left > 0) {
      const part = Math.min(left, atOnce);
      left -= part;
      await submit(part);
    }
  };
  await Promise.all(Array.from({ length: atOnce === 1 ? 8 : 1 }, submitter));
}

async function submitPaced(
  count: number,
  perSecond: number,
  submit: (count: number) => Promise<void>,
): Promise<void> {
  const startedMs = performance.now();
  let sent = 0;
  while (sent < count) {
    const due = Math.min(count, Math.ceil(((performance.now() - startedMs) / 1000) * perSecond));
    if (due > sent) {
      const part = due - sent;
      sent = due;
      await submit(part);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Containers in this process whose tasks take no time. */
class WorkerPool {
  readonly hopsMs: number[] = [];
  readonly #context: ServiceContext;
  readonly #turnstile: Turnstile;
  readonly #stop = new AbortController();
  readonly #loops: Promise<void>[] = [];
  /** When the tasks of a pipeline ended, by index. */
  readonly #endedMs = new Map<number, number[]>();
  readonly #watchers = new Set<() => void>();
  ended = 0;

  constructor(context: ServiceContext, turnstile: Turnstile) {
    this.#context = context;
    this.#turnstile = turnstile;
  }

  async open({ containers, slots }: Setup): Promise<void> {
    for (const pool of ["vision", "text"] as const) {
      for (let n = 0; n < containers; n += 1) {
        const about = { pool, slots, pipelines: pipelinesOfContainer };
        const container = await addContainer(this.#context.sql, about);
        this.#loops.push(this.#work(container.id, container.classIds, slots));
      }
    }
  }

  /** Settles when so many pipelines in all have ended durably. */
  until(count: number): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.ended < count) return;
        this.#watchers.delete(look);
        resolve();
      };
      this.#watchers.add(look);
      look();
    });
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#loops);
  }

  async #work(id: string, classIds: readonly number[], slots: number): Promise<void> {
    const { signal } = this.#stop;
    let outcomes: readonly Settlement[] = [];
    let held: readonly ClaimedTask[] = [];
    const waiting = { waitMs: 10_000, signal: AbortSignal.any([signal]) };
    while (!signal.aborted) {
      // To hear at once what was accepted, it waits for work only when it has nothing to say.
      const patience = outcomes.length > 0 ? undefined : waiting;
      const visitor = { id, classIds };
      const { accepted, leases } = await this.#turnstile.pass(visitor, outcomes, slots, patience);
      this.#settled(held, accepted);
      held = leases;
      for (const lease of leases) this.#begin(lease);
      outcomes = leases.map((key) => ({ key, outcome: doneOutcome }));
    }
  }

  #begin({ pipelineId, idx }: ClaimedTask): void {
    const ended = this.#endedMs.get(pipelineId) ?? [];
    const nowMs = performance.now();
    const before = ended[needOf[idx] ?? -1];
    if (before !== undefined) this.hopsMs.push(nowMs - before);
    ended[idx] = nowMs;
    this.#endedMs.set(pipelineId, ended);
  }

  #settled(held: readonly ClaimedTask[], accepted: readonly boolean[]): void {
    for (const [at, { pipelineId }] of held.entries()) {
      if (accepted[at] !== true) throw new Error("a result was not accepted");
      const left = (this.#left.get(pipelineId) ?? needOf.length) - 1;
      this.#left.set(pipelineId, left);
      if (left > 0) continue;
      this.#left.delete(pipelineId);
      this.#endedMs.delete(pipelineId);
      this.ended += 1;
    }
    for (const look of [...this.#watchers]) look();
  }

  readonly #left = new Map<number, number>();
}

const doneOutcome = {
  kind: "done",
  result: { ok: true },
  gaps: [],
  applicable: true,
  reason: null,
  engine: { name: "extractive", model: null },
} as const;

const percentile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
};

const percentilesOf = (values: readonly number[]): Percentiles | null =>
  values.length === 0
    ? null
    : {
        p50: percentile(values, 0.5),
        p95: percentile(values, 0.95),
        p99: percentile(values, 0.99),
      };
