import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ReplicaPhase } from "../../../pipeline/life-cycle.ts";
import { decide } from "../../decide.ts";
import type { Decision } from "../../decision.ts";
import type { Fact } from "../../facts.ts";
import { initialState, type ScalerState } from "../../memory.ts";
import {
  type Demand,
  type DocumentObservation,
  isLive,
  noDemand,
  type Observation,
  type PoolObservation,
  type ReplicaObservation,
} from "../../observation.ts";
import { scalingDefaults, scalingOf } from "../../settings.ts";
import type { PolicyBase } from "../base.ts";
import { referencePolicy } from "../reference.ts";
import { justInTimePolicy } from "./policy.ts";
import { type JustInTimeSettings, justInTimeDefaults } from "./settings.ts";

const scaling = scalingOf(scalingDefaults);
const t0 = 1_700_000_000_000;

const settings: fc.Arbitrary<JustInTimeSettings> = fc
  .record({
    waitPrice: fc.double({ min: 0.01, max: 30, noNaN: true }),
    goal: fc.option(fc.double({ min: 0.5, max: 1, noNaN: true })),
    microUsdPerDay: fc.option(fc.integer({ min: 100_000, max: 100_000_000 })),
    robustness: fc.double({ min: 0.05, max: 1, noNaN: true }),
    seed: fc.integer(),
  })
  .map((some) => ({ ...justInTimeDefaults, ...some }));
const bases: fc.Arbitrary<PolicyBase> = fc
  .record({ quantumMs: fc.constantFrom(0, 600_000), text: fc.nat(2_000_000) })
  .map(({ quantumMs, text }) => ({
    scaling,
    topology: "split",
    microUsdPerHour: { vision: 500_000, text },
    quantumMs,
  }));
const kinds = fc.record({ base: bases, some: settings });
const policyOf = ({ base, some }: { base: PolicyBase; some: JustInTimeSettings }) =>
  justInTimePolicy(base, some);

const replicasOf = (pool: string, slots: number): fc.Arbitrary<readonly ReplicaObservation[]> =>
  fc
    .uniqueArray(
      fc.record({
        slot: fc.integer({ min: 1, max: slots }),
        phase: fc.constantFrom<ReplicaPhase>(
          "requested",
          "loading",
          "ready",
          "ready",
          "draining",
          "failed",
        ),
        ageMs: fc.nat(300_000),
        leases: fc.nat(2),
      }),
      { selector: ({ slot }) => slot, maxLength: 3 },
    )
    .map((all) =>
      all.map(({ slot, phase, ageMs, leases }) => ({
        name: `${pool}-${slot}`,
        phase,
        sinceMs: t0 - ageMs,
        requestedAtMs: t0 - ageMs,
        leases: phase === "ready" ? leases : 0,
        idleSinceMs: null,
      })),
    );

const documents: fc.Arbitrary<readonly DocumentObservation[]> = fc
  .array(
    fc.record({
      uploadedAtMs: fc.integer({ min: t0 - 400_000, max: t0 }),
      slides: fc.option(fc.integer({ min: 1, max: 100 }), { freq: 8 }),
      visual: fc.constantFrom("waiting" as const, "running" as const, "done" as const),
      share: fc.double({ min: 0, max: 0.99, noNaN: true }),
      secondsPerSlide: fc.double({ min: 0.5, max: 30, noNaN: true }),
      textTasksLeft: fc.nat(4),
    }),
    { maxLength: 8 },
  )
  .map((all) =>
    all.map(({ share, secondsPerSlide, visual, slides, ...rest }, i) => {
      const slidesDone = visual === "waiting" ? 0 : Math.floor(share * (slides ?? 16));
      return {
        ...rest,
        pipeline: `p${i}`,
        slides,
        visual,
        slidesDone,
        slideSinceMs: visual === "running" ? t0 - 1_000 : null,
        sumLnSeconds: slidesDone * Math.log(secondsPerSlide),
      };
    }),
  );

const demandOf = (ready: number, leased: number, blocked: number): Demand => ({
  ...noDemand,
  ready,
  leased,
  blocked,
  pipelines: ready + leased + blocked,
  oldestReadyMs: ready > 0 ? t0 - 5_000 : null,
});
const counts = fc.tuple(fc.nat(9), fc.nat(4));

