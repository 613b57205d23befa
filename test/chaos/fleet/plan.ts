import type { StackOptions } from "../../support/product.ts";
import type { PoolBounds } from "./evidence.ts";
import type { FaultKind } from "./faults.ts";

/** Everything a run is made of; the same plan draws the same faults in the same order. */
export interface Plan {
  readonly seed: number;
  readonly provider: "local" | "verda";
  readonly pipelines: number;
  /** Submissions are spread over this time, and faults last as long. */
  readonly submitMs: number;
  /** Faults in order; null: drawn from the seed until `submitMs` has passed. */
  readonly script: readonly FaultKind[] | null;
  /** Between the end of one fault and the next: least and most. */
  readonly restMs: readonly [number, number];
  readonly timings: FleetTimings;
  /** Without a pipeline that ends for this long, the run is stuck. */
  readonly stuckMs: number;
}

export interface FleetTimings {
  readonly heartbeatMs: number;
  readonly containerTtlMs: number;
  readonly rescuerMs: number;
  readonly scalerMs: number;
  readonly reconcilerMs: number;
  readonly drainMs: number;
  readonly stopGraceMs: number;
  /** How long a task may stand still: as short as a busy machine allows. */
  readonly stallMsMax: number;
}

/** As the product has them, apart from a stall and a stop, which a run of minutes has to see end. */
export const productTimings: FleetTimings = {
  heartbeatMs: 2_000,
  containerTtlMs: 6_000,
  rescuerMs: 1_000,
  scalerMs: 1_000,
  reconcilerMs: 1_000,
  drainMs: 5_000,
  stopGraceMs: 8_000,
  stallMsMax: 15_000,
};

/** For a test: nothing waits for a pause alone. */
export const shortTimings: FleetTimings = {
  heartbeatMs: 300,
  containerTtlMs: 1_200,
  rescuerMs: 250,
  scalerMs: 250,
  reconcilerMs: 250,
  drainMs: 1_500,
  stopGraceMs: 2_500,
  stallMsMax: 5_000,
};

export const pools: Readonly<Record<"vision" | "text", PoolBounds>> = {
  vision: { min: 0, max: 2 },
  text: { min: 0, max: 3 },
};

/** What the control plane is told in every run. */
export function settingsOf(timings: FleetTimings): NonNullable<StackOptions["overrides"]> {
  const scaling = ({ min, max }: PoolBounds, scaleDown: string) => ({
    min_replicas: min,
    max_replicas: max,
    scale_down_delay: scaleDown,
    startup_timeout: "30s",
  });
  return {
    timings: { ...timings },
    vision_container_scaling: scaling(pools.vision, "3s"),
    text_container_scaling: scaling(pools.text, "4s"),
  };
}
