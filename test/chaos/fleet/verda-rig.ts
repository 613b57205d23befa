import { setTimeout as pause } from "node:timers/promises";
import type { Random } from "../../../src/lib/random.ts";
import { parseReplicaName } from "../../../src/providers/provider.ts";
import type { Home } from "../../support/home.ts";
import { openRegion } from "../../support/rented.ts";
import type { VerdaStub } from "../../support/verda/verda-stub.ts";
import type { Rented } from "./evidence.ts";
import { createLocalRig } from "./local-rig.ts";
import type { FleetTimings } from "./plan.ts";
import { type ProviderRig, slotOf } from "./rig.ts";

/** From an order to its container, and from a preemption to the next one if there is a machine. */
const startMs = 500;
/** After every other preemption no such machine is free for so long. */
const noneFreeMs = 12_000;

export interface VerdaRigOptions {
  readonly home: Home;
  readonly random: Random;
  readonly timings: FleetTimings;
  /** More environment for the containers. */
  readonly containerEnv: Readonly<Record<string, string>>;
}

/** Containers as processes that a stub of Verda rents out. They outlive a control plane that is killed. */
export async function createVerdaRig(options: VerdaRigOptions): Promise<ProviderRig> {
  const { home, random, timings, containerEnv } = options;
  const region = await openRegion("fin", {
    graceMs: timings.stopGraceMs,
    startMs,
    // By its folder for temporary files a process is known to be of this home.
    workerEnv: { TMPDIR: home.tempDir, ...containerEnv },
  });
  const { stub } = region;
  const { replicas } = createLocalRig(home, random);
  const outages = createOutages(stub, random);
  const shortages = createShortages(stub);
  return {
    name: "verda",
    stack: {
      overrides: { engine: "extractive", providers: [region.provider] },
      env: region.env,
    },
    replicas,
    left: () => [...new Set([...replicas().map(slotOf), ...leftOf(stub)])],
    errorsFor: (ms) => outages.begin(ms),
    async preempt() {
      const running = replicas();
      const victim = running[Math.floor(random.next() * running.length)];
      const name = victim && deploymentOf(stub, slotOf(victim));
      if (victim === undefined || name === undefined) return null;
      if (random.next() < 0.5) shortages.begin(name);
      stub.preempt(name);
      return victim;
    },
    async calm(signal) {
      while (outages.areOn() || shortages.areOn()) {
        await pause(250, undefined, { signal }).catch(() => undefined);
        if (signal.aborted) return;
      }
    },
    rented: (): Rented => ({
      bill: stub.bill.map(({ name, replicaId, startedAtMs, endedAtMs }) => ({
        name: slotIn(name),
        ref: replicaId,
        fromMs: startedAtMs,
        toMs: endedAtMs,
      })),
      blind: outages.all(),
    }),
    async stop() {
      outages.end();
      shortages.end();
      await stub.close();
    },
  };
}

/** Of `pl-<installation>-vision-1`: `vision-1`. */
function slotIn(deployment: string): string {
  const parts = parseReplicaName(deployment);
  return parts === null ? deployment : slotOf(parts);
}

const deploymentOf = (stub: VerdaStub, slot: string): string | undefined =>
  [...stub.deployments.keys()].find((name) => slotIn(name) === slot);

/** Deployments that are not paused, and whatever is still charged for. */
function leftOf({ deployments, bill }: VerdaStub): string[] {
  const awake = [...deployments.values()].filter((one) => !one.isPaused || one.replicas.length > 0);
  const charged = bill.filter(({ endedAtMs }) => endedAtMs === null);
  return [...awake, ...charged].map(({ name }) => slotIn(name));
}

/** Times in which the API answers nothing but errors. They may overlap. */
function createOutages(stub: VerdaStub, random: Random) {
  const all: { fromMs: number; toMs: number | null }[] = [];
  const timers = new Set<NodeJS.Timeout>();
  return {
    areOn: () => timers.size > 0,
    all: () => [...all],
    begin(ms: number): void {
      const outage: (typeof all)[number] = { fromMs: Date.now(), toMs: null };
      all.push(outage);
      stub.goDown(Math.floor(random.next() * 1e6));
      const timer = setTimeout(() => {
        outage.toMs = Date.now();
        timers.delete(timer);
        if (timers.size === 0) stub.calm();
      }, ms);
      timers.add(timer);
    },
    end(): void {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

/** Times in which a kind of machine is not to be had anew. */
function createShortages(stub: VerdaStub) {
  const timers = new Set<NodeJS.Timeout>();
  return {
    areOn: () => timers.size > 0,
    /** Of the machine that this deployment stands on. */
    begin(name: string): void {
      const compute = stub.deployments.get(name)?.compute;
      if (compute === undefined) return;
      stub.setCapacity(compute.name, compute.size, 0);
      const timer = setTimeout(() => {
        timers.delete(timer);
        stub.setCapacity(compute.name, compute.size, null);
      }, noneFreeMs);
      timers.add(timer);
    },
    end(): void {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