const facts: fc.Arbitrary<readonly Fact[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant("uploaded" as const),
      atMs: fc.constant(t0),
      pipeline: fc.constantFrom("p0", "p1", "p2"),
      slides: fc.constant(9),
    }),
    fc.record({
      kind: fc.constant("slide-done" as const),
      atMs: fc.constant(t0),
      pipeline: fc.constantFrom("p0", "p1", "p2"),
      tookMs: fc.nat(20_000),
    }),
    fc.record({
      kind: fc.constant("text-needed" as const),
      atMs: fc.constant(t0),
      pipeline: fc.constantFrom("p0", "p1", "p2"),
    }),
    fc.record({
      kind: fc.constant("start-ended" as const),
      atMs: fc.constant(t0),
      pool: fc.constantFrom("vision", "text"),
      replica: fc.constant("text-1"),
      how: fc.constantFrom("ready" as const, "failed" as const, "stopped" as const),
      tookMs: fc.nat(400_000),
      offMs: fc.option(fc.nat(4_000_000)),
    }),
  ),
  { maxLength: 6 },
);

/** Anything that may be seen, at a time of its own. */
const observations: fc.Arbitrary<Observation> = fc
  .record({
    afterMs: fc.nat(4_000_000),
    vision: replicasOf("vision", 2),
    text: replicasOf("text", 3),
    visionCounts: fc.oneof(fc.constant([0, 0] as const), counts),
    textCounts: fc.oneof(fc.constant([0, 0] as const), counts),
    documents,
    facts,
    ends: fc.option(fc.integer({ min: t0 - 10_000, max: t0 + 200_000 })),
  })
  .map(({ afterMs, documents: docs, facts: told, ends, ...seen }) => {
    const moved = (replicas: readonly ReplicaObservation[]) =>
      replicas.map((replica) => ({
        ...replica,
        sinceMs: replica.sinceMs + afterMs,
        requestedAtMs: (replica.requestedAtMs ?? 0) + afterMs,
      }));
    const up = docs.filter((doc) => doc.visual !== "done" && doc.textTasksLeft > 0);
    const text = demandOf(seen.textCounts[0], seen.textCounts[1], 4 * up.length);
    const waits = docs.filter((doc) => doc.visual === "waiting").length;
    const runs = docs.filter((doc) => doc.visual === "running").length;
    const vision = demandOf(seen.visionCounts[0] + waits, seen.visionCounts[1] + runs, 0);
    return {
      nowMs: t0 + afterMs,
      documents: docs.map((doc) => ({
        ...doc,
        uploadedAtMs: doc.uploadedAtMs + afterMs,
        slideSinceMs: doc.slideSinceMs === null ? null : doc.slideSinceMs + afterMs,
      })),
      facts: told.map((fact) => ({ ...fact, atMs: fact.atMs + afterMs })),
      pools: {
        vision: {
          replicas: moved(seen.vision),
          demand: vision,
        },
        text: {
          replicas: moved(seen.text),
          demand: {
            ...text,
            upstream: up.map((doc) => ({
              pipeline: doc.pipeline,
              fraction: doc.slides === null ? 0 : doc.slidesDone / doc.slides,
              expectedEndMs: ends === null || doc.visual === "waiting" ? null : ends + afterMs,
            })),
          },
        },
      },
    };
  });
const walks = fc
  .array(observations, { minLength: 1, maxLength: 12 })
  .map((walk) => walk.toSorted((a, b) => a.nowMs - b.nowMs));

const own = (pool: PoolObservation | undefined) => (pool?.replicas ?? []).filter(isLive);
const starts = (decisions: readonly Decision[], pool: string) =>
  decisions.filter((decision) => decision.pool === pool && decision.action === "start");

