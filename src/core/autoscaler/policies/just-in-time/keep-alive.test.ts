import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  breakEvenMs,
  fitJoint,
  fitKeep,
  type JointCost,
  type JointGaps,
  type JointKeep,
  rangeOf,
} from "./keep-alive.ts";

/** Prices of the request in dollars an hour; starts of 105 s and 150 s; a vision path of 60 s. */
const visionCost = (waitPrice: number) => ({
  microUsdPerMs: 0.5,
  startMs: 105_000,
  waitMicroUsd: waitPrice * 0.8 * 105_000,
});
const textCost = (waitPrice: number) => ({
  microUsdPerMs: 0.8,
  startMs: 150_000,
  waitMicroUsd: waitPrice * 0.8 * (150_000 - 60_000),
});

describe("the break-even time", () => {
  it.each([
    ["vision, waiting worth 2", visionCost(2), 441],
    ["vision, waiting worth 9", visionCost(9), 1_617],
    ["text behind warm vision, waiting worth 2", textCost(2), 330],
    ["text behind warm vision, waiting worth 9", textCost(9), 960],
  ])("of %s is start + waiting in its own time", (_, cost, seconds) => {
    expect(breakEvenMs(cost)).toBeCloseTo(seconds * 1_000, 6);
  });

  it("bounds a fit by the robustness and the least time on", () => {
    expect(rangeOf(330_000, 1 / 3, 45_000)).toEqual({ minMs: 110_000, maxMs: 990_000 });
    expect(rangeOf(90_000, 1 / 3, 45_000)).toEqual({ minMs: 45_000, maxMs: 270_000 });
    expect(rangeOf(30_000, 1, 45_000)).toEqual({ minMs: 45_000, maxMs: 45_000 });
  });
});

describe("the keep-alive of one replica", () => {
  const cost = { microUsdPerMs: 1, startMs: 100, waitMicroUsd: 200 };
  const range = { minMs: 100, maxMs: 900 };

  it("is just long enough for the gaps that pay", () => {
    // Kept 150: 150 + 9 x (150 + 300) = 4,200 for ten; kept 100, the least: 10 x (100 + 300) = 4,000.
    const gaps = [150, ...new Array<number>(9).fill(5_000)];
    expect(fitKeep(gaps, cost, range)).toBe(100);
    // With seven short ones: 7 x 150 + 3 x (150 + 300) = 2,400, against 4,000 again.
    const short = [...new Array<number>(7).fill(150), 5_000, 5_000, 5_000];
    expect(fitKeep(short, cost, range)).toBe(150);
  });

  it("is never outside the range, whatever the gaps", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(10_000), { minLength: 1, maxLength: 60 }), (gaps) => {
        const ms = fitKeep(gaps, cost, range);
        expect(ms).toBeGreaterThanOrEqual(range.minMs);
        expect(ms).toBeLessThanOrEqual(range.maxMs);
      }),
    );
  });
});

describe("the joint keep-alive", () => {
  const cost: JointCost = {
    visionMicroUsdPerMs: 0.5,
    textMicroUsdPerMs: 0.8,
    visionStartMs: 105,
    textStartMs: 150,
    textCold: 300,
    visionCold: 350,
    bothCold: 400,
  };
  const range = { vision: { minMs: 45, maxMs: 2_000 }, text: { minMs: 45, maxMs: 2_000 } };

  /** By the definition, gap by gap. */
  function meanCost(gaps: JointGaps, { visionMs: a, textMs: h }: JointKeep): number {
    let sum = 0;
    gaps.visionMs.forEach((v, i) => {
      const t = gaps.textMs[i] ?? 0;
      sum += cost.visionMicroUsdPerMs * (Math.min(v, a) + (v > a ? cost.visionStartMs : 0));
      sum += cost.textMicroUsdPerMs * (Math.min(t, h) + (t > h ? cost.textStartMs : 0));
      if (v > a && t > h) sum += cost.bothCold;
      else if (v > a) sum += cost.visionCold;
      else if (t > h) sum += cost.textCold;
    });
    return sum / gaps.visionMs.length;
  }
  const pairs = fc
    .array(fc.tuple(fc.nat(3_000), fc.nat(400)), { minLength: 1, maxLength: 50 })
    .map((all) => ({
      visionMs: all.map(([v]) => v),
      textMs: all.map(([v, less]) => Math.max(0, v - less)),
    }));

  it("has the least mean cost of all pairs of the grid, counted gap by gap", () => {
    fc.assert(
      fc.property(pairs, (gaps) => {
        const keep = fitJoint(gaps, cost, range);
        const best = meanCost(gaps, keep);
        const ends = [45, 2_000];
        const inside = (ms: number) => Math.min(2_000, Math.max(45, ms));
        // Up to twenty gaps every gap is a point of the grid.
        const few = gaps.visionMs.length <= 20;
        for (const visionMs of few ? [...ends, ...gaps.visionMs.map(inside)] : ends) {
          for (const textMs of few ? [...ends, ...gaps.textMs.map(inside)] : ends) {
            expect(best).toBeLessThanOrEqual(meanCost(gaps, { visionMs, textMs }) + 1e-6);
          }
        }
      }),
    );
  });

  it("keeps text too where vision warm and text cold would be the costly state", () => {
    const gaps = {
      visionMs: new Array<number>(12).fill(500),
      textMs: new Array<number>(12).fill(450),
    };
    const { visionMs, textMs } = fitJoint(gaps, { ...cost, textCold: 2_000 }, range);
    expect([visionMs, textMs]).toEqual([500, 450]);
  });

  it("lets text go where both are cold anyway", () => {
    const gaps = {
      visionMs: new Array<number>(12).fill(9_000),
      textMs: new Array<number>(12).fill(8_950),
    };
    expect(fitJoint(gaps, cost, range)).toEqual({ visionMs: 45, textMs: 45 });
  });
});
