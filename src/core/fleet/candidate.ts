import type { HourlyPrice } from "../cost/money.ts";

/** What tells machines of one provider apart; the same five words name a refusal. */
export interface MachineKey {
  readonly provider: string;
  /** The provider's own name of the GPU type; null: it does not tell them apart. */
  readonly gpu: string | null;
  readonly gpus: number;
  readonly region: string | null;
  readonly spot: boolean;
}

/** A machine that a replica could be started on. */
export interface Candidate extends MachineKey {
  /** Memory of all its GPUs together; null: not told. */
  readonly vramGb: number | null;
  readonly microUsdPerHour: HourlyPrice;
  /** null: the provider does not say, so it is worth a try. */
  readonly isAvailable: boolean | null;
  /** Paid in whole pieces of this; 0: to the millisecond. */
  readonly quantumMs: number;
  /** Memory of the one GPU that all replicas of this machine share; absent: each has its own. */
  readonly sharedVramGb?: number;
  /** What the replicas that are placed there hold of it. */
  readonly usedVramGb?: number;
}

/** A provider's no to one kind of machine. */
export interface Refusal extends MachineKey {
  /** `PROVIDER_NO_CAPACITY` */
  readonly code: string;
  readonly atMs: number;
}

/** Measured by provider and GPU type; null: not measured yet. */
export interface Learned {
  coldStartMs(provider: string, gpu: string | null): number | null;
  /** Work done in a time, relative to the machine that `expectedWorkMs` is told for: 2 is twice as fast. */
  throughput(provider: string, gpu: string | null): number | null;
}

export interface Circumstances {
  /** `vision-1`, for the sentence. */
  readonly replica: string;
  readonly nowMs: number;
  readonly refusals: readonly Refusal[];
  readonly learned: Learned;
  /** Work that waits for this replica, on the machine throughput is relative to. */
  readonly expectedWorkMs: number;
  /** What may still be spent, and what an hour may still cost; null: no limit. */
  readonly microUsdLeft: number | null;
  readonly microUsdPerHourLeft: number | null;
}

/** One text for each kind of machine, and another for each other kind. */
export function machineKey({ provider, gpu, gpus, region, spot }: MachineKey): string {
  return JSON.stringify([provider, gpu, gpus, region, spot]);
}
