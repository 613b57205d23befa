import { AppError } from "../../errors/app-error.ts";
import {
  type Machine,
  type Price,
  type Provider,
  type ReplicaSighting,
  replicaName,
} from "../provider.ts";

/** A container that somebody else started, as it registered. */
export interface RegisteredReplica {
  readonly pool: string;
  /** Slot number within the pool, from 1. */
  readonly replica: number;
  /** The container's id: a new one for each start of its process. */
  readonly containerId: string;
  readonly startedAtMs: number;
}

/** A machine that is there whether it is used or not. */
export interface StaticMachine {
  readonly gpu: string | null;
  readonly gpus: number;
  readonly region: string | null;
  /** Memory of all its GPUs together. */
  readonly vramGb: number | null;
  /** null: it costs something, and nobody says what; 0: nobody charges for it. */
  readonly usdPerHour: number | null;
}

export interface StaticProviderOptions {
  /** Unique in the installation. */
  readonly name: string;
  readonly installation: string;
  readonly machines: readonly StaticMachine[];
  /**
   * The containers that are registered with this provider's name and still live. Throws when that
   * cannot be told: an empty answer means that none runs.
   */
  readonly registered: () => Promise<readonly RegisteredReplica[]>;
}

/**
 * Machines that somebody else runs: a dedicated server, one in the lab. They are seen when their
 * containers register, and never started or stopped: a drain reaches them by directive alone.
 */
export function createStaticProvider(options: StaticProviderOptions): Provider {
  const { installation } = options;
  const prices = options.machines.map(priceOf);
  const machine = onlyMachine(options.machines);
  const observe = async () =>
    newestOfEach(await options.registered()).map((one) => sightingOf(one, installation, machine));
  return {
    name: options.name,
    billingQuantumMs: 0,
    observe,
    async apply(spec, want) {
      if (spec.installation !== installation) {
        throw new AppError("INTERNAL", `${spec.name} belongs to another installation`);
      }
      if (want === "stopped") return;
      const running = await observe();
      if (running.some(({ name }) => name === spec.name)) return;
      const next = "start its container on that machine yourself";
      throw new AppError("REPLICA_START_FAILED", `${spec.name} has not registered: ${next}`);
    },
    async prices() {
      return prices;
    },
  };
}

/** Until the old container of a slot is taken for lost, it stands beside the new one. */
function newestOfEach(replicas: readonly RegisteredReplica[]): RegisteredReplica[] {
  const newest = new Map<string, RegisteredReplica>();
  for (const one of replicas) {
    const slot = `${one.pool} ${one.replica}`;
    const known = newest.get(slot);
    if (known === undefined || known.startedAtMs < one.startedAtMs) newest.set(slot, one);
  }
  return [...newest.values()];
}

const sightingOf = (
  { pool, replica, containerId, startedAtMs }: RegisteredReplica,
  installation: string,
  machine: Machine | null,
): ReplicaSighting => ({
  name: replicaName(installation, pool, replica),
  installation,
  pool,
  replica,
  state: "running",
  phase: null,
  trouble: null,
  providerRef: containerId,
  startedAtMs,
  machine,
  exit: null,
});

/** Which machine a container sits on is told only where there is one kind. */
function onlyMachine(machines: readonly StaticMachine[]): Machine | null {
  const [first, ...others] = machines;
  if (first === undefined || others.length > 0) return null;
  return { gpu: first.gpu, gpus: first.gpus, region: first.region, spot: false };
}

/** None can be had beyond those that run, and those that run are there already. */
const priceOf = ({ gpu, gpus, region, vramGb, usdPerHour }: StaticMachine): Price => ({
  gpu,
  gpus,
  region,
  spot: false,
  vramGb,
  microUsdPerHour: usdPerHour === null ? "unpriced" : Math.round(usdPerHour * 1e6) || null,
  isAvailable: false,
});
