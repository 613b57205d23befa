import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { beyond, normalAt, normalCdf, normalQuantile, normalUpper } from "./normal.ts";

const relative = (value: number, wanted: number): number => Math.abs(value / wanted - 1);

describe("the normal distribution", () => {
  it("has the published values", () => {
    const values: [number, number][] = [
      [0, 0.5],
      [1, 0.8413447460685429],
      [1.96, 0.9750021048517795],
      [-3, 0.0013498980316300946],
      [2.5, 0.9937903346742238],
      [2.6, 0.9953388119762813],
    ];
    for (const [x, wanted] of values) expect(relative(normalCdf(x), wanted)).toBeLessThan(1e-13);
    expect(relative(normalUpper(10), 7.619853024160527e-24)).toBeLessThan(1e-12);
    expect(relative(normalUpper(5), 2.866515718791939e-7)).toBeLessThan(1e-12);
    expect([normalUpper(Number.NEGATIVE_INFINITY), normalUpper(Number.POSITIVE_INFINITY)]).toEqual([
      1, 0,
    ]);
  });

  it("has the published quantiles", () => {
    expect(relative(normalQuantile(0.975), 1.959963984540054)).toBeLessThan(1e-14);
    expect(relative(normalQuantile(0.6), 0.2533471031357997)).toBeLessThan(1e-14);
    expect(relative(normalQuantile(1e-10), -6.361340902404056)).toBeLessThan(1e-14);
    expect(relative(normalQuantile(1e-20), -9.262340089798409)).toBeLessThan(1e-14);
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([
      Number.NEGATIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ]);
  });

  it("gives back the number whose probability was taken, in the body and in the tail", () => {
    fc.assert(
      fc.property(fc.double({ min: -30, max: 4, noNaN: true }), (x) => {
        expect(normalQuantile(normalCdf(x))).toBeCloseTo(x, 9);
        expect(-normalQuantile(normalUpper(-x))).toBeCloseTo(-x, 9);
      }),
    );
  });

  it("is never below where it is cut off, and spreads beyond it as it should", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -40, max: 60, noNaN: true }),
        fc.double({ min: 1e-9, max: 1, noNaN: true }),
        (from, share) => {
          const upper = normalUpper(from);
          const x = beyond(from, upper, share);
          expect(x).toBeGreaterThanOrEqual(from);
          if (from < 25) expect(relative(normalUpper(x), share * upper)).toBeLessThan(0.002);
        },
      ),
    );
  });

  it("does not break where the far tail takes over", () => {
    for (const share of [0.001, 0.1, 0.5, 0.9]) {
      const near = beyond(30, normalUpper(30), share) - 30;
      const far = beyond(30.0001, normalUpper(30.0001), share) - 30.0001;
      expect(relative(far, near)).toBeLessThan(0.01);
    }
  });

  it("comes from a table with mean 0 and variance 1, close to the exact quantiles", () => {
    const count = 100_000;
    let sum = 0;
    let squares = 0;
    let worst = 0;
    for (let i = 0; i < count; i += 1) {
      const share = (i + 0.5) / count;
      const value = normalAt(share);
      sum += value;
      squares += value * value;
      if (share > 0.01 && share < 0.99) {
        worst = Math.max(worst, Math.abs(value - normalQuantile(share)));
      }
    }
    expect(sum / count).toBeCloseTo(0, 3);
    expect(squares / count).toBeCloseTo(1, 3);
    expect(worst).toBeLessThan(0.01);
  });
});
