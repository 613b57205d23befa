import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { wilson } from "./wilson.ts";

describe("wilson", () => {
  it("gives the interval of the textbook", () => {
    // Newcombe, Statistics in Medicine 17 (1998), table I: 81 of 263.
    const { low, high } = wilson(81, 263);
    expect(low).toBeCloseTo(0.2553, 4);
    expect(high).toBeCloseTo(0.3662, 4);
    expect(wilson(0, 20)).toMatchObject({ low: 0 });
    expect(wilson(0, 20).high).toBeCloseTo(0.1611, 4);
  });

  it("says nothing of none", () => {
    expect(wilson(0, 0)).toEqual({ hits: 0, of: 0, share: null, low: 0, high: 1 });
  });

  it("holds the share, within 0 and 1, and shrinks with more of the same", () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.nat(10_000), (hits, misses) => {
        fc.pre(hits + misses > 0);
        const { share, low, high } = wilson(hits, hits + misses);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual((share ?? 0) + 1e-12);
        expect(high).toBeGreaterThanOrEqual((share ?? 0) - 1e-12);
        const more = wilson(4 * hits, 4 * (hits + misses));
        expect(more.high - more.low).toBeLessThan(high - low);
      }),
    );
  });
});
