import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { createServer as createListener } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { connect, type Sql, sessionLimits } from "../../../src/db/connect.ts";
import { migrate } from "../../../src/db/migrate.ts";
import { seededRandom } from "../../../src/lib/random.ts";
import { registrationToken } from "../../support/control-plane.ts";
import { activateGraph } from "../../support/queue.ts";
import { check, readDurations, type Verdict } from "./check.ts";
import type { ControlStart } from "./control-plane.ts";
import {
  between,
  createDraw,
  type Done,
  type FaultKind,
  faults,
  isFault,
  restoreBackup,
  type Span,
  takeBackup,
  type World,
} from "./faults.ts";
import { createLink } from "./link.ts";
import { type Plan, packName, packTasks } from "./plan.ts";
import { createPulse, type Pulse } from "./pulse.ts";
import { readRecords } from "./records.ts";
import { type Injected, type Recovery, recoveries } from "./recovery.ts";
import { createServer } from "./server.ts";
import { createSubmitter } from "./submitter.ts";
import { supervise } from "./supervised.ts";
import type { WorkerStart } from "./worker.ts";

export interface Outcome {
  readonly verdicts: readonly Verdict[];
  readonly recoveries: readonly Recovery[];
  readonly seconds: number;
  readonly tasks: number;
  /** Of a pipeline, in seconds: median, 99th percentile, longest. */
  readonly durations: readonly number[];
}

/** Puts the queue through a plan and judges what is left. Ends all it started, whatever happens. */
export async function runChaos(
  plan: Plan,
  say: (sentence: string) => void,
  signal: AbortSignal,
): Promise<Outcome> {
  const undo: (() => Promise<unknown>)[] = [];
  const over = new AbortController();
  try {
    return await run(plan, say, AbortSignal.any([signal, over.signal]), (step) => undo.push(step));
  } finally {
    over.abort(new Error("the run is over"));
    for (const step of undo.reverse()) await step().catch((error) => say(`while ending: ${error}`));
  }
}

async function run(
  plan: Plan,
  say: (sentence: string) => void,
  signal: AbortSignal,
  undo: (step: () => Promise<unknown>) => void,
): Promise<Outcome> {
  const startMs = Date.now();
  const crashes: string[] = [];
  const pulse = createPulse();
  const { world, files } = await build(plan, { say, signal, undo, pulse, crashes });
  say("the first container works; faults begin");
  let breaking = true;
  const submitted = world.submitter.run(() => breaking, signal);
  submitted.catch(() => undefined);
  const reporting = report(world);
  undo(async () => reporting.stop());
  const history = await breakThings(world, pulse);
  breaking = false;
  await submitted;
  say(`no more faults, and ${world.submitter.acknowledged.size} pipelines are submitted`);
  const stuck = await drain(world);
  const seconds = (Date.now() - startMs) / 1000;
  await Promise.all(world.workers.map((worker) => worker.stop()));
  await world.control.stop();
  const records = readRecords(files);
  const { acknowledged, contradictions } = world.submitter;
  const { backup, restore, injected } = history;
  const undone = backup && restore ? { fromMs: backup.toMs, toMs: restore.toMs } : null;
  const judged = await asking(world, (sql) => check(sql, { records, acknowledged, undone }));
  const durations = await asking(world, readDurations);
  const verdicts = [
    ...judged,
    { promise: "one key, one pipeline", looked: acknowledged.size, broken: contradictions },
    { promise: "no process ended by itself", looked: injected.length, broken: crashes },
    { promise: "it came to an end", looked: acknowledged.size, broken: stuck },
  ];
  return {
    verdicts,
    recoveries: recoveries(injected, records),
    seconds,
    tasks: records.answers.length,
    durations,
  };
}

interface Parts {
  readonly say: (sentence: string) => void;
  readonly signal: AbortSignal;
  readonly undo: (step: () => Promise<unknown>) => void;
  readonly pulse: Pulse;
  readonly crashes: string[];
}

async function build(plan: Plan, { say, signal, undo, pulse, crashes }: Parts) {
  const server = await createServer();
  undo(() => server.remove());
  const dir = await mkdtemp(join(tmpdir(), "pilotlight-chaos-logs-"));
  await mkdir(dir, { recursive: true });
  undo(async () => {
    if (crashes.length === 0) await rm(dir, { recursive: true, force: true });
    else say(`what the processes said is in ${dir}`);
  });
  await prepare(server.url());
  const database = await createLink(server.port);
  undo(() => database.close());
  const port = await freePort();
  const http = await createLink(() => port);
  undo(() => http.close());
  const url = new URL(server.url());
  url.port = String(database.port);
  const onCrash = (sentence: string): void => {
    crashes.push(sentence);
    say(sentence);
  };
  const control = supervise({
    name: "control plane",
    module: "./control-plane",
    argument: (): ControlStart => ({ databaseUrl: url.href, port, timings: plan.timings }),
    logFile: join(dir, "control-plane.log"),
    onCrash,
  });
  undo(() => control.stop());
  await control.ready();
  const files = new Map<string, string>();
  const workers = Array.from({ length: plan.workers }, (_, n) => {
    const name = `worker ${n + 1}`;
    const records = join(dir, `worker-${n + 1}.jsonl`);
    files.set(name, records);
    const start: WorkerStart = {
      url: `http://127.0.0.1:${http.port}`,
      registrationToken,
      worker: n + 1,
      callMs: plan.timings.callMs,
      records,
    };
    const worker = supervise({
      name,
      module: "./worker",
      argument: () => start,
      logFile: join(dir, `worker-${n + 1}.log`),
      onLine: ({ accepted }) => {
        if (typeof accepted === "number") pulse.beat(accepted);
      },
      onCrash,
    });
    undo(() => worker.stop());
    return worker;
  });
  await Promise.all(workers.map((worker) => worker.ready()));
  const submissions = connect(url.href, {
    name: "submitter",
    max: 4,
    limits: { ...sessionLimits, statementMsMax: plan.timings.statementTimeoutMs },
  });
  undo(() => submissions.end({ timeout: 1 }));
  const submitter = createSubmitter(submissions, plan);
  const random = seededRandom(plan.seed);
  const parts = { plan, random, server, database, http, control, workers, submitter, signal, say };
  return { world: parts satisfies World, files };
}

