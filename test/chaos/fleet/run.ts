import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { createServer as createListener } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { connect, type Sql } from "../../../src/db/connect.ts";
import { childEntry } from "../../../src/lib/entry.ts";
import { type Random, seededRandom } from "../../../src/lib/random.ts";
import { type Home, makeHome } from "../../support/home.ts";
import { createServer, type Server } from "../queue/server.ts";
import { startControl } from "./control.ts";
import type { Evidence, Hit, Rented, Verdict } from "./evidence.ts";
import { between, createDraw, type FaultKind, faults, type World } from "./faults.ts";
import { createReplicaLinks } from "./links.ts";
import { createLocalRig } from "./local-rig.ts";
import { type Plan, pools, settingsOf } from "./plan.ts";
import type { ProviderRig } from "./rig.ts";
import { watchFleet } from "./sampler.ts";
import { createSubmitter, type Submitter } from "./submitter.ts";
import { createVerdaRig } from "./verda-rig.ts";
import { watchOver } from "./warden.ts";

export interface Outcome {
  readonly verdicts: readonly Verdict[];
  /** How often each fault was made. */
  readonly faults: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly pipelines: number;
  /** Of a pipeline, in seconds: median, 99th percentile, longest. */
  readonly durations: readonly number[];
  /** For whoever has to find out why: the control planes' words, and rows of the database by table. */
  readonly clues: { readonly said: string; readonly rows: Readonly<Record<string, unknown>> };
  /** Seconds charged for, in the provider's books and in ours; null: nobody charges. */
  readonly paid: { readonly machines: number; theirs: number; ours: number } | null;
}

const preload = new URL("./container-preload.mjs", import.meta.url).href;

/** Puts a fleet through a plan and has it judged. Ends all it started, whatever happens. */
export async function runFleet(
  plan: Plan,
  say: (sentence: string) => void,
  signal: AbortSignal,
): Promise<Outcome> {
  const undo: (() => Promise<unknown>)[] = [];
  try {
    return await run(plan, say, signal, (step) => undo.push(step));
  } finally {
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
  const { world, home } = await build(plan, { say, signal, undo });
  const submitter = createSubmitter(plan, world.control.url);
  const sampler = watchFleet(world.rig, world.control);
  undo(() => sampler.stop());
  const submitted = submitter.run(signal);
  submitted.catch(() => undefined);
  const counts = await breakThings(plan, world);
  await submitted;
  say(`no more faults, and ${submitter.acknowledged.length} pipelines are submitted`);
  const stuck = await drain(plan, world);
  await world.rig.calm(signal);
  await atZero(world);
  const samples = await sampler.stop();
  const left = world.rig.left();
  const rented = world.rig.rented();
  await world.control.stop();
  const { acknowledged } = submitter;
  const evidence: Evidence = { acknowledged, pools, hits: world.hits, ...samples, left, rented };
  const judged = await judge(world.server, join(home.dir, "evidence.json"), evidence);
  const durations = await asking(world.server, readDurations);
  return {
    verdicts: [...judged, ...ownVerdicts(world, submitter, stuck)],
    faults: counts,
    seconds: (Date.now() - startMs) / 1000,
    pipelines: acknowledged.length,
    durations,
    clues: { said: world.control.said(), rows: await asking(world.server, readClues) },
    paid: rented === null ? null : await asking(world.server, (sql) => readPaid(sql, rented)),
  };
}

/** What the harness knows by itself. */
function ownVerdicts(world: World, submitter: Submitter, stuck: readonly string[]): Verdict[] {
  const { acknowledged, refused } = submitter;
  const all = acknowledged.length + refused.length;
  return [
    { invariant: "no deck was refused", looked: all, broken: refused },
    { invariant: "no control plane ended by itself", looked: 1, broken: world.control.crashes },
    { invariant: "it came to an end", looked: all, broken: stuck },
  ];
}

interface Parts {
  readonly say: (sentence: string) => void;
  readonly signal: AbortSignal;
  readonly undo: (step: () => Promise<unknown>) => void;
}

async function build(plan: Plan, { say, signal, undo }: Parts) {
  const server = await createServer();
  undo(() => server.remove());
  const home = await makeHome();
  undo(() => home.remove());
  undo(watchOver(home));
  const port = await freePort();
  const links = await createReplicaLinks(pools, port);
  undo(() => links.close());
  const random = seededRandom(plan.seed);
  const containerEnv = { NODE_OPTIONS: `--import ${preload}`, ...links.env };
  const rig = await createRig(plan, home, random, containerEnv);
  undo(() => rig.stop());
  const control = await startControl(home, port, {
    ...rig.stack,
    overrides: {
      ...settingsOf(plan.timings),
      ...rig.stack.overrides,
      port,
      databaseUrl: server.url(),
    },
    containerEnv,
  });
  undo(() => control.stop());
  await asking(server, suspectNobody);
  const hits: Hit[] = [];
  const { timings } = plan;
  return { world: { random, timings, rig, control, server, links, hits, signal, say }, home };
}

const createRig = async (
  { provider, timings }: Plan,
  home: Home,
  random: Random,
  containerEnv: Readonly<Record<string, string>>,
): Promise<ProviderRig> =>
  provider === "local"
    ? createLocalRig(home, random)
    : createVerdaRig({ home, random, timings, containerEnv });

/** Containers die all the time here, and no document is suspected of it. */
async function suspectNobody(sql: Sql): Promise<void> {
  await sql`update packs set lost_max = array_fill(10000, array[cardinality(lost_max)]),
    attempts_max = array_fill(1000, array[cardinality(attempts_max)])`;
}

/** A port that was free a moment ago; every control plane of the run listens on it. */
export async function freePort(): Promise<number> {
  const listener = createListener();
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const address = listener.address();
  await new Promise((resolve) => listener.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function breakThings(plan: Plan, world: World): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const draw = createDraw(world.random, world.rig);
  const startMs = Date.now();
  for (let n = 0; ; n += 1) {
    await pause(between(world.random, plan.restMs), undefined, { signal: world.signal });
    const isOver = plan.script === null && Date.now() - startMs >= plan.submitMs;
    const kind: FaultKind | undefined = plan.script === null ? draw() : plan.script[n];
    if (isOver || kind === undefined) return counts;
    const hit = await faults[kind](world);
    world.say(hit === null ? `${kind}: nobody was there` : `${kind}: ${hit}`);
    if (hit !== null) counts[kind] = (counts[kind] ?? 0) + 1;
  }
}

/** Waits until every pipeline has ended, or none has for too long. @returns what is stuck */
async function drain(plan: Plan, world: World): Promise<string[]> {
  let least = Number.POSITIVE_INFINITY;
  let sinceMs = Date.now();
  for (;;) {
    world.signal.throwIfAborted();
    const open = await asking(world.server, readOpen);
    if (open === 0) return [];
    if (open < least) {
      [least, sinceMs] = [open, Date.now()];
      world.say(`${open} pipelines are open`);
    }
    if (Date.now() - sinceMs > plan.stuckMs) return asking(world.server, describeStuck);
    await pause(500);
  }
}

const zeroMs = 60_000;

/** Until no replica is there, or so long that the checker has to say what is left. */
async function atZero(world: World): Promise<void> {
  const untilMs = Date.now() + zeroMs;
  while (Date.now() < untilMs) {
    world.signal.throwIfAborted();
    const open = await asking(world.server, readOpenReplicas);
    if (open === 0 && world.rig.left().length === 0) return;
    await pause(250);
  }
}

/** The checker is a process of its own, which knows the database and the evidence alone. */
async function judge(server: Server, file: string, evidence: Evidence): Promise<Verdict[]> {
  await writeFile(file, JSON.stringify(evidence));
  const { file: main, execArgv } = childEntry(import.meta.url, "./check-main");
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...execArgv, main, server.url(), file],
    { maxBuffer: 64 * 1024 * 1024 },
  );
  return JSON.parse(stdout) as Verdict[];
}

