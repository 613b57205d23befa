import { setTimeout as pause } from "node:timers/promises";
import type { Random } from "../../../src/lib/random.ts";
import { killNow } from "../../support/home.ts";
import type { Server } from "../queue/server.ts";
import type { Control } from "./control.ts";
import type { Hit } from "./evidence.ts";
import type { ReplicaLinks } from "./links.ts";
import { signal } from "./local-rig.ts";
import type { FleetTimings } from "./plan.ts";
import { type ProviderRig, type RigReplica, slotOf } from "./rig.ts";

/** Everything a fault may break. */
export interface World {
  readonly random: Random;
  readonly timings: FleetTimings;
  readonly rig: ProviderRig;
  readonly control: Control;
  readonly server: Server;
  readonly links: ReplicaLinks;
  /** Grows with each process that was hit. */
  readonly hits: Hit[];
  readonly signal: AbortSignal;
  say(sentence: string): void;
}

/** Resolves when the fault is over; with what it hit, or null when there was nothing to hit. */
type Inject = (world: World) => Promise<string | null>;

export const faults = {
  "container killed": (world) =>
    onVictim(world, "killed", async ({ pid }) => {
      killNow(pid);
    }),
  /** It wakes when it is counted as lost, and before it is killed for good. */
  "container stopped, woken late": (world) =>
    onVictim(world, "stopped", async ({ pid }) => {
      signal(pid, "SIGSTOP");
      const { containerTtlMs, rescuerMs, stopGraceMs } = world.timings;
      await pause(containerTtlMs + rescuerMs + between(world.random, [0, stopGraceMs / 2]));
      signal(pid, "SIGCONT");
    }),
  "container hung": (world) => onVictim(world, "hung", async ({ pid }) => signal(pid, "SIGUSR2")),
  "container cut off": (world) =>
    onVictim(world, "cut off", async (victim) => {
      const link = world.links.of(slotOf(victim));
      link.blackhole();
      await pause(world.timings.containerTtlMs + between(world.random, [0, 3_000]));
      link.resume();
    }),
  "container preempted": async (world) => {
    await findVictim(world);
    const atMs = Date.now();
    const victim = (await world.rig.preempt?.()) ?? null;
    if (victim === null) return null;
    world.hits.push({ fault: "preempted", pid: victim.pid, atMs });
    return slotOf(victim);
  },
  "provider answers errors": async ({ rig, random }) => {
    const ms = between(random, [15_000, 60_000]);
    rig.errorsFor?.(ms);
    return `${rig.name}, for ${Math.round(ms / 1000)} s`;
  },
  "control plane killed": async (world) => {
    hitAll(world, "control plane killed");
    await world.control.killAndStart(between(world.random, [0, 1_000]));
    return "the control plane";
  },
  /** Heartbeats cannot be written down meanwhile, so whoever is alive may be taken for lost. */
  "PostgreSQL crashed": async (world) => {
    hitAll(world, "PostgreSQL crashed");
    await world.server.restart("SIGQUIT");
    return "PostgreSQL";
  },
} as const satisfies Record<string, Inject>;

export type FaultKind = keyof typeof faults;

/** How often each comes in a round. */
const round: Record<FaultKind, number> = {
  "container killed": 5,
  "container stopped, woken late": 3,
  "container hung": 2,
  "container cut off": 3,
  "container preempted": 2,
  "provider answers errors": 2,
  "control plane killed": 2,
  "PostgreSQL crashed": 2,
};

/** Draws faults that this provider can have, each as often as its place in the round says. */
export function createDraw(random: Random, rig: ProviderRig): () => FaultKind {
  const kinds = (Object.keys(round) as FaultKind[]).filter(
    (kind) =>
      (kind !== "container preempted" || rig.preempt) &&
      (kind !== "provider answers errors" || rig.errorsFor),
  );
  let left: FaultKind[] = [];
  return () => {
    if (left.length === 0) left = kinds.flatMap((kind) => Array(round[kind]).fill(kind));
    const [kind = "container killed"] = left.splice(Math.floor(random.next() * left.length), 1);
    return kind;
  };
}

export const between = (random: Random, [least, most]: readonly [number, number]): number =>
  Math.round(least + (most - least) * random.next());

const victimMs = 10_000;

async function onVictim(
  world: World,
  fault: string,
  act: (victim: RigReplica) => Promise<void>,
): Promise<string | null> {
  const victim = await findVictim(world);
  if (victim === null) return null;
  world.hits.push({ fault, pid: victim.pid, atMs: Date.now() });
  await act(victim);
  return slotOf(victim);
}

/** One that runs; a while may pass in which none does. */
async function findVictim({ rig, random, signal: stop }: World): Promise<RigReplica | null> {
  const untilMs = performance.now() + victimMs;
  while (performance.now() < untilMs) {
    const all = rig.replicas();
    const victim = all[Math.floor(random.next() * all.length)];
    if (victim) return victim;
    await pause(100, undefined, { signal: stop });
  }
  return null;
}

function hitAll({ rig, hits }: World, fault: string): void {
  const atMs = Date.now();
  for (const { pid } of rig.replicas()) hits.push({ fault, pid, atMs });
}
