import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { replicaPhases } from "../pipeline/life-cycle.ts";
import { breakdown, defaultPhaseDeadlines, lateness } from "./deadlines.ts";

const t0 = 1_000_000;
const loading = { phase: "loading", sinceMs: t0, requestedAtMs: t0, nowMs: t0 } as const;
const whole = { totalMs: 180_000, phases: {} };

describe("lateness", () => {
  it("measures the whole start from its request", () => {
    expect(lateness({ ...loading, nowMs: t0 + 180_000 }, whole)).toBeNull();
    expect(lateness({ ...loading, sinceMs: t0 + 90_000, nowMs: t0 + 181_000 }, whole)).toEqual({
      rule: "startup-timeout",
      phase: "loading",
      ageMs: 181_000,
      limitMs: 180_000,
      sentence: "still loading 181 s after its request; the limit is 180 s",
    });
    const nobodyKnows = { ...loading, requestedAtMs: null, sinceMs: t0 - 1 };
    expect(lateness({ ...nobodyKnows, nowMs: t0 + 180_000 }, whole)?.ageMs).toBe(180_001);
  });

  it("measures a phase from its beginning", () => {
    const deadlines = { totalMs: 240_000, phases: defaultPhaseDeadlines };
    const since = { ...loading, sinceMs: t0 + 30_000 };
    expect(lateness({ ...since, nowMs: t0 + 150_000 }, deadlines)).toBeNull();
    expect(lateness({ ...since, nowMs: t0 + 151_000 }, deadlines)).toMatchObject({
      rule: "phase-deadline",
      sentence: "loading for 121 s; the limit of this phase is 120 s",
    });
  });

  it("grants a phase that may last longer than the whole its time on top", () => {
    const deadlines = { totalMs: 180_000, phases: { pulling_model: 600_000 } };
    expect(lateness({ ...loading, nowMs: t0 + 780_000 }, deadlines)).toBeNull();
    expect(lateness({ ...loading, nowMs: t0 + 780_001 }, deadlines)?.limitMs).toBe(780_000);
    const pulling = { ...loading, phase: "pulling_model", sinceMs: t0 + 100_000 } as const;
    expect(lateness({ ...pulling, nowMs: t0 + 700_000 }, deadlines)).toBeNull();
    expect(lateness({ ...pulling, nowMs: t0 + 700_001 }, deadlines)?.rule).toBe("phase-deadline");
  });

  it("is over once a replica is ready", () => {
    for (const phase of replicaPhases.slice(replicaPhases.indexOf("ready"))) {
      expect(lateness({ ...loading, phase, nowMs: t0 + 9_000_000 }, whole)).toBeNull();
    }
  });

  it("leaves the total as it is with the defaults", () => {
    for (const ms of Object.values(defaultPhaseDeadlines)) expect(ms).toBeLessThanOrEqual(180_000);
    expect(Object.keys(defaultPhaseDeadlines)).toEqual(
      replicaPhases.slice(0, replicaPhases.indexOf("ready")),
    );
  });

  it("does not end by waiting longer", () => {
    const instants = fc.integer({ min: 0, max: 1_000_000 });
    fc.assert(
      fc.property(
        fc.constantFrom(...replicaPhases),
        instants,
        instants,
        instants,
        (phase, requestedAtMs, since, later) => {
          const one = { phase, requestedAtMs, sinceMs: requestedAtMs + since };
          const deadlines = { totalMs: 180_000, phases: { loading: 50_000, canary: 400_000 } };
          const nowMs = one.sinceMs + 120_000;
          if (lateness({ ...one, nowMs }, deadlines) === null) return;
          expect(lateness({ ...one, nowMs: nowMs + later }, deadlines)).not.toBeNull();
        },
      ),
    );
  });
});

describe("breakdown", () => {
  it("tells how long each phase took, up to ready", () => {
    expect(
      breakdown([
        { phase: "requested", atMs: t0 },
        { phase: "provisioning", atMs: t0 + 1_000 },
        { phase: "loading", atMs: t0 + 31_000 },
        { phase: "ready", atMs: t0 + 40_000 },
        { phase: "draining", atMs: t0 + 90_000 },
      ]),
    ).toEqual([
      { phase: "requested", ms: 1_000 },
      { phase: "provisioning", ms: 30_000 },
      { phase: "loading", ms: 9_000 },
    ]);
  });

  it("leaves out the phase that has not ended, and has no negative time", () => {
    expect(breakdown([])).toEqual([]);
    expect(breakdown([{ phase: "requested", atMs: t0 }])).toEqual([]);
    const back = [
      { phase: "requested", atMs: t0 },
      { phase: "booting", atMs: t0 - 5 },
    ] as const;
    expect(breakdown(back)).toEqual([{ phase: "requested", ms: 0 }]);
  });

  it("adds up to the whole start", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100_000), { minLength: 7, maxLength: 7 }), (lengths) => {
        let atMs = t0;
        const entered = replicaPhases.slice(0, 8).map((phase, at) => {
          atMs += at === 0 ? 0 : (lengths[at - 1] ?? 0);
          return { phase, atMs };
        });
        const sum = breakdown(entered).reduce((all, { ms }) => all + ms, 0);
        expect(sum).toBe(atMs - t0);
      }),
    );
  });
});
