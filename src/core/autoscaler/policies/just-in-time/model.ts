import { prdPriceBook, priceIn } from "../../../cost/price-books.ts";
import type { Policy } from "../../decision.ts";
import type { PoolScaling } from "../../settings.ts";
import { sharedScaling } from "../../topology.ts";
import type { PolicyBase } from "../base.ts";
import { referencePolicy } from "../reference.ts";
import type { JustInTimeSettings } from "./settings.ts";

/** A pool as the rules see it. */
export interface PoolModel {
  readonly name: string;
  readonly scaling: PoolScaling;
  readonly microUsdPerMs: number;
}

/** What does not change while the policy lives. */
export interface Model {
  readonly settings: JustInTimeSettings;
  readonly quantumMs: number;
  readonly pools: Readonly<Record<string, PoolModel>>;
  /** Where `visual_analysis` runs, and where the text tasks do: the same pool in the shared topology. */
  readonly vision: PoolModel;
  readonly text: PoolModel;
  readonly isShared: boolean;
  /** The policy no start may be later than. */
  readonly reference: Policy;
}

const hourMs = 3_600_000;

export function modelOf(base: PolicyBase, settings: JustInTimeSettings): Model {
  const poolOf = (name: string, scaling: PoolScaling): PoolModel => ({
    name,
    scaling,
    microUsdPerMs: priceOf(base, name) / hourMs,
  });
  const isShared = base.topology === "shared";
  const vision = isShared
    ? poolOf("shared", sharedScaling(base.scaling))
    : poolOf("vision", base.scaling.vision);
  const text = isShared ? vision : poolOf("text", base.scaling.text);
  return {
    settings,
    quantumMs: base.quantumMs,
    pools: { [vision.name]: vision, [text.name]: text },
    vision,
    text,
    isShared,
    reference: referencePolicy(base.scaling, base.topology),
  };
}

/**
 * An hour of a replica in millionths of a dollar. Where nobody charges or nobody knows, the request's
 * own price stands in: a machine that costs nothing would else never be stopped.
 */
function priceOf(base: PolicyBase, pool: string): number {
  const known = base.microUsdPerHour[pool] ?? 0;
  if (known > 0) return known;
  const price = priceIn(prdPriceBook, { pool, gpu: null, spot: false });
  return price === "unpriced" ? 1_000_000 : price;
}

/** `w` of scaling: what a millisecond of a waiting document is worth, in millionths of a dollar. */
export const waitMicroUsdPerMs = (model: Model, waitPrice: number): number =>
  waitPrice * model.text.microUsdPerMs;
