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
  noOrders,
  type Observation,
  type Orders,
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

const ordersOf = (name: string): fc.Arbitrary<Orders> =>
  fc.record({
    paused: fc.option(fc.constant({ reason: "a test" }), { freq: 4 }),
    extra: fc.nat(4),
    drain: fc.uniqueArray(
      fc.integer({ min: 1, max: 5 }).map((slot) => `${name}-${slot}`),
      { maxLength: 2 },
    ),
  });

const poolOf = (name: string, slots: number): fc.Arbitrary<PoolObservation> =>
  fc
    .tuple(
      maybeDemands,
      fc.oneof(fc.constant(noOrders), ordersOf(name)),
      fc.uniqueArray(
        fc.record({
          slot: fc.integer({ min: 1, max: slots }),
          phase: phases,
          sinceMs: fc.integer({ min: t0 - 400_000, max: t0 }),
          leases: fc.nat(2),
          isFixed: fc.nat(4).map((n) => n === 0),
        }),
        { selector: (r) => r.slot },
      ),
    )
    .map(([demand, orders, slotted]) => ({
      demand,
      orders,
      replicas: slotted.map(({ slot, phase, sinceMs, leases, isFixed }) =>
        replica(`${name}-${slot}`, {
          phase,
          sinceMs,
          isFixed,
          requestedAtMs: null,
          leases: phase === "ready" ? leases : 0,
        }),
      ),
    }));

const limits = fc.record({ min: fc.nat(3), extra: fc.nat(3) }).map(({ min, extra }) => ({
  minReplicas: min,
  maxReplicas: Math.max(1, min + extra),
}));
const deadlines = fc.constantFrom({}, { phaseDeadlines: { booting: 30_000, loading: 90_000 } });
const anySettings: fc.Arbitrary<ScalingSettings> = fc
  .tuple(limits, limits, deadlines)
  .map(([vision, text, phases]) => ({
    ...settings,
    vision: { ...settings.vision, ...vision, ...phases },
    text: { ...settings.text, ...text, ...phases },
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
const own = (seen: PoolObservation | undefined) => live(seen).filter((r) => r.isFixed !== true);
/** Fixed ones that go on working. */
const fixed = (seen: PoolObservation | undefined) =>
  live(seen).filter(
    (r) => r.isFixed && r.phase !== "draining" && !seen?.orders?.drain.includes(r.name),
  );

describe("decide, whatever is seen", () => {
  it("wants a number within the bounds and never takes a pool above its maximum", () => {
    fc.assert(
      fc.property(anySettings, observations, (scaling, seen) => {
        const { state, decisions } = decide(initialState, seen, referencePolicy(scaling));
        const after = carryOut(seen, decisions);
        for (const name of ["vision", "text"] as const) {
          const { minReplicas, maxReplicas } = scaling[name];
          const wanted = state.pools[name]?.wanted ?? -1;
          const extra = Math.min(seen.pools[name]?.orders?.extra ?? 0, maxReplicas);
          expect(wanted + fixed(seen.pools[name]).length).toBeGreaterThanOrEqual(minReplicas);
          expect(wanted).toBeGreaterThanOrEqual(extra);
          expect(wanted).toBeLessThanOrEqual(maxReplicas);
          const before = own(seen.pools[name]).length;
          expect(own(after.pools[name]).length).toBeLessThanOrEqual(Math.max(before, maxReplicas));
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
            if (decision.rule === "operator") continue;
            expect(target?.leases).toBe(0);
            expect(target?.isFixed).toBe(false);
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

  it("starts nothing while a pool is paused, and otherwise a name that nothing has", () => {
    fc.assert(
      fc.property(anySettings, observations, (scaling, seen) => {
        const { decisions } = decide(initialState, seen, referencePolicy(scaling));
        const starts = decisions.filter(({ action }) => action === "start");
        expect(new Set(starts.map((d) => d.replica)).size).toBe(starts.length);
        for (const { pool, replica: name } of starts) {
          expect(seen.pools[pool]?.orders?.paused).toBeNull();
          expect(live(seen.pools[pool]).map((r) => r.name)).not.toContain(name);
          expect(seen.pools[pool]?.orders?.drain).not.toContain(name);
        }
      }),
    );
  });

  it("drains exactly what operators name, at work or not", () => {
    fc.assert(
      fc.property(anySettings, observations, (scaling, seen) => {
        const { decisions } = decide(initialState, seen, referencePolicy(scaling));
        for (const [pool, before] of Object.entries(seen.pools)) {
          const named = live(before)
            .filter((r) => r.phase !== "draining" && before.orders?.drain.includes(r.name))
            .map((r) => r.name);
          const drained = decisions
            .filter((d) => d.pool === pool && d.action === "stop" && d.rule === "operator")
            .map((d) => d.replica);
          expect(drained).toEqual(named);
        }
      }),
    );
  });

  it("has as many as an operator wants, as far as there are places", () => {
    fc.assert(
      fc.property(anySettings, observations, (scaling, seen) => {
        const { decisions } = decide(initialState, seen, referencePolicy(scaling));
        const after = carryOut(seen, decisions);
        for (const name of ["vision", "text"] as const) {
          const orders = seen.pools[name]?.orders ?? noOrders;
          if (orders.paused !== null) continue;
          const before = own(seen.pools[name]).filter((r) => r.phase === "draining").length;
          const gone = decisions.filter((d) => d.pool === name && d.action === "stop").length;
          const extra = Math.min(orders.extra, scaling[name].maxReplicas - before - gone);
          const staying = own(after.pools[name]).filter((r) => r.phase !== "draining");
          expect(staying.length).toBeGreaterThanOrEqual(extra);
        }
      }),
    );
  });

  it("starts a successor before it stops what is late", () => {
    fc.assert(
      fc.property(anySettings, observations, (scaling, seen) => {
        const { decisions } = decide(initialState, seen, referencePolicy(scaling));
        for (const pool of ["vision", "text"]) {
          const ours = decisions.filter((d) => d.pool === pool);
          const late = ours.findIndex(
            (d) => d.rule === "phase-deadline" || d.rule === "startup-timeout",
          );
          const start = ours.findLastIndex((d) => d.action === "start");
          if (late >= 0 && start >= 0) expect(start).toBeLessThan(late);
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
