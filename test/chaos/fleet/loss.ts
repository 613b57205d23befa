import { setTimeout as pause } from "node:timers/promises";
import { defaults } from "../../../src/config/schema.ts";
import type { Sql } from "../../../src/db/connect.ts";
import { seededRandom } from "../../../src/lib/random.ts";
import { sampleDeck } from "../../support/decks.ts";
import { killNow, makeHome } from "../../support/home.ts";
import { quantile } from "../queue/recovery.ts";
import { createServer } from "../queue/server.ts";
import { startControl } from "./control.ts";
import { createReplicaLinks, type ReplicaLinks } from "./links.ts";
import { createLocalRig, signal as send } from "./local-rig.ts";
import { asking, freePort } from "./run.ts";
import { anotherCopy } from "./submitter.ts";
import { watchOver } from "./warden.ts";

/** How a container is lost. In none of them does its provider say a word. */
export const ways = ["killed", "stopped", "cut off"] as const;
type Way = (typeof ways)[number];

export interface LossRow {
  readonly way: Way;
  /** Containers of the pool that live on. */
  readonly othersAlive: number;
  /** From the loss until another container held the task, sorted. */
  readonly tookMs: readonly number[];
  /** Losses after which nobody held it in time. */
  readonly never: number;
}

export interface Measured {
  readonly settings: { readonly heartbeatMs: number; ttlMs: number; rescuerMs: number };
  readonly rows: readonly LossRow[];
}

/** A task that nobody has taken after this long counts as never taken. */
const limitMs = 60_000;
/** Who has seen it so often need not wait for the rest. */
const neverMax = 2;
/** After this long no further loss of its way is begun when none other is alive: each takes a cold start. */
const aloneMs = 240_000;
const preload = new URL("./container-preload.mjs", import.meta.url).href;
const { heartbeatMs, containerTtlMs, rescuerMs, scalerMs, reconcilerMs, drainMs, stopGraceMs } =
  defaults.timings;

/**
 * Loses the container that works on a deck, so many times in each way, with the product's own timings. A
 * process of ours stands between provider and container, so that only silence tells of a loss.
 */
export async function measureLosses(
  losses: number,
  say: (sentence: string) => void,
  signal: AbortSignal,
): Promise<Measured> {
  const rows: LossRow[] = [];
  for (const alive of [2, 1]) {
    const undo: (() => Promise<unknown>)[] = [];
    try {
      const stage = await build(alive, signal, (step) => undo.push(step));
      for (const way of ways) rows.push(await measureWay(stage, { way, alive, losses, say }));
    } finally {
      for (const step of undo.reverse()) {
        await step().catch((error) => say(`while ending: ${error}`));
      }
    }
  }
  return { settings: { heartbeatMs, ttlMs: containerTtlMs, rescuerMs }, rows };
}

interface Stage {
  readonly url: string;
  readonly links: ReplicaLinks;
  readonly deck: Buffer;
  readonly signal: AbortSignal;
  /** Processes of a slot: that of the container and the one before it. */
  processesOf(slot: string): readonly number[];
  ask<T>(question: (sql: Sql) => Promise<T>): Promise<T>;
}

async function build(
  alive: number,
  signal: AbortSignal,
  undo: (step: () => Promise<unknown>) => void,
): Promise<Stage> {
  const server = await createServer();
  undo(() => server.remove());
  const home = await makeHome();
  undo(() => home.remove());
  undo(watchOver(home));
  const port = await freePort();
  const pools = { vision: { min: alive, max: alive }, text: { min: 0, max: 1 } };
  const links = await createReplicaLinks(pools, port);
  undo(() => links.close());
  const control = await startControl(home, port, {
    overrides: {
      port,
      databaseUrl: server.url(),
      timings: {
        ...{ heartbeatMs, containerTtlMs, rescuerMs, scalerMs, reconcilerMs },
        ...{ drainMs, stopGraceMs },
      },
      vision_container_scaling: { min_replicas: alive, max_replicas: alive },
      text_container_scaling: { max_replicas: 1 },
    },
    containerEnv: { NODE_OPTIONS: `--import ${preload}`, CHAOS_SHIM: "1", ...links.env },
  });
  undo(() => control.stop());
  await asking(
    server,
    (sql) => sql`update packs set lost_max = array_fill(10000, array[cardinality(lost_max)])`,
  );
  const rig = createLocalRig(home, seededRandom(1));
  return {
    url: control.url,
    links,
    deck: await sampleDeck("tessera-pictures.pdf"),
    signal,
    processesOf: (slot) => rig.processesOf(slot),
    ask: (question) => asking(server, question),
  };
}

async function measureWay(
  stage: Stage,
  run: {
    readonly way: Way;
    readonly alive: number;
    readonly losses: number;
    say(sentence: string): void;
  },
): Promise<LossRow> {
  const { way, alive, losses, say } = run;
  const took: number[] = [];
  let never = 0;
  const endMs = alive > 1 ? Number.POSITIVE_INFINITY : performance.now() + aloneMs;
  for (let n = 0; n < losses && never < neverMax && performance.now() < endMs; n += 1) {
    const ms = await lose(stage, way, alive, n);
    say(
      `${way}, ${alive - 1} others alive: ${ms === null ? "never" : `${(ms / 1000).toFixed(2)} s`}`,
    );
    if (ms === null) never += 1;
    else took.push(ms);
  }
  const tookMs = took.toSorted((a, b) => a - b);
  return { way, othersAlive: alive - 1, tookMs, never };
}

