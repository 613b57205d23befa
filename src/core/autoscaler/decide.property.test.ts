import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ReplicaPhase } from "../pipeline/life-cycle.ts";
import { decide } from "./decide.ts";
import type { Decision } from "./decision.ts";
import { initialState, type ScalerState } from "./memory.ts";
import {
  type Demand,
  isLive,
  isNeeded,
  noDemand,
  type Observation,
  type PoolObservation,
  type ReplicaObservation,
} from "./observation.ts";
import { referencePolicy } from "./policies/reference.ts";
import { type ScalingSettings, scalingDefaults, scalingOf } from "./settings.ts";

const settings = scalingOf(scalingDefaults);
const policy = referencePolicy(settings);
const t0 = 1_000_000;

const replica = (name: string, rest: Partial<ReplicaObservation> = {}): ReplicaObservation => ({
  name,
  phase: "ready",
  sinceMs: t0,
  requestedAtMs: t0,
  leases: 0,
  idleSinceMs: null,
  ...rest,
});

const phases = fc.constantFrom<ReplicaPhase>(
  "requested",
  "booting",
  "loading",
  "ready",
  "draining",
  "stopped",
  "failed",
);
const demands: fc.Arbitrary<Demand> = fc
  .record({
    ready: fc.nat(12),
    leased: fc.nat(3),
    delayed: fc.nat(2),
    blocked: fc.nat(6),
    upstream: fc.array(
      fc.record({
        pipeline: fc.string({ maxLength: 3 }),
        fraction: fc.double({ min: 0, max: 1, noNaN: true }),
        expectedEndMs: fc.option(fc.integer({ min: t0 - 60_000, max: t0 + 200_000 })),
      }),
      { maxLength: 3 },
    ),
    oldestReadyMs: fc.option(fc.integer({ min: t0 - 60_000, max: t0 })),
  })
  .map((demand) => ({
    ...demand,
    pipelines:
      demand.ready + demand.leased + demand.delayed + demand.blocked + demand.upstream.length,
  }));
const maybeDemands = fc.oneof(fc.constant(noDemand), demands);

const poolOf = (name: string, slots: number): fc.Arbitrary<PoolObservation> =>
  fc
    .tuple(
      maybeDemands,
      fc.uniqueArray(
        fc.record({
          slot: fc.integer({ min: 1, max: slots }),
          phase: phases,
          sinceMs: fc.integer({ min: t0 - 400_000, max: t0 }),
          leases: fc.nat(2),
        }),
        { selector: (r) => r.slot },
      ),
    )
    .map(([demand, slotted]) => ({
      demand,
      replicas: slotted.map(({ slot, phase, sinceMs, leases }) =>
        replica(`${name}-${slot}`, {
          phase,
          sinceMs,
          requestedAtMs: null,
          leases: phase === "ready" ? leases : 0,
        }),
      ),
    }));

const limits = fc.record({ min: fc.nat(3), extra: fc.nat(3) }).map(({ min, extra }) => ({
  minReplicas: min,
  maxReplicas: Math.max(1, min + extra),
}));
const anySettings: fc.Arbitrary<ScalingSettings> = fc
  .tuple(limits, limits)
  .map(([vision, text]) => ({
    ...settings,
    vision: { ...settings.vision, ...vision },
    text: { ...settings.text, ...text },
  }));
const observations = fc
  .record({ vision: poolOf("vision", 4), text: poolOf("text", 4), afterMs: fc.nat(400_000) })
  .map(({ afterMs, ...pools }): Observation => ({ nowMs: t0 + afterMs, pools }));

/** Carries decisions out at once, as a provider without delay would. */
function carryOut(seen: Observation, decisions: readonly Decision[]): Observation {
  const pools: Record<string, PoolObservation> = {};
  for (const [name, before] of Object.entries(seen.pools)) {
    const byName = new Map(before.replicas.map((r) => [r.name, r]));
    for (const decision of decisions.filter((d) => d.pool === name && d.replica !== null)) {
      const target = decision.replica ?? "";
      if (decision.action === "stop") byName.delete(target);
      else
        byName.set(
          target,
          replica(target, { phase: "requested", sinceMs: seen.nowMs, requestedAtMs: seen.nowMs }),
        );
    }
    pools[name] = { ...before, replicas: [...byName.values()] };
  }
  return { ...seen, pools };
}

const live = (seen: PoolObservation | undefined) => (seen?.replicas ?? []).filter(isLive);

describe("decide, whatever is seen", () => {
  it("wants a number within the bounds and never takes a pool above its maximum", () => {
    fc.assert(
      fc.property(anySettings, observations, (scaling, seen) => {
        const { state, decisions } = decide(initialState, seen, referencePolicy(scaling));
        const after = carryOut(seen, decisions);
        for (const name of ["vision", "text"] as const) {
          const { minReplicas, maxReplicas } = scaling[name];
          expect(state.pools[name]?.wanted).toBeGreaterThanOrEqual(minReplicas);
          expect(state.pools[name]?.wanted).toBeLessThanOrEqual(maxReplicas);
          const before = live(seen.pools[name]).length;
          expect(live(after.pools[name]).length).toBeLessThanOrEqual(Math.max(before, maxReplicas));
        }
      }),
    );
  });

  it("decides nothing new about the same observation, even through JSON", () => {
    fc.assert(
      fc.property(anySettings, observations, (scaling, seen) => {
        const reference = referencePolicy(scaling);
        const first = decide(initialState, seen, reference);
        const stored = JSON.parse(JSON.stringify(first.state)) as ScalerState;
        expect(stored).toEqual(first.state);
        expect(decide(stored, seen, reference).decisions).toEqual([]);
      }),
    );
  });

  it("stops for want of work only what has no lease, unneeded for the whole delay", () => {
    fc.assert(
      fc.property(fc.array(observations, { minLength: 1, maxLength: 6 }), (walk) => {
        const ordered = walk.toSorted((a, b) => a.nowMs - b.nowMs);
        let state = initialState;
        const unneeded: Record<string, number | null> = {};
        for (const seen of ordered) {
          const decided = decide(state, seen, policy);
          state = decided.state;
          for (const [name, before] of Object.entries(seen.pools)) {
            unneeded[name] = isNeeded(before.demand) ? null : (unneeded[name] ?? seen.nowMs);
          }
          for (const decision of decided.decisions) {
            if (decision.action !== "stop") continue;
            const target = seen.pools[decision.pool]?.replicas.find(
              (r) => r.name === decision.replica,
            );
            expect(target?.leases).toBe(0);
            if (decision.rule !== "idle") continue;
            const sinceMs = unneeded[decision.pool];
            expect(sinceMs).not.toBeNull();
            const delayMs = policy.pools[decision.pool] === settings.vision ? 300_000 : 600_000;
            expect(seen.nowMs - (sinceMs ?? 0)).toBeGreaterThanOrEqual(delayMs);
          }
        }
      }),
    );
  });

  it("comes to rest: carried out and seen again, a decision needs no other", () => {
    fc.assert(
      fc.property(anySettings, observations, (scaling, seen) => {
        const reference = referencePolicy(scaling);
        let decided = decide(initialState, seen, reference);
        let now = seen;
        for (let round = 0; round < 4; round += 1) {
          now = carryOut(now, decided.decisions);
          decided = decide(decided.state, now, reference);
        }
        expect(decided.decisions).toEqual([]);
      }),
    );
  });
});
