import { setTimeout as pause } from "node:timers/promises";
import { connect } from "../../../src/db/connect.ts";
import type { Random } from "../../../src/lib/random.ts";
import type { Link } from "./link.ts";
import type { Plan } from "./plan.ts";
import type { Server } from "./server.ts";
import type { Submitter } from "./submitter.ts";
import type { Supervised } from "./supervised.ts";

/** Everything a fault may break. */
export interface World {
  readonly plan: Plan;
  readonly random: Random;
  readonly server: Server;
  /** Between the control plane (and the submitter) and PostgreSQL. */
  readonly database: Link;
  /** Between the workers and the control plane. */
  readonly http: Link;
  readonly control: Supervised;
  readonly workers: readonly Supervised[];
  readonly submitter: Submitter;
  readonly signal: AbortSignal;
  say(sentence: string): void;
}

/** Milliseconds of this machine's clock. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What a fault did; `worker`: the one it hit. */
export interface Done {
  readonly worker?: string;
}

type Inject = (world: World) => Promise<Done>;

/** Each resolves when the fault itself is over, which is not yet when its effects are. */
export const faults = {
  "worker killed": (world) => killWorker(world, 0),
  "worker killed, not replaced in time": (world) => killWorker(world, pastTtl(world)),
  "worker frozen and back": async (world) => {
    const worker = anyWorker(world);
    await worker.freeze(pastTtl(world));
    return { worker: worker.name };
  },
  "control plane killed": async ({ control }) => {
    await control.kill();
    return {};
  },
  "database connections killed": async ({ server }) => {
    await killConnections(server.url());
    return {};
  },
  "PostgreSQL restarted": async ({ server }) => {
    await server.restart("SIGINT");
    return {};
  },
  "PostgreSQL crashed": async ({ server, random }) => {
    await server.restart(random.next() < 0.5 ? "SIGQUIT" : "SIGKILL");
    return {};
  },
  "database link stalled": (world) => stall(world, world.database),
  "database link half-open": (world) => halfOpen(world, world.database),
  "worker link stalled": (world) => stall(world, world.http),
  "worker link half-open": (world) => halfOpen(world, world.http),
} as const satisfies Record<string, Inject>;

export type FaultKind = keyof typeof faults | "backup" | "restore";

export const isFault = (kind: FaultKind): kind is keyof typeof faults => kind in faults;

/** How often each comes in a round. Half-open links take long to be noticed, so there are few. */
const round: Record<keyof typeof faults, number> = {
  "worker killed": 6,
  "worker killed, not replaced in time": 2,
  "worker frozen and back": 2,
  "control plane killed": 6,
  "database connections killed": 6,
  "PostgreSQL restarted": 4,
  "PostgreSQL crashed": 4,
  "database link stalled": 2,
  "database link half-open": 1,
  "worker link stalled": 2,
  "worker link half-open": 1,
};

/** Draws faults, each as often as its place in the round says before any comes again. */
export function createDraw(random: Random): () => keyof typeof faults {
  const kinds = Object.keys(round) as (keyof typeof faults)[];
  let left: (keyof typeof faults)[] = [];
  return () => {
    if (left.length === 0) left = kinds.flatMap((kind) => Array(round[kind]).fill(kind));
    const [kind = "worker killed"] = left.splice(Math.floor(random.next() * left.length), 1);
    return kind;
  };
}

export const between = (random: Random, [least, most]: readonly [number, number]): number =>
  Math.round(least + (most - least) * random.next());

/** Long enough that the control plane has given a silent container up. */
const pastTtl = ({ plan }: World): number => plan.timings.ttlMs + 2 * plan.timings.rescuerMs;

function anyWorker({ workers, random }: World): Supervised {
  const worker = workers[Math.floor(random.next() * workers.length)];
  if (worker === undefined) throw new Error("there is no worker");
  return worker;
}

async function killWorker(world: World, restMs: number): Promise<Done> {
  const worker = anyWorker(world);
  await worker.kill(pause(restMs));
  return { worker: worker.name };
}

async function stall({ plan, random }: World, proxy: Link): Promise<Done> {
  proxy.hold();
  await pause(between(random, plan.lastMs));
  proxy.resume();
  return {};
}

async function halfOpen({ plan, random }: World, proxy: Link): Promise<Done> {
  proxy.blackhole();
  await pause(between(random, plan.lastMs));
  proxy.resume();
  return {};
}

/** A database that is down from the fault before has none to kill. */
async function killConnections(url: string): Promise<void> {
  const sql = connect(url, { max: 1, name: "chaos" });
  try {
    await sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where pid <> pg_backend_pid() and backend_type = 'client backend'`.catch(() => undefined);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** Stops PostgreSQL for a copy of its data. */
export async function takeBackup({ server }: World): Promise<Span> {
  const fromMs = Date.now();
  await server.backup();
  return { fromMs, toMs: Date.now() };
}

/**
 * What an operator should not do, and what must not hurt all the same: the data is put back under a control
 * plane that goes on. What was acknowledged since the backup is submitted again under its keys.
 */
export async function restoreBackup(world: World, backup: Span): Promise<Span> {
  const { server, submitter, signal, say } = world;
  const fromMs = Date.now();
  await server.restore();
  const toMs = Date.now();
  const { known, again } = await submitter.repeat(backup.fromMs, signal);
  say(`restored: ${again} pipelines submitted again by key, ${known} keys were known`);
  return { fromMs, toMs };
}
