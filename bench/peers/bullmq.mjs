/**
 * BullMQ with its PostgreSQL back end. Its flows are trees in which a parent waits for its children, so
 * one task cannot free three. A seventh job at the root of the tree adds those: done by the handler of
 * the task they wait for, they could begin before its result is durable.
 */
import { createRequire } from "node:module";
import pg from "pg";
import { compete, inGroups, poolSize } from "./harness.mjs";
import { frees, pools, tasks } from "./tracker.mjs";

// The package's ES modules cannot be loaded by Node as they are.
const bullmq = createRequire(import.meta.url)("bullmq");
const { createPostgresBackend, FlowProducer, Queue, runMigrations, Worker } = bullmq;

const queues = [...new Set(pools)];
const fanOut = "fan_out";
/** Workers take one job each and finish it together with the claim of the next; there is no batch. */
const configs = {
  default: { submitSize: 1, concurrency: 16 },
  best: { submitSize: 100, concurrency: 8 },
};

await compete("bullmq", async ({ url, config, tracker }) => {
  const { submitSize, concurrency } = configs[config];
  // Two connections of the pool listen, one for each worker.
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize + queues.length,
    keepAlive: true,
    options: "-c search_path=bullmq",
  });
  const client = await pool.connect();
  await runMigrations(client);
  client.release();
  const opts = { connection: pool };
  const flows = new FlowProducer(opts, createPostgresBackend);
  const queueOf = new Map(
    queues.map((name) => [name, new Queue(name, opts, createPostgresBackend)]),
  );
  const job = (p, t) => ({ name: tasks[t], data: { p, t } });

  // The result is when it began: the library's own stamp is taken before the claim waits for its turn.
  const handler = async ({ name, data: { p, t } }) => {
    const beganMs = Date.now();
    if (name !== fanOut) tracker.handle(p, t);
    else await queueOf.get("text").addBulk(frees[2].map((f) => followerOf(p, f)));
    return beganMs;
  };
  // An id makes adding it again harmless.
  const followerOf = (p, t) => ({ ...job(p, t), opts: { jobId: `${p}-${t}` } });
  const workers = queues.map((name) => {
    const worker = new Worker(name, handler, { ...opts, concurrency }, createPostgresBackend);
    worker.on("completed", ({ name: done, data }) => {
      if (done !== fanOut) tracker.commit(data.p);
    });
    worker.on("error", (error) => console.error(error));
    worker.on("failed", (_, error) => console.error(error));
    return worker;
  });
  await Promise.all(workers.map((worker) => worker.waitUntilReady()));

  const node = (p, t, children) => ({ ...job(p, t), queueName: pools[t], children });
  const treeOf = (p) => ({
    ...{ name: fanOut, queueName: "text", data: { p } },
    children: [node(p, 2, [node(p, 0, [])])],
  });
  return {
    submit: (first, count) =>
      inGroups(first, count, submitSize, submitSize === 1 ? 8 : 2, async (pipelines) => {
        await flows.addBulk(pipelines.map(treeOf));
        await queueOf.get(pools[1]).addBulk(pipelines.map((p) => job(p, 1)));
      }),
    closed: (count) => tracker.whenClosed(count),
    async stop() {
      await Promise.all(workers.map((worker) => worker.close()));
      await Promise.all([...queueOf.values(), flows].map((one) => one.close()));
      await pool.end();
    },
    results: `
      select (data->>'p')::int, (data->>'t')::int, return_value::bigint, finished_at_ms
      from bullmq.job
      where state = 'completed' and name <> '${fanOut}'`,
  };
});
