import { createHash } from "node:crypto";
import type { Config } from "./config.ts";
import type { Policy } from "./core/autoscaler/decision.ts";
import type { PolicyBase } from "./core/autoscaler/policies/base.ts";
import { referencePolicy } from "./core/autoscaler/policies/reference.ts";
import { prdPriceBook, priceIn } from "./core/cost/price-books.ts";

export interface ChosenPolicy {
  readonly policy: Policy;
  /** Of all it is made from: two that decide alike bear the same one, any other does not. */
  readonly policyVersion: string;
}

/** Of what policies and `decide` keep in their state: raised when its form changes. */
const stateFormat = 1;

export function policyOf(config: Config): ChosenPolicy {
  const base = policyBase(config);
  const policy = referencePolicy(base.scaling, base.topology);
  const made = JSON.stringify([stateFormat, policy.name, base]);
  return { policy, policyVersion: createHash("sha256").update(made).digest("hex").slice(0, 8) };
}

/** Valued by the price book of the request: what matters is how the pools' prices stand to each other. */
function policyBase({ scaling, fleet }: Config): PolicyBase {
  const book = prdPriceBook;
  const prices = ["vision", "text", "shared"].flatMap((pool): [string, number][] => {
    const price = priceIn(book, { pool, gpu: null, spot: false });
    return price === "unpriced" ? [] : [[pool, price]];
  });
  const { topology } = fleet;
  return {
    ...{ scaling, topology, quantumMs: book.quantumMs },
    microUsdPerHour: Object.fromEntries(prices),
  };
}

export { policyBase };
