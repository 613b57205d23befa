import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultPhaseDeadlines } from "../fleet/deadlines.ts";
import { decide } from "./decide.ts";
import { initialState } from "./memory.ts";
import { type Demand, isNeeded, noDemand, type ReplicaObservation } from "./observation.ts";
import { referencePolicy } from "./policies/reference.ts";
import { scalingDefaults, scalingOf } from "./settings.ts";
import { sharedDemand, sharedScaling } from "./topology.ts";

const settings = scalingOf(scalingDefaults);
const policy = referencePolicy(settings, "shared");
const t0 = 1_000_000;
const at = (nowMs: number, demand: Partial<Demand>, ...replicas: ReplicaObservation[]) => ({
  nowMs,
  pools: { shared: { replicas, demand: { ...noDemand, ...demand } } },
});

describe("the shared pool", () => {
  it("keeps what the more demanding pool keeps, and starts at upload", () => {
    expect(sharedScaling(settings)).toEqual({
      minReplicas: 0,
      maxReplicas: 3,
      startAtFraction: 0,
      scaleUpDelayMs: 0,
      preWarmDelayMs: null,
      scaleDownDelayMs: 600_000,
      startupTimeoutMs: 240_000,
      slots: 3,
    });
  });

  it("gives each phase the longer deadline, and none where one pool has none", () => {
    const vision = { ...settings.vision, phaseDeadlines: defaultPhaseDeadlines };
    const text = { ...settings.text, phaseDeadlines: { loading: 200_000, canary: 5_000 } };
    expect(sharedScaling({ ...settings, vision, text }).phaseDeadlines).toEqual({
      loading: 200_000,
      canary: 60_000,
    });
    expect(sharedScaling({ ...settings, vision })).not.toHaveProperty("phaseDeadlines");
  });

  it("is the only pool, starts at upload and stops after the longer delay", () => {
    expect(Object.keys(policy.pools)).toEqual(["shared"]);
    expect(Object.keys(referencePolicy(settings).pools)).toEqual(["vision", "text"]);
    const waiting = { ready: 2, blocked: 4, pipelines: 1, oldestReadyMs: t0 };
    const first = decide(initialState, at(t0, waiting), policy);
    expect(first.decisions.map((d) => d.sentence)).toEqual([
      "shared-1 started: 1 document waits and no shared container runs",
    ]);
    const up: ReplicaObservation = {
      name: "shared-1",
      phase: "ready",
      sinceMs: t0,
      requestedAtMs: t0,
      leases: 0,
      idleSinceMs: null,
    };
    const text = decide(first.state, at(t0 + 400_000, { blocked: 1, pipelines: 1 }, up), policy);
    const idle = decide(text.state, at(t0 + 500_000, {}, up), policy);
    const almost = decide(idle.state, at(t0 + 1_099_999, {}, up), policy);
    expect(almost.decisions).toEqual([]);
    const due = decide(almost.state, at(t0 + 1_100_000, {}, up), policy);
    expect(due.decisions.map((d) => d.rule)).toEqual(["idle"]);
  });
});

describe("sharedDemand", () => {
  const demands: fc.Arbitrary<Demand> = fc.record({
    ready: fc.nat(9),
    leased: fc.nat(3),
    delayed: fc.nat(3),
    blocked: fc.nat(3),
    pipelines: fc.nat(5),
    oldestReadyMs: fc.option(fc.nat(t0)),
    upstream: fc.constant([{ pipeline: "p", fraction: 0.9, expectedEndMs: null }]),
  });

  it("adds tasks up, and counts no document twice", () => {
    const vision = { ...noDemand, ready: 1, leased: 1, pipelines: 2, oldestReadyMs: 7 };
    const text = { ...noDemand, ready: 2, delayed: 1, blocked: 4, pipelines: 1, oldestReadyMs: 5 };
    expect(sharedDemand(vision, text)).toEqual({
      ready: 3,
      leased: 1,
      delayed: 1,
      blocked: 4,
      pipelines: 2,
      oldestReadyMs: 5,
      upstream: [],
    });
  });

  it("is needed when either is, does not tell the two apart, and waits for nobody", () => {
    fc.assert(
      fc.property(demands, demands, (vision, text) => {
        const shared = sharedDemand(vision, text);
        expect(isNeeded(shared)).toBe(isNeeded(vision) || isNeeded(text));
        expect(sharedDemand(text, vision)).toEqual(shared);
        expect(shared.upstream).toEqual([]);
        const alone = sharedDemand(vision, noDemand);
        expect(alone).toEqual({ ...vision, upstream: [] });
      }),
    );
  });
});
