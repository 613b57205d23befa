import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quantileOf, quantileOfSorted, shareBelow, summarise } from "./summary.ts";

const draws = fc
  .array(fc.double({ min: 0, max: 1000, noNaN: true }), { minLength: 1, maxLength: 64 })
  .map((values) => Float64Array.from(values));

describe("a summary of draws", () => {
  it("has their quantiles where it has knots, to the millisecond", () => {
    fc.assert(
      fc.property(draws, (values) => {
        const summary = summarise(values);
        for (const share of [0, 0.1, 0.5, 0.9, 1]) {
          expect(quantileOf(summary, share)).toBeCloseTo(quantileOfSorted(values, share), 2);
        }
      }),
    );
  });

  it("is plain: eleven numbers", () => {
    expect(summarise(Float64Array.from({ length: 101 }, (_, i) => 100 - i))).toEqual([
      0, 5, 10, 20, 35, 50, 65, 80, 90, 95, 100,
    ]);
  });

  it("says of its own quantiles which share they are", () => {
    const summary = [0, 5, 10, 20, 35, 50, 65, 80, 90, 95, 100];
    fc.assert(
      fc.property(fc.double({ min: 0, max: 4, noNaN: true }), (share) => {
        expect(shareBelow(summary, quantileOf(summary, share))).toBeCloseTo(share, 9);
      }),
    );
  });

  it("goes on beyond the draws as from their middle to their end, within bounds", () => {
    const summary = [20, 22, 24, 28, 34, 40, 50, 60, 70, 80, 100];
    expect(quantileOf(summary, 1.5)).toBe(160);
    expect(quantileOf(summary, -0.25)).toBe(10);
    expect(quantileOf(summary, -1)).toBe(0);
    expect(shareBelow(summary, 160)).toBe(1.5);
    expect(shareBelow(summary, 10)).toBe(-0.25);
    expect(shareBelow(summary, Number.POSITIVE_INFINITY)).toBe(4);
    expect(shareBelow(summary, 100)).toBe(1);
    expect(quantileOfSorted(Float64Array.from([20, 40, 100]), 1.5)).toBe(160);
    expect(quantileOfSorted(Float64Array.from([20, 40, 100]), -0.25)).toBe(10);
  });

  it("has no scale to go on by where all draws are alike", () => {
    const summary = summarise(Float64Array.from([7, 7, 7]));
    expect([6.9, 7, 8].map((value) => shareBelow(summary, value))).toEqual([0, 1, 1]);
    expect([-1, 2].map((share) => quantileOf(summary, share))).toEqual([7, 7]);
  });
});
