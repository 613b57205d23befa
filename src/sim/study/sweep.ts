import { policyNames, tunedVariants } from "../../core/autoscaler/policies/registry.ts";
import { waitPrices } from "../judge/figures.ts";

/** Texts of one policy as one of its settings is moved, for the curve of cost against delay. */
export interface Sweep {
  readonly name: string;
  readonly setting: string;
  readonly isOurs: boolean;
  readonly points: readonly { readonly label: string; readonly policy: string }[];
}

const ours = "just-in-time";

/** A curve for each policy that is named, whatever its options, ours first; none for one without such a setting. */
export function sweepsOf(policies: readonly string[]): Sweep[] {
  const names = new Set(policies.map((policy) => policy.split(":")[0] ?? policy));
  return [ours, ...policyNames.filter((name) => name !== ours)]
    .filter((name) => names.has(name))
    .flatMap((name) => {
      const points = name === ours ? byWaitPrice() : byIdleTime(name);
      const setting = name === ours ? "wait price" : "idle time";
      return points.length === 0 ? [] : [{ name, setting, isOurs: name === ours, points }];
    });
}

const byWaitPrice = (): Sweep["points"] =>
  waitPrices.map((price) => ({ label: String(price), policy: `${ours}:wait-price=${price}` }));

const byIdleTime = (name: string): Sweep["points"] =>
  tunedVariants(name).map((policy) => ({ label: policy.split("=").at(-1) ?? policy, policy }));