interface Held {
  readonly pipelineId: number;
  readonly idx: number;
  readonly container: string;
  readonly pid: number;
  readonly slot: string;
}

async function lose(stage: Stage, way: Way, alive: number, n: number): Promise<number | null> {
  const { url, links, deck, signal } = stage;
  const isReady = await until(stage, async (sql) =>
    (await readReady(sql)) === alive ? true : undefined,
  );
  if (isReady === null) throw new Error("the pool is not full again after the last loss");
  const copy = anotherCopy(deck, Number(`${alive}${ways.indexOf(way)}${n}`));
  const address = `${url}/api/workspaces/-/documents`;
  const response = await fetch(`${address}?name=deck.pdf`, {
    method: "POST",
    headers: { "content-type": "application/pdf" },
    body: new Uint8Array(copy),
    signal,
  });
  const { document } = (await response.json()) as { document: { id: string } };
  const held = await until(stage, (sql) => readHeld(sql, document.id));
  if (held === null) throw new Error("nobody began with the deck");
  // Anywhere between two heartbeats.
  await pause(((n * 7) % 20) * 100);
  const processes = stage.processesOf(held.slot);
  const lostMs = Date.now();
  if (way === "killed") killNow(held.pid);
  else if (way === "stopped") send(held.pid, "SIGSTOP");
  else links.of(held.slot).blackhole();
  const nextMs = await until(stage, (sql) => {
    // Whoever comes in its place comes by another way.
    if (way === "cut off" && !isThere(held.pid)) links.of(held.slot).resume();
    return readNext(sql, held, lostMs);
  });
  links.of(held.slot).resume();
  // The machine goes too, so that the slot is free for the next loss.
  for (const pid of processes) killNow(pid);
  await fetch(`${address}/${document.id}/cancel`, { method: "POST", signal });
  return nextMs === null ? null : nextMs - lostMs;
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Asks again and again; null when the answer stays away. */
async function until<T>(
  stage: Stage,
  look: (sql: Sql) => Promise<T | undefined>,
): Promise<T | null> {
  return stage.ask(async (sql) => {
    const endMs = performance.now() + limitMs;
    while (performance.now() < endMs) {
      stage.signal.throwIfAborted();
      const found = await look(sql);
      if (found !== undefined) return found;
      await pause(25);
    }
    return null;
  });
}

async function readReady(sql: Sql): Promise<number> {
  const [row] = await sql<{ ready: number }[]>`
    select count(*)::int as ready from processing_servers
    where server_type = 'vision' and ended_at is null and status = 'ready' and expires_at > pl_now() and not drain`;
  return row?.ready ?? 0;
}

/** The vision task that has been worked on for a slide at least. */
async function readHeld(sql: Sql, document: string): Promise<Held | undefined> {
  const [row] = await sql<Held[]>`
    select l.pipeline_id as "pipelineId", l.idx, s.id as container, s.pid, s.server_type || '-' || s.replica as slot
    from leases l join processing_servers s on s.id = l.container_id join pipelines p on p.id = l.pipeline_id
    where p.document = ${document} and s.ended_at is null and exists (select 1 from visual_results v where v.pipeline_id = p.id)
    order by l.idx limit 1`;
  return row;
}

/** When another container held the same task: also one that has ended with it since. */
async function readNext(sql: Sql, held: Held, lostMs: number): Promise<number | undefined> {
  const [row] = await sql<{ atMs: number }[]>`
    select extract(epoch from min(at))::double precision * 1000 as "atMs" from (
      select leased_at as at, pipeline_id, idx, container_id from leases
      union all select started_at, pipeline_id, idx, container_id from attempt_history) h
    where pipeline_id = ${held.pipelineId} and idx = ${held.idx} and container_id <> ${held.container}
      and at > to_timestamp(${lostMs / 1000}::double precision) having count(*) > 0`;
  return row?.atMs;
}

export function printLosses({ settings, rows }: Measured): void {
  const print = (line = ""): void => {
    process.stdout.write(`${line}\n`);
  };
  const seconds = (ms: number | undefined): string =>
    ms === undefined ? "-" : `${(ms / 1000).toFixed(2)} s`;
  print();
  print("container lost   others alive   times   median    worst     never");
  for (const { way, othersAlive, tookMs, never } of rows) {
    const cells = [
      way.padEnd(14),
      String(othersAlive).padStart(12),
      String(tookMs.length + never).padStart(5),
      seconds(quantile(tookMs, 0.5)).padEnd(7),
      seconds(tookMs.at(-1)).padEnd(7),
      String(never).padStart(5),
    ];
    print(cells.join("   "));
  }
  print();
  const { heartbeatMs: beat, ttlMs, rescuerMs: rescuer } = settings;
  print(
    `settings: heartbeat ${beat / 1000} s, lost after ${ttlMs / 1000} s of silence, rescuer every ${rescuer / 1000} s`,
  );
}
