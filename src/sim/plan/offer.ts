import type { PolicyBase } from "../../core/autoscaler/policies/base.ts";
import type { ScalingSettings } from "../../core/autoscaler/settings.ts";
import type { PriceList } from "../judge/judge.ts";

/** A way to run containers, and what it costs: what a plan chooses among. */
export interface Offer {
  /** `split`, `shared on spot`, `dedicated`. */
  readonly name: string;
  readonly topology: "split" | "shared" | "dedicated";
  /** null: the price book does not tell machines apart. */
  readonly gpu: string | null;
  readonly spot: boolean;
  readonly prices: PriceList;
  /** Work goes so many times as fast as the service times say. */
  readonly speed: number;
  /** Machines lost an hour, each by itself. */
  readonly lostPerHour: number;
}

/** Most replicas of each pool; the shared pool has the larger of the two. */
export interface Caps {
  readonly vision: number;
  readonly text: number;
}

/** One thing to try. */
export interface Candidate {
  readonly offer: Offer;
  readonly policy: string;
  readonly caps: Caps;
}

/** What the policy of a candidate is made from. The dedicated server is one machine that does all work and is always on. */
export function candidateBase({ offer, caps }: Candidate, scaling: ScalingSettings): PolicyBase {
  const { topology, prices } = offer;
  const capped = {
    ...scaling,
    vision: { ...scaling.vision, maxReplicas: caps.vision },
    text: { ...scaling.text, maxReplicas: caps.text },
  };
  const { microUsdPerHour, quantumMs } = prices;
  return {
    scaling: capped,
    topology: topology === "dedicated" ? "shared" : topology,
    microUsdPerHour,
    quantumMs,
  };
}

/** Dollars an hour while every pool of the offer has one replica on. */
export function usdPerHour({ topology, prices }: Offer): number {
  const pools = topology === "split" ? ["vision", "text"] : ["shared"];
  return pools.reduce((sum, pool) => sum + (prices.microUsdPerHour[pool] ?? 0), 0) / 1e6;
}