/** A connection for one question. */
export async function asking<T>(server: Server, ask: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = connect(server.url(), { max: 1, name: "chaos" });
  try {
    return await ask(sql);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function readOpen(sql: Sql): Promise<number> {
  const [row] = await sql<{ open: number }[]>`
    select count(*)::int as open from pipelines where finished_at is null`;
  return row?.open ?? 0;
}

async function readOpenReplicas(sql: Sql): Promise<number> {
  const [row] = await sql<{ open: number }[]>`
    select (select count(*) from replicas where ended_at is null)::int
      + (select count(*) from processing_servers where ended_at is null)::int as open`;
  return row?.open ?? 0;
}

async function describeStuck(sql: Sql): Promise<string[]> {
  const rows = await sql<{ pipeline: string; tasks: string }[]>`
    select p.public_id as pipeline, string_agg(s.task || ' ' || s.state, ', ' order by s.idx) as tasks
    from pipelines p join task_states s on s.pipeline_id = p.id
    where p.finished_at is null group by p.public_id limit 20`;
  return rows.map(({ pipeline, tasks }) => `${pipeline}: ${tasks}`);
}

async function readDurations(sql: Sql): Promise<readonly number[]> {
  const [row] = await sql<{ seconds: number[] }[]>`
    select percentile_disc(array[0.5, 0.99, 1]) within group
      (order by extract(epoch from finished_at - created_at)::double precision) as seconds
    from pipelines where finished_at is not null`;
  return row?.seconds ?? [];
}

async function readPaid(sql: Sql, { bill }: Rented): Promise<NonNullable<Outcome["paid"]>> {
  const [row] = await sql<{ ours: number }[]>`
    select coalesce(sum(extract(epoch from coalesce(billed_until, pl_now()) - billed_from)), 0)::double precision as ours from replicas`;
  const times = bill.map(({ fromMs, toMs }) => ((toMs ?? Date.now()) - fromMs) / 1000);
  const theirs = times.reduce((a, b) => a + b, 0);
  return { machines: bill.length, theirs, ours: row?.ours ?? 0 };
}

const clueTables = [
  ...["replicas", "processing_servers", "decisions", "refusals", "attempts", "slide_failures"],
  "provider_looks",
];

async function readClues(sql: Sql): Promise<Record<string, unknown>> {
  const rows: Record<string, unknown> = {};
  for (const table of clueTables) rows[table] = await sql`select * from ${sql(table)}`;
  return rows;
}
