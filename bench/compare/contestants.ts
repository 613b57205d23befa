import type { Policy } from "../../src/core/autoscaler/decision.ts";
import type { PolicyBase } from "../../src/core/autoscaler/policies/base.ts";
import {
  policyNamed,
  policyNames,
  tunedVariants,
} from "../../src/core/autoscaler/policies/registry.ts";

/** How a setting is chosen on the first half of a trace. */
export type Choice =
  /** There is one candidate. */
  | { readonly by: "name" }
  /** The least J at this wait price (a multiple of a text replica's price). */
  | { readonly by: "J"; readonly waitPrice: number }
  /** The cheapest that is on time for this share of the feasible documents; if none is, the most punctual. */
  | { readonly by: "readiness"; readonly share: number };

/** A row of the comparison: some settings of a policy, of which one is chosen on the first half. */
export interface Contestant {
  readonly name: string;
  /** `keda` */
  readonly family: string;
  /** Texts for `policyNamed`. */
  readonly candidates: readonly string[];
  readonly choice: Choice;
  /** Its decisions depend on prices, so it runs once for each price book. */
  readonly looksAtPrices: boolean;
}

/** Products that J of `just-in-time` is held against. */
export const rivals = ["keda", "knative", "ray-serve", "runpod"] as const;
/** Prices of waiting that policies are tuned for and judged at. */
export const judgedAt = [4, 9] as const;
/** The share of feasible documents that the goal of readiness asks for. */
export const readinessGoal = 0.92;
/** What a setting must show on the first half to be trusted with that goal on the second. */
const readinessWanted = 0.94;

export const jit = "just-in-time";
export const readyName = `${jit} goal ${readinessGoal}`;
export const jitAt = (waitPrice: number): string => `${jit} w=${waitPrice}`;

const alone = (family: string): Contestant => ({
  ...{ name: family, family, candidates: [family], looksAtPrices: false },
  choice: { by: "name" },
});

function tuned(family: string, isQuick: boolean): readonly Contestant[] {
  const all = [family, ...tunedVariants(family)];
  const candidates = isQuick ? all.filter((_, at) => at % 3 === 0) : all;
  if (candidates.length === 1) return [];
  return judgedAt.map((waitPrice) => ({
    ...{ name: `${family} tuned J${waitPrice}`, family, candidates, looksAtPrices: false },
    choice: { by: "J", waitPrice },
  }));
}

const alwaysOn: Contestant = {
  ...{ name: "always-on tuned J4", family: "always-on", looksAtPrices: false },
  candidates: ["always-on", "always-on:vision=2,text=1", "always-on:vision=2,text=2"],
  choice: { by: "J", waitPrice: 4 },
};

/** The warm pool of the hours of a week is tried where hours are those of a week. */
function justInTime(isNative: boolean, isQuick: boolean): readonly Contestant[] {
  const one = (name: string, candidates: readonly string[], choice: Choice): Contestant => ({
    ...{ name, family: jit, candidates, choice, looksAtPrices: true },
  });
  const grid = (head: string, robustness: readonly string[]): readonly string[] => [
    ...robustness.map((value) => `${jit}:${head},robustness=${value},warm-pool=off`),
    ...(isNative ? [`${jit}:${head},robustness=${robustness[0]},warm-pool=on`] : []),
  ];
  const wide = isQuick ? ["0.33"] : ["0.33", "0.15", "1"];
  const goals = (isQuick ? [4] : [1, 4, 9]).flatMap((w) =>
    grid(`wait-price=${w},goal=${readinessGoal}`, ["0.33"]),
  );
  return [
    ...judgedAt.map((waitPrice) =>
      one(jitAt(waitPrice), grid(`wait-price=${waitPrice}`, wide), { by: "J", waitPrice }),
    ),
    one(readyName, goals, { by: "readiness", share: readinessWanted }),
  ];
}

/** All that take part on a trace: those that the registry knows. */
export function contestants(isNative: boolean, isQuick: boolean): readonly Contestant[] {
  const products = [...rivals, "verda-load", "hybrid-histogram"];
  return [
    alone("reference"),
    ...tuned("reference", isQuick),
    ...justInTime(isNative, isQuick),
    ...products.flatMap((name) => [alone(name), ...tuned(name, isQuick)]),
    alone("always-on"),
    alwaysOn,
  ].filter(({ family }) => policyNames.includes(family));
}

/** Throws Error where the text names no policy. */
export function policyOf(text: string, base: PolicyBase): Policy {
  const choice = policyNamed(text, base);
  if ("problem" in choice) throw new Error(`${text}: ${choice.problem} ${choice.next}`);
  return choice.policy;
}
