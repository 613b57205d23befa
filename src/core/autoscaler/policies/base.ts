import type { PoolScaling, ScalingSettings } from "../settings.ts";
import { sharedScaling, type Topology } from "../topology.ts";

/** What every policy is made from, whatever its own settings. */
export interface PolicyBase {
  readonly scaling: ScalingSettings;
  readonly topology: Topology;
  /** What an hour of one replica costs, by pool, as far as it is known. */
  readonly microUsdPerHour: Readonly<Record<string, number>>;
  /** Replicas are paid in whole pieces of this; 0: to the millisecond. */
  readonly quantumMs: number;
}

/** The pools of a topology, each with its settings. */
export const poolsOf = ({
  scaling,
  topology,
}: Pick<PolicyBase, "scaling" | "topology">): Readonly<Record<string, PoolScaling>> =>
  topology === "shared"
    ? { shared: sharedScaling(scaling) }
    : { vision: scaling.vision, text: scaling.text };
