import { createHash } from "node:crypto";
import type { Config } from "./config.ts";
import { type ChangedSettings, withChanged } from "./core/autoscaler/changed-settings.ts";
import type { Policy } from "./core/autoscaler/decision.ts";
import type { PolicyBase } from "./core/autoscaler/policies/base.ts";
import { policyNamed } from "./core/autoscaler/policies/registry.ts";
import { prdPriceBook, priceIn } from "./core/cost/price-books.ts";
import { AppError } from "./errors/app-error.ts";

export interface ChosenPolicy {
  readonly policy: Policy;
  /** Of all it is made from: two that decide alike bear the same one, any other does not. */
  readonly policyVersion: string;
}

/** Of what policies and `decide` keep in their state: raised when its form changes. */
const stateFormat = 1;

/**
 * The policy that decides: the version that was let in last, else the one that the configuration names. Throws
 * CONFIG_INVALID where there is none of that name.
 */
export function policyOf(
  config: Config,
  applied?: { readonly policy: string | null; readonly settings: ChangedSettings },
): ChosenPolicy {
  const configured = policyBase(config);
  const scaling = withChanged(configured.scaling, applied?.settings ?? {});
  const base = { ...configured, scaling };
  const named = policyNamed(applied?.policy ?? config.autoscaler.policy, base);
  if ("problem" in named) {
    throw new AppError("CONFIG_INVALID", `autoscaler.policy: ${named.problem} ${named.next}`);
  }
  const { policy } = named;
  const made = JSON.stringify([stateFormat, policy.name, base]);
  return { policy, policyVersion: createHash("sha256").update(made).digest("hex").slice(0, 8) };
}

/**
 * Valued by the price book of the request: what matters is how the prices of the pools stand to each other. Time
 * is paid in the pieces of whoever rents machines out.
 */
export function policyBase({ scaling, fleet, providers }: Config): PolicyBase {
  const prices = ["vision", "text", "shared"].flatMap((pool): [string, number][] => {
    const price = priceIn(prdPriceBook, { pool, gpu: null, spot: false });
    return price === "unpriced" ? [] : [[pool, price]];
  });
  const quanta = providers.map((one) => (one.kind === "verda" ? one.quantumSeconds * 1000 : 0));
  return {
    ...{ scaling, topology: fleet.topology, microUsdPerHour: Object.fromEntries(prices) },
    quantumMs: Math.max(prdPriceBook.quantumMs, ...quanta),
  };
}
