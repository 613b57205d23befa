/** A kind of machine. What a provider does not tell apart is null. */
export interface Machine {
  /** The provider's own name of the GPU type: `L40S`. */
  readonly gpu: string | null;
  /** GPUs a replica gets. */
  readonly gpus: number;
  readonly region: string | null;
  /** Cheaper, and may be taken away at any time. */
  readonly spot: boolean;
}

/** A replica as it should run. */
export interface ReplicaSpec {
  /** `pl-<installation>-<pool>-<replica>` */
  readonly name: string;
  readonly installation: string;
  readonly pool: string;
  /** Slot number within the pool, from 1. */
  readonly replica: number;
  /** Start parameters of the container. */
  readonly env: Readonly<Record<string, string>>;
  /** More of them, which a provider keeps out of sight where it can. */
  readonly secrets: Readonly<Record<string, string>>;
  /** null where there is only one kind. */
  readonly machine: Machine | null;
}

/** How a container ended: by itself with a code, or by a signal; and its last log lines. */
export interface ReplicaExit {
  readonly code: number | null;
  readonly signal: string | null;
  readonly logTail: string;
}

/** A replica as a provider sees it. */
export interface ReplicaSighting {
  readonly name: string;
  readonly installation: string;
  readonly pool: string;
  readonly replica: number;
  readonly state: "starting" | "running" | "stopping" | "exited";
  /** How far a starting one has come, where the provider tells. */
  readonly phase: "provisioning" | "pulling_image" | null;
  /** What the provider says is wrong, in its words: `ImagePullBackOff: ...`; null: nothing. */
  readonly trouble: string | null;
  /**
   * The provider's own name of the machine or process; a new start has a new one. `pendingRef` while
   * it has none: what is seen there next is the same run.
   */
  readonly providerRef: string;
  /** From here on it is charged for; null while it is not yet. */
  readonly startedAtMs: number | null;
  readonly machine: Machine | null;
  /** Present when `state` is `exited`. */
  readonly exit: ReplicaExit | null;
}

/** A kind of machine that could be rented, with what is known about it now. */
export interface Price extends Machine {
  /** Memory of all its GPUs together; null: not told. */
  readonly vramGb: number | null;
  /** Per replica, in millionths of a US dollar. `unpriced`: it costs something, and nobody says what. */
  readonly microUsdPerHour: number | "unpriced" | null;
  /** null: the provider does not say. */
  readonly isAvailable: boolean | null;
}

/**
 * Where replicas run. Level-based and idempotent: every call may be repeated, also after a timeout,
 * and calls may overlap. Every call has a deadline of its own. A call whose outcome is unknown
 * throws PROVIDER_UNREACHABLE: the next one looks before it acts.
 */
export interface Provider {
  /** Unique in an installation: `local`, `verda`, or what the configuration calls it. */
  readonly name: string;
  /** A replica is paid in whole pieces of this; 0: to the millisecond. */
  readonly billingQuantumMs: number;
  /**
   * Every replica that runs here under any installation's name; one that has ended is told once, or
   * left out. Throws rather than leaving something out that it could not see.
   */
  observe(): Promise<ReplicaSighting[]>;
  /**
   * Gives the order and returns; `observe` shows what became of it. A replica that is still
   * stopping is not started again: repeat the call once it has ended.
   * Throws REPLICA_START_FAILED when nothing could be started, PROVIDER_NO_CAPACITY when this
   * machine is not to be had now, PROVIDER_REFUSED, PROVIDER_NO_FUNDS or PROVIDER_RATE_LIMITED, and
   * SHUTTING_DOWN once the provider ends.
   */
  apply(replica: ReplicaSpec, want: "running" | "stopped"): Promise<void>;
  /** What could be rented here, with unpriced and unavailable machines. */
  prices(): Promise<Price[]>;
}

/** Stands for the name of a machine that is not there yet. */
export const pendingRef = "pending";

export const replicaName = (installation: string, pool: string, replica: number): string =>
  `pl-${installation}-${pool}-${replica}`;

/** The parts of a replica's name; null when it is no such name. */
export function parseReplicaName(
  name: string,
): { installation: string; pool: string; replica: number } | null {
  const [, installation, pool, replica] =
    /^pl-([a-z0-9]+)-([a-z]+)-([1-9]\d{0,3})$/.exec(name) ?? [];
  if (installation === undefined || pool === undefined) return null;
  return { installation, pool, replica: Number(replica) };
}
