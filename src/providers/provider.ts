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
  /** The provider's own name of the machine or process; a new start has a new one. */
  readonly providerRef: string;
  readonly startedAtMs: number;
  /** Present when `state` is `exited`. */
  readonly exit: ReplicaExit | null;
}

/** What an hour of a replica costs, in millionths of a US dollar; null: nobody charges for it. */
export interface Price {
  readonly pool: string;
  readonly microUsdPerHour: number | null;
}

/**
 * Where replicas run. Level-based and idempotent: every call may be repeated, also after a timeout,
 * and calls may overlap.
 */
export interface Provider {
  readonly name: string;
  /** Everything of this installation that runs here; one that has ended is told exactly once. */
  observe(): Promise<ReplicaSighting[]>;
  /**
   * Gives the order and returns; `observe` shows what became of it. A replica that is still
   * stopping is not started again: repeat the call once it has ended.
   * Throws REPLICA_START_FAILED when nothing could be started, SHUTTING_DOWN once the provider ends.
   */
  apply(replica: ReplicaSpec, want: "running" | "stopped"): Promise<void>;
  prices(): Promise<Price[]>;
}

export const replicaName = (installation: string, pool: string, replica: number): string =>
  `pl-${installation}-${pool}-${replica}`;
