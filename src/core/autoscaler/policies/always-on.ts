import type { Policy, Want } from "../decision.ts";
import { count } from "../words.ts";
import { type PolicyBase, poolsOf } from "./base.ts";

export interface AlwaysOnSettings {
  /** By pool; one that is not named has `replicas`. */
  readonly byPool: Readonly<Record<string, number>>;
  readonly replicas: number;
}

export const alwaysOnDefaults: AlwaysOnSettings = { byPool: {}, replicas: 1 };

/**
 * The old way: so many replicas a pool, day and night, whatever comes. It never starts another one for a
 * queue and never stops one. A pool's bounds hold all the same.
 */
export function alwaysOnPolicy(base: PolicyBase, { byPool, replicas }: AlwaysOnSettings): Policy {
  const pools = poolsOf(base);
  return {
    name: "always-on",
    pools,
    attention: { documents: false, facts: false, slides: false, milestones: [] },
    initial: null,
    want({ pools: asked }) {
      const wants: Record<string, Want> = {};
      for (const pool of Object.keys(pools)) {
        const question = asked[pool];
        const wanted = byPool[pool] ?? replicas;
        if (question === undefined) continue;
        wants[pool] = {
          replicas: wanted,
          rule: "always-on",
          quiet: true,
          againAtMs: null,
          explain: () => ({
            verb: "started",
            because: `${pool} has ${count(wanted, "replica")} at all times`,
            inputs: { wanted },
            alternative: "stop when nothing needs it: the next document would meet a cold start",
          }),
        };
      }
      return { wants, state: null };
    },
  };
}
