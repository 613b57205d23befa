/**
 * graphile-worker. It has no dependencies between jobs, so a handler's one statement records the result
 * and adds the jobs it frees, in one transaction. Completing the job is the library's own second one.
 */
import { Logger, makeWorkerUtils, run } from "graphile-worker";
import pg from "pg";
import { compete, inGroups, poolSize } from "./harness.mjs";
import { frees, tasks } from "./tracker.mjs";

const schema = `
  create table results (
    pipeline int, task smallint, at timestamptz not null default clock_timestamp(),
    primary key (pipeline, task)
  );
  create table follows (task smallint, follower smallint, name text);
  insert into follows values ${frees
    .flatMap((list, task) => list.map((other) => `(${task}, ${other}, '${tasks[other]}')`))
    .join(", ")};`;

const record = {
  name: "record",
  text: `
    with recorded as (
      insert into results (pipeline, task)
      select * from unnest($1::int[], $2::smallint[])
      on conflict do nothing
      returning pipeline, task
    ), specs as (
      select array_agg((
        f.name, json_build_object('p', r.pipeline, 't', f.follower),
        null, null, null, null, null, null
      )::graphile_worker.job_spec) as list
      from recorded as r
      join follows as f using (task)
    )
    select count(added.id)
    from specs, lateral graphile_worker.add_jobs(specs.list) as added
    where specs.list is not null`,
};

/** Documented defaults, but for the number of jobs at once: that default is one. */
const settings = {
  default: () => ({ concurrentJobs: 32, submitSize: 1, together: 1 }),
  best: (batch) => ({
    concurrentJobs: 32,
    ...(batch === 1 ? {} : { localQueue: { size: batch }, completeJobBatchDelay: 0 }),
    submitSize: 500,
    together: 1,
  }),
  grouped: (batch) => ({
    concurrentJobs: batch * 2,
    localQueue: { size: batch },
    completeJobBatchDelay: 0,
    submitSize: 500,
    together: batch,
  }),
};

await compete("graphile-worker", async ({ url, config, batch, tracker }) => {
  const { submitSize, together, ...worker } = settings[config](batch);
  const pgPool = new pg.Pool({ connectionString: url, max: poolSize });
  const logger = new Logger(() => () => undefined);
  const utils = await makeWorkerUtils({ pgPool, logger });
  await utils.migrate();
  await pgPool.query(schema);
  const note = together === 1 ? recordOne(tracker) : recordTogether(pgPool, tracker, together);
  const handler = async ({ p, t }, helpers) => {
    tracker.handle(p, t);
    await note(p, t, helpers);
  };
  const runner = await run({
    pgPool,
    logger,
    noHandleSignals: true,
    taskList: Object.fromEntries(tasks.map((name) => [name, handler])),
    preset: { worker },
  });
  const job = (p, t) => ({ identifier: tasks[t], payload: { p, t } });
  const firstJobs = (pipelines) => pipelines.flatMap((p) => [job(p, 0), job(p, 1)]);
  return {
    submit: (first, count) =>
      inGroups(first, count, submitSize, submitSize === 1 ? 8 : 2, async (pipelines) => {
        await utils.addJobs(firstJobs(pipelines));
      }),
    closed: (count) => tracker.whenClosed(count),
    async stop() {
      await runner.stop();
      await utils.release();
      await pgPool.end();
    },
    results: "select pipeline, task, at, at from results",
  };
});

function recordOne(tracker) {
  return async (p, t, helpers) => {
    await helpers.withPgClient((client) => client.query({ ...record, values: [[p], [t]] }));
    tracker.commit(p);
  };
}

/** Jobs that run at the same time share a statement: ours to write, as is all of the dependency logic. */
function recordTogether(pool, tracker, sizeMax) {
  const waiting = [];
  let running = 0;
  const flush = async () => {
    const group = waiting.splice(0, sizeMax);
    running += 1;
    try {
      const values = [group.map(({ p }) => p), group.map(({ t }) => t)];
      await pool.query({ ...record, values });
      for (const { p, resolve } of group) {
        tracker.commit(p);
        resolve();
      }
    } catch (error) {
      for (const { reject } of group) reject(error);
    } finally {
      running -= 1;
      pump();
    }
  };
  const pump = () => {
    while (waiting.length > 0 && running < 4) void flush();
  };
  return (p, t) =>
    new Promise((resolve, reject) => {
      waiting.push({ p, t, resolve, reject });
      if (waiting.length === 1) setImmediate(pump);
    });
}
