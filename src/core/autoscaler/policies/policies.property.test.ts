import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type LoadChange,
  playScript,
  scriptBase,
} from "../../../../test/support/scripted-pools.ts";
import type { PolicyBase } from "./base.ts";
import { policyNamed, policyNames, tunedVariants } from "./registry.ts";

const untilMs = 3_000_000;

function policyOf(text: string, base: PolicyBase) {
  const choice = policyNamed(text, base);
  if ("problem" in choice) throw new Error(choice.problem);
  return choice.policy;
}

/** `just-in-time` learns with every question; its own tests say what holds for it. */
const texts = fc.constantFrom(
  ...policyNames
    .filter((name) => name !== "just-in-time")
    .flatMap((name) => [name, ...tunedVariants(name).slice(0, 2)]),
  ...["keda:polling=7s,sync=4s,activation=2,cooldown=31s,stabilisation=45s"],
);

/** Half of all instants lie on the grids that timers tick on: there an order could matter. */
const instants = fc.oneof(
  fc.nat(untilMs),
  fc.nat(untilMs / 2_000).map((n) => 2_000 * n),
  fc.nat(untilMs / 30_000).map((n) => 30_000 * n),
);

const scriptOf = (pools: readonly string[]): fc.Arbitrary<readonly LoadChange[]> =>
  fc.array(
    fc.record({
      atMs: instants,
      pool: fc.constantFrom(...pools),
      waiting: fc.oneof(fc.constant(0), fc.nat(9)),
      running: fc.oneof(fc.constant(0), fc.nat(4)),
    }),
    { maxLength: 14 },
  );

const scenes = fc
  .constantFrom<PolicyBase>(scriptBase, { ...scriptBase, topology: "shared" })
  .chain((base) =>
    fc.record({
      base: fc.constant(base),
      text: texts,
      script: scriptOf(base.topology === "shared" ? ["shared"] : ["vision", "text"]),
      coldMs: fc.constantFrom(1, 3_000, 100_000),
      extraAsksMs: fc.array(instants, { maxLength: 60 }),
    }),
  );

describe("every policy, under any load", () => {
  it("starts and stops the same however often it is asked", () => {
    fc.assert(
      fc.property(scenes, ({ base, text, script, coldMs, extraAsksMs }) => {
        const policy = policyOf(text, base);
        const calm = playScript(policy, script, { coldMs, untilMs });
        const busy = playScript(policy, script, { coldMs, untilMs, extraAsksMs });
        expect(busy.steps).toEqual(calm.steps);
      }),
      { numRuns: 200 },
    );
  });

  it("does the same with a state that was written down and read back at every ask", () => {
    fc.assert(
      fc.property(scenes, ({ base, text, script, coldMs, extraAsksMs }) => {
        const policy = policyOf(text, base);
        const options = { coldMs, untilMs, extraAsksMs };
        const kept = playScript(policy, script, options);
        const stored = playScript(policy, script, { ...options, throughJson: true });
        expect(stored).toEqual(kept);
        expect(playScript(policy, script, options)).toEqual(kept);
      }),
    );
  });

  it("never runs more than the maximum, and remembers no more than a page", () => {
    fc.assert(
      fc.property(scenes, ({ base, text, script, coldMs }) => {
        const policy = policyOf(text, base);
        const { steps, state } = playScript(policy, script, { coldMs, untilMs });
        const running = new Set<string>();
        for (const { action, replica } of steps) {
          if (action === "stop") running.delete(replica);
          else running.add(replica);
          for (const [pool, { maxReplicas }] of Object.entries(policy.pools)) {
            const own = [...running].filter((name) => name.startsWith(`${pool}-`));
            expect(own.length).toBeLessThanOrEqual(maxReplicas);
          }
        }
        expect(JSON.stringify(state).length).toBeLessThan(6_000);
      }),
    );
  });

  it("starts something for work that stays, and stops everything a day after the last", () => {
    fc.assert(
      fc.property(scenes, ({ base, text, script, coldMs }) => {
        const policy = policyOf(text, base);
        if (text.startsWith("always-on") || text.includes("activation=2")) return;
        const pool = Object.keys(policy.pools)[0] ?? "";
        const work = { atMs: untilMs, pool, waiting: 1, running: 0 };
        const end = { ...work, atMs: untilMs + 600_000, waiting: 0 };
        const others = Object.keys(policy.pools).map((other) => ({ ...end, pool: other }));
        const day = untilMs + 86_400_000;
        const { steps } = playScript(policy, [...script, work, ...others], {
          coldMs,
          untilMs: day,
        });
        const running = new Set<string>();
        for (const { action, replica } of steps) {
          if (action === "stop") running.delete(replica);
          else running.add(replica);
        }
        expect(steps.some(({ replica }) => replica === `${pool}-1`)).toBe(true);
        expect([...running]).toEqual([]);
      }),
    );
  });
});