async function prepare(url: string): Promise<void> {
  const sql = connect(url, { max: 1, name: "chaos" });
  try {
    await migrate(sql);
    await activateGraph(sql, packName, packTasks);
  } finally {
    await sql.end();
  }
}

/** A port that was free a moment ago; every control plane of the run listens on it. */
async function freePort(): Promise<number> {
  const listener = createListener();
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const address = listener.address();
  await new Promise((resolve) => listener.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

interface History {
  injected: Injected[];
  backup: Span | null;
  restore: Span | null;
}

/** Without an accepted result for this long after a fault, the next one comes anyhow. */
const patienceMs = 60_000;
/** One fault in so many is followed by another before the first is over. */
const doubleEvery = 5;

/** Faults one after the other, each when work goes on again after the last. */
async function breakThings(world: World, pulse: Pulse): Promise<History> {
  const { plan, random, signal, say } = world;
  const history: History = { injected: [], backup: null, restore: null };
  const startMs = Date.now();
  const draw = createDraw(random);
  for (let n = 0; !signal.aborted; n += 1) {
    await pause(between(random, plan.restMs), undefined, { signal });
    const next = nextFault(world, history, n, Date.now() - startMs);
    if (next === null) break;
    const kind = next ?? draw();
    const doubled = plan.script === null && isFault(kind) && n % doubleEvery === doubleEvery - 1;
    const first = inject(world, history, kind);
    if (doubled) {
      await pause(between(random, [100, 1500]));
      const second = draw();
      say(`${kind}, and before that is over: ${second}`);
      const fromMs = Date.now();
      const [one, other] = await Promise.all([first, inject(world, history, second)]);
      const tookMs = await pulse.after(fromMs, patienceMs, signal);
      history.injected.push({ ...one, tookMs: null }, { ...other, tookMs });
      continue;
    }
    say(kind);
    const fromMs = Date.now();
    const recovered = pulse.after(fromMs, patienceMs, signal);
    const done = await first;
    const tookMs = await recovered;
    history.injected.push({ ...done, tookMs });
  }
  signal.throwIfAborted();
  return history;
}

/** What is to come now by the plan; undefined: any fault. null: nothing more. */
function nextFault(
  { plan }: World,
  { backup, restore }: History,
  n: number,
  passedMs: number,
): FaultKind | null | undefined {
  if (plan.script !== null) return plan.script[n] ?? null;
  if (passedMs >= plan.submitMs) return null;
  if (backup === null && passedMs >= plan.submitMs * 0.35) return "backup";
  if (restore === null && passedMs >= plan.submitMs * 0.5) return "restore";
  return undefined;
}

async function inject(
  world: World,
  history: History,
  kind: FaultKind,
): Promise<Omit<Injected, "tookMs">> {
  const fromMs = Date.now();
  let worker: string | undefined;
  if (kind === "backup") history.backup = await takeBackup(world);
  else if (kind === "restore") {
    if (history.backup === null) throw new Error("there is no backup to restore");
    history.restore = await restoreBackup(world, history.backup);
  } else {
    const done: Done = await faults[kind](world);
    worker = done.worker;
  }
  const span = { fromMs, toMs: Date.now() };
  return { kind, span, ...(worker === undefined ? {} : { worker }) };
}

/** A connection past the proxies, for one question. */
async function asking<T>({ server }: World, ask: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = connect(server.url(), { max: 1, name: "chaos" });
  try {
    return await ask(sql);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** null: the database does not answer just now. */
const readOpen = (world: World): Promise<number | null> =>
  asking(world, async (sql) => {
    const [row] = await sql<{ open: number }[]>`
      select count(*)::int as open from pipelines where finished_at is null`;
    return row?.open ?? 0;
  }).catch(() => null);

const reportMs = 10_000;

function report(world: World): { stop(): void } {
  const timer = setInterval(() => {
    void readOpen(world).then((open) => {
      const known = world.submitter.acknowledged.size;
      world.say(`${known} submitted, ${open ?? "unknown how many"} open`);
    });
  }, reportMs);
  return { stop: () => clearInterval(timer) };
}

/** Waits until everything has ended, or nothing has for too long. @returns what is stuck */
async function drain(world: World): Promise<string[]> {
  const { plan, signal } = world;
  let least = Number.POSITIVE_INFINITY;
  let sinceMs = Date.now();
  for (;;) {
    signal.throwIfAborted();
    const open = await readOpen(world);
    if (open === 0) return [];
    if (open !== null && open < least) [least, sinceMs] = [open, Date.now()];
    if (Date.now() - sinceMs > plan.stuckMs) return asking(world, describeStuck);
    await pause(200);
  }
}

async function describeStuck(sql: Sql): Promise<string[]> {
  const rows = await sql<{ pipeline: string; tasks: string }[]>`
    select p.public_id as pipeline, string_agg(s.task || ' ' || s.state, ', ' order by s.idx) as tasks
    from pipelines p join task_states s on s.pipeline_id = p.id
    where p.finished_at is null group by p.public_id limit 20`;
  return rows.map(({ pipeline, tasks }) => `${pipeline}: ${tasks}`);
}