describe("just-in-time, whatever is seen", () => {
  it("keeps the bounds and stops nothing that works", () => {
    fc.assert(
      fc.property(kinds, walks, (kind, walk) => {
        const policy = policyOf(kind);
        let state = initialState;
        for (const seen of walk) {
          const decided = decide(state, seen, policy);
          state = decided.state;
          for (const pool of ["vision", "text"] as const) {
            const before = own(seen.pools[pool]).length;
            const most = scaling[pool].maxReplicas;
            expect(before + starts(decided.decisions, pool).length).toBeLessThanOrEqual(
              Math.max(before, most),
            );
          }
          for (const { action, pool, replica } of decided.decisions) {
            if (action !== "stop") continue;
            const target = seen.pools[pool]?.replicas.find(({ name }) => name === replica);
            expect(target?.leases).toBe(0);
          }
        }
      }),
    );
  });

  it("has a first replica no later than the reference would", () => {
    const reference = referencePolicy(scaling);
    fc.assert(
      fc.property(kinds, walks, (kind, walk) => {
        const policy = policyOf(kind);
        let state = initialState;
        for (const seen of walk) {
          // The same memory of commands and failures, so that only the policies differ.
          const theirs = decide({ pools: state.pools }, seen, reference);
          const ours = decide(state, seen, policy);
          for (const pool of ["vision", "text"]) {
            const isOn = (ours.state.pools[pool]?.wanted ?? 0) > 0;
            const running = own(seen.pools[pool]).filter(({ phase }) => phase !== "draining");
            const isComing = state.pools[pool]?.commands.some(({ action }) => action === "start");
            if (
              running.length === 0 &&
              isComing !== true &&
              (theirs.state.pools[pool]?.wanted ?? 0) > 0
            ) {
              expect(isOn).toBe(true);
              expect(starts(ours.decisions, pool).length > 0).toBe(
                starts(theirs.decisions, pool).length > 0,
              );
            }
          }
          state = ours.state;
        }
      }),
    );
  });

  it("decides the same after its state went through JSON, anywhere on the way", () => {
    fc.assert(
      fc.property(kinds, walks, fc.nat(12), (kind, walk, at) => {
        const policy = policyOf(kind);
        let whole: ScalerState = initialState;
        let stored: ScalerState = initialState;
        walk.forEach((seen, i) => {
          if (i === at % walk.length) stored = JSON.parse(JSON.stringify(stored)) as ScalerState;
          const one = decide(whole, seen, policy);
          const other = decide(stored, seen, policy);
          expect(other).toEqual(one);
          whole = one.state;
          stored = other.state;
        });
        expect(JSON.parse(JSON.stringify(whole))).toEqual(whole);
      }),
    );
  });

  it("learns nothing from being asked again, and decides nothing new", () => {
    fc.assert(
      fc.property(kinds, walks, (kind, walk) => {
        const policy = policyOf(kind);
        let state = initialState;
        for (const seen of walk) {
          const first = decide(state, seen, policy);
          const again = decide(first.state, { ...seen, facts: [] }, policy);
          expect(again.state.policy).toEqual(first.state.policy);
          // After failures a pool may not be given what it wants: what was weighed did not come.
          const isFree = Object.values(first.state.pools).every(({ failures }) => failures === 0);
          if (isFree) expect(again.decisions).toEqual([]);
          state = first.state;
        }
      }),
    );
  });

  it("starts at most its bound an hour without ready work", () => {
    fc.assert(
      fc.property(kinds, fc.array(documents, { minLength: 1, maxLength: 90 }), (kind, walk) => {
        const policy = policyOf(kind);
        let state = initialState;
        const early: number[] = [];
        walk.forEach((docs, i) => {
          const nowMs = t0 + i * 40_000;
          const up = docs.map((doc) => ({
            ...doc,
            visual: "waiting" as const,
            slidesDone: 0,
            textTasksLeft: 4,
          }));
          const decided = decide(
            state,
            {
              nowMs,
              documents: up,
              pools: {
                vision: { replicas: [], demand: demandOf(2 * up.length, 0, 0) },
                text: { replicas: [], demand: demandOf(0, 0, 4 * up.length) },
              },
            },
            policy,
          );
          state = decided.state;
          if (starts(decided.decisions, "text").length > 0) early.push(nowMs);
        });
        for (const atMs of early) {
          const within = early.filter((other) => other > atMs - 3_600_000 && other <= atMs);
          expect(within.length).toBeLessThanOrEqual(justInTimeDefaults.speculativeStartsPerHour);
        }
      }),
      { numRuns: 40 },
    );
  });
});
