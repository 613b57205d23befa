import type { PolicyBase } from "../../core/autoscaler/policies/base.ts";
import { policyNamed } from "../../core/autoscaler/policies/registry.ts";
import { AppError } from "../../errors/app-error.ts";

const policiesMax = 20;

/**
 * `--policy a,b:x=1,y=2,c` as the texts it holds: a piece with `=` and no name before it belongs to the policy
 * before. Each is checked. Throws USAGE with what is wrong and what to write instead.
 */
export function policiesOf(text: string, base: PolicyBase): string[] {
  const policies: string[] = [];
  for (const piece of text.split(",").map((one) => one.trim())) {
    const last = policies.at(-1);
    const goesOn = /^[a-z-]+=/.test(piece) && last?.includes(":") === true;
    if (goesOn) policies[policies.length - 1] = `${last},${piece}`;
    else policies.push(piece);
  }
  const twice = policies.find((policy, at) => policies.indexOf(policy) !== at);
  if (twice !== undefined) throw new AppError("USAGE", `--policy names ${twice} twice`);
  if (policies.length > policiesMax) {
    throw new AppError("USAGE", `--policy names more than ${policiesMax} policies`);
  }
  for (const policy of policies) {
    const named = policyNamed(policy, base);
    if ("problem" in named) throw new AppError("USAGE", `${named.problem}\n${named.next}`);
  }
  return policies;
}
