/**
 * pg-boss. Dependencies are its own flows; a finished parent frees its children in a pass that runs
 * beside completion. `default` and `work` are workers, `best` is a loop over the public calls.
 */
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { PgBoss } from "pg-boss";
import { compete, inGroups, poolSize } from "./harness.mjs";
import { after, pools, tasks } from "./tracker.mjs";

const queues = [...new Set(pools)];
const loopsOf = (batch) => (batch === 1 ? 6 : batch < 100 ? 4 : 1);

/** A flow of disjoint pipelines; the references only need to be unique within one call. */
const flowOf = (pipelines) =>
  pipelines.flatMap((p) =>
    tasks.map((_, t) => ({
      ref: `${p}-${t}`,
      name: pools[t],
      data: { p, t },
      ...(after[t] === null ? {} : { dependsOn: [`${p}-${after[t]}`] }),
    })),
  );

const configs = {
  default: { boss: {}, queue: {}, submitSize: 1, begin: (boss, run) => work(boss, run, {}) },
  work: {
    boss: {
      useListenNotify: true,
      flowIntervalSeconds: 1,
      monitorIntervalSeconds: 1,
      superviseIntervalSeconds: 1,
      queueCacheIntervalSeconds: 1,
    },
    queue: { notify: true },
    submitSize: 50,
    begin: (boss, run) =>
      work(boss, run, {
        pollingIntervalSeconds: 0.5,
        notifyPollingIntervalSeconds: 0.5,
        burstWhenReadyExceeds: 1,
        burstWhenBatchFull: run.batch > 1,
        localConcurrency: 7,
      }),
  },
  best: { boss: {}, queue: {}, submitSize: 50, begin: loop },
};

await compete("pg-boss", async (run) => {
  const config = configs[run.config];
  const boss = new PgBoss({ connectionString: run.url, max: poolSize, ...config.boss });
  boss.on("error", (error) => {
    console.error(error);
    process.exit(1);
  });
  await boss.start();
  for (const name of queues) await boss.createQueue(name, config.queue);
  const jobs = await config.begin(boss, run);
  return {
    async submit(first, count) {
      await inGroups(first, count, config.submitSize, 2, async (pipelines) => {
        await boss.flow(flowOf(pipelines));
        jobs.wake();
      });
    },
    closed: (count) => jobs.closed(count),
    async stop() {
      await jobs.stop();
      await boss.stop();
    },
    results: `
      select (data->>'p')::int, (data->>'t')::int, started_on, completed_on
      from pgboss.job
      where state = 'completed' and name in ('vision', 'text')`,
  };
});

/** The library's own workers. They complete a job after its handler, so the table says when all is done. */
async function work(boss, { url, batch, tracker }, options) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const name of queues) {
    await boss.work(name, { batchSize: batch, ...options }, async (jobs) => {
      for (const { data } of jobs) tracker.handle(data.p, data.t);
    });
  }
  const open = `
    select exists (
      select from pgboss.job where name in ('vision', 'text') and state < 'completed'
    ) as open`;
  return {
    wake: () => undefined,
    async closed(count) {
      await tracker.whenHandled(count);
      while ((await client.query(open)).rows[0].open) await delay(2);
    },
    stop: () => client.end(),
  };
}

/** Fetch and complete in loops, completion fenced by the fetched attempt, and flows resolved at once. */
function loop(boss, { batch, tracker }) {
  const bells = new Map([...queues, "resolver"].map((name) => [name, createBell()]));
  const ring = () => {
    for (const name of queues) bells.get(name).ring();
  };
  let isRunning = true;
  const worker = async (name) => {
    while (isRunning) {
      const rung = bells.get(name).next();
      const jobs = await boss.fetch(name, { batchSize: batch });
      if (jobs.length === 0) {
        await rung;
        continue;
      }
      for (const { data } of jobs) tracker.handle(data.p, data.t);
      const { affected } = await boss.complete(name, jobs);
      if (affected !== jobs.length) throw new Error(`${affected} of ${jobs.length} completed`);
      for (const { data } of jobs) tracker.commit(data.p);
      bells.get("resolver").ring();
    }
  };
  const resolver = async () => {
    while (isRunning) {
      await bells.get("resolver").next();
      await boss.resolveFlow();
      ring();
    }
  };
  const lanes = queues.flatMap((name) =>
    Array.from({ length: loopsOf(batch) }, () => worker(name)),
  );
  const done = Promise.all([...lanes, resolver()]);
  done.catch((error) => {
    console.error(error);
    process.exit(1);
  });
  return {
    wake: ring,
    closed: (count) => tracker.whenClosed(count),
    async stop() {
      isRunning = false;
      for (const bell of bells.values()) bell.ring();
      await done;
    },
  };
}

/** A ring while nobody waits is kept for the next one who does. */
function createBell() {
  let isRung = false;
  let resolve = null;
  let promise = null;
  return {
    ring() {
      isRung = true;
      resolve?.();
      resolve = null;
      promise = null;
    },
    next() {
      if (isRung && promise === null) {
        isRung = false;
        return Promise.resolve();
      }
      promise ??= new Promise((done) => {
        resolve = done;
      });
      return promise;
    },
  };
}
