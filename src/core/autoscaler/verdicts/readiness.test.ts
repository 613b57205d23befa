import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createReadinessTally, graceMs, type Readiness, readinessOf } from "./readiness.ts";

const facts = { uploadedMs: 0, textNeededMs: 200_000, textStartMs: 210_000 };

describe("one document", () => {
  it("is on time when a replica is ready at the very moment", () => {
    const ready = [{ fromMs: 200_000, toMs: 500_000 }];
    expect(readinessOf(facts, ready, null)).toMatchObject({ onTime: true, feasible: false });
    expect(readinessOf(facts, [{ fromMs: 200_001, toMs: 500_000 }], null).onTime).toBe(false);
    expect(readinessOf(facts, [{ fromMs: 0, toMs: 200_000 }], null).onTime).toBe(false);
  });

  it("is feasible when text was warm at the upload, or a start then would have been in time", () => {
    expect(readinessOf(facts, [{ fromMs: -5, toMs: 1 }], null).feasible).toBe(true);
    expect(readinessOf(facts, [], 200_000).feasible).toBe(true);
    expect(readinessOf(facts, [], 200_001).feasible).toBe(false);
  });
});

const outcomes = fc.array(
  fc.record({
    textNeededMs: fc.integer({ min: 0, max: 1_000_000 }),
    textStartMs: fc.option(fc.integer({ min: 0, max: 1_100_000 })),
    onTime: fc.boolean(),
    feasible: fc.boolean(),
  }),
  { maxLength: 200 },
);

const reportOf = (all: readonly Readiness[]) => {
  const tally = createReadinessTally();
  for (const one of all) tally.add(one);
  return tally.report();
};

describe("all together", () => {
  it("counts on time among the feasible ones, and leaves out what no start could reach", () => {
    const one = (onTime: boolean, feasible: boolean, waitMs: number | null): Readiness => ({
      textNeededMs: 100,
      textStartMs: waitMs === null ? null : 100 + waitMs,
      onTime,
      feasible,
    });
    const report = reportOf([
      one(true, true, 0),
      one(true, true, graceMs),
      one(false, true, graceMs + 1),
      one(false, false, 90_000),
      one(false, false, null),
    ]);
    expect(report).toMatchObject({
      documents: 5,
      accuracy: { hits: 2, of: 3 },
      raw: { hits: 2, of: 5 },
      withinGrace: { hits: 2, of: 5 },
      meanWaitMs: (0 + 30_000 + 30_001 + 90_000) / 4,
    });
  });

  it("says nothing about none", () => {
    expect(reportOf([])).toMatchObject({ documents: 0, meanWaitMs: null });
    expect(reportOf([]).accuracy.share).toBeNull();
  });

  it("is the same in any order, and every share lies within its interval", () => {
    fc.assert(
      fc.property(outcomes, (all) => {
        const report = reportOf(all);
        expect(reportOf(all.toReversed())).toEqual(report);
        for (const { hits, of, share, low, high } of [
          report.accuracy,
          report.raw,
          report.withinGrace,
        ]) {
          expect(hits).toBeLessThanOrEqual(of);
          expect(of).toBeLessThanOrEqual(report.documents);
          if (share === null) continue;
          expect(low - 1e-12).toBeLessThanOrEqual(share);
          expect(high + 1e-12).toBeGreaterThanOrEqual(share);
        }
        expect(report.accuracy.of).toBe(all.filter(({ feasible }) => feasible).length);
      }),
    );
  });
});
