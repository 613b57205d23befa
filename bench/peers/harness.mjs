import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import pg from "pg";
import { createTracker, round } from "./tracker.mjs";

/** Connections of a peer in all, listeners apart. */
export const poolSize = 16;
const lonePipelines = 5;

const sessions = new Set();
const connect = pg.Client.prototype.connect;
pg.Client.prototype.connect = function (...args) {
  sessions.add(this);
  this.once("end", () => sessions.delete(this));
  return connect.apply(this, args);
};

/**
 * Runs one peer: set up, warm up, lone pipelines, then the measured part between the lines `ready` and
 * `finished` on standard output, each answered by a line on standard input. The last line is the result.
 * @param start ({ url, config, batch, tracker }) => { submit(first, count), closed(count), stop(), results }
 *   `closed` settles when so many pipelines in all are durable; `results` is a query for pipeline, task,
 *   began and ended of every task done
 */
export async function compete(peer, start) {
  const run = readArguments();
  const tell = conversation();
  const tracker = createTracker(run.warmUp + lonePipelines + run.pipelines);
  const system = await start({ ...run, tracker });
  let submitted = 0;
  const submit = async (count) => {
    const first = submitted;
    submitted += count;
    await system.submit(first, count);
  };
  await submit(run.warmUp);
  await system.closed(submitted);
  const lonePipelineMs = await loneMedianMs(submit, () => system.closed(submitted));
  await countCommits();

  await tell({ state: "ready" });
  const startedMs = performance.now();
  if (run.rate === null) await submit(run.pipelines);
  else await submitPaced(run, submit, tracker);
  await system.closed(submitted);
  const seconds = (performance.now() - startedMs) / 1000;
  await tell({ state: "finished" });

  const hopMs = tracker.hopMs();
  await system.stop();
  await verify(run.url, submitted, system.results);
  const { config, batch, pipelines } = run;
  const pipelinesPerSecond = round(pipelines / seconds);
  print({
    ...{ state: "result", peer, config, batch, pipelines, seconds: round(seconds) },
    ...{ pipelinesPerSecond, lonePipelineMs, hopMs },
  });
  process.exit(0);
}

function readArguments() {
  const { values } = parseArgs({
    options: {
      url: { type: "string" },
      pipelines: { type: "string" },
      config: { type: "string", default: "default" },
      batch: { type: "string", default: "1" },
      "warm-up": { type: "string", default: "100" },
      rate: { type: "string" },
    },
  });
  return {
    url: values.url,
    pipelines: Number(values.pipelines),
    config: values.config,
    batch: Number(values.batch),
    warmUp: Number(values["warm-up"]),
    /** Pipelines a second; null: all at once. */
    rate: values.rate === undefined ? null : Number(values.rate),
  };
}

async function loneMedianMs(submit, closed) {
  const tookMs = [];
  const endMs = performance.now() + 6_000;
  while (tookMs.length < lonePipelines && performance.now() < endMs) {
    const startedMs = performance.now();
    await submit(1);
    await closed();
    tookMs.push(performance.now() - startedMs);
  }
  return round(tookMs.sort((a, b) => a - b)[Math.floor(tookMs.length / 2)]);
}

/** Steady arrival: what is due is submitted every few milliseconds. */
async function submitPaced({ pipelines, rate }, submit, tracker) {
  tracker.measureHops();
  const startedMs = performance.now();
  const calls = [];
  let sent = 0;
  while (sent < pipelines) {
    const due = Math.min(pipelines, Math.ceil(((performance.now() - startedMs) / 1000) * rate));
    if (due > sent) calls.push(submit(due - sent));
    sent = Math.max(sent, due);
    await delay(4);
  }
  await Promise.all(calls);
}

/** A session reports its commits only now and then; asked for, it does at once. A busy one polls, and will. */
async function countCommits() {
  const idle = [...sessions].filter((session) => session.readyForQuery);
  await Promise.all(idle.map((session) => session.query("select pg_stat_force_next_flush()")));
}

function conversation() {
  const lines = createInterface({ input: process.stdin });
  // Whoever measures is gone.
  lines.once("close", () => process.exit(1));
  return async (message) => {
    const answer = once(lines, "line");
    print(message);
    await answer;
  };
}

const print = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

/** Every pipeline has six results, none older than what it waited for, as the peer's own tables say. */
async function verify(url, pipelines, results) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(`
    with work(pipeline, task, began, ended) as materialized (${results}),
      edges(child, parent) as (values (2, 0), (3, 2), (4, 2), (5, 2))
    select
      (select count(*)::int from work) as results,
      (select count(*)::int from (
        select from work group by pipeline having count(distinct task) = 6
      ) as whole) as whole,
      (select count(*)::int
        from work as child
        join edges on edges.child = child.task
        left join work as parent
          on parent.pipeline = child.pipeline and parent.task = edges.parent
        where parent.ended is null or parent.ended > child.began) as disordered`);
  await client.end();
  const [{ results: count, whole, disordered }] = rows;
  if (count === pipelines * 6 && whole === pipelines && disordered === 0) return;
  throw new Error(
    `Of ${pipelines} pipelines ${whole} are whole, with ${count} results, ${disordered} out of order.`,
  );
}

/** Calls `work` for 0..count-1 in groups, so many groups at a time. */
export async function inGroups(first, count, size, width, work) {
  let next = first;
  const lane = async () => {
    while (next < first + count) {
      const from = next;
      next = Math.min(first + count, next + size);
      await work(Array.from({ length: next - from }, (_, index) => from + index));
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
}
