/** What a pool's replicas need of a machine, and what its operator allows. */
export interface Needs {
  /** Memory that a rented machine must have; 0: it needs no GPU. */
  readonly vramGb: number;
  /** What the models hold of it: decides where several replicas share one GPU. */
  readonly modelVramGb: number;
  /** For the provider to set up; no price list tells it, so it does not choose the machine. */
  readonly diskGb?: number;
  /** The provider's own names; empty: any. A machine that does not tell is none of them. */
  readonly gpuTypes: readonly string[];
  readonly regions: readonly string[];
  /** `prefer`: spot competes with the rest by price. It says nothing about machines without a price. */
  readonly spot: "never" | "prefer" | "only";
  /** The most one replica may cost an hour; null: no limit. */
  readonly microUsdPerHourMax: number | null;
  /** Whether a machine may be taken that costs an unknown amount, when no other fits. Default: no. */
  readonly allowUnpriced?: boolean;
}

const anyMachine = { gpuTypes: [], regions: [], spot: "prefer", microUsdPerHourMax: null } as const;

/**
 * The defaults of each pool. Memory and storage of vision and text are those of the request (32 and
 * 48 GB; weights plus cache), read as the GPU's memory. What the models hold are upper estimates:
 * about 11 GB for llava:13b, 20 for gemma3:27b in four bits. The request knows no container with both
 * models: together they hold 31 GB, so the larger machine carries them, with the storage of both.
 * The dedicated one always runs, and is not to be taken away.
 */
export const poolNeeds = {
  vision: { ...anyMachine, vramGb: 32, modelVramGb: 11, diskGb: 60 },
  text: { ...anyMachine, vramGb: 48, modelVramGb: 20, diskGb: 120 },
  shared: { ...anyMachine, vramGb: 48, modelVramGb: 31, diskGb: 180 },
  dedicated: { ...anyMachine, vramGb: 48, modelVramGb: 31, diskGb: 180, spot: "never" },
} as const satisfies Record<string, Needs>;
