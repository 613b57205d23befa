import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addTo, emptySketch, mergeInto, quantile, relativeError } from "./sketch.ts";

const values = fc.array(fc.integer({ min: 1, max: 2_000_000_000 }), {
  minLength: 1,
  maxLength: 80,
});
const share = fc.double({ min: 0, max: 1, noNaN: true });

function sketchOf(all: readonly number[]) {
  const sketch = emptySketch();
  for (const value of all) addTo(sketch, value);
  return sketch;
}

describe("a sketch", () => {
  it("tells every quantile within its stated error", () => {
    fc.assert(
      fc.property(values, share, (all, q) => {
        const rank = Math.max(1, Math.ceil(q * all.length));
        const exact = all.toSorted((a, b) => a - b)[rank - 1] ?? 0;
        const told = quantile(sketchOf(all), q) ?? 0;
        expect(Math.abs(told - exact)).toBeLessThanOrEqual(exact * relativeError * (1 + 1e-9));
      }),
    );
  });

  it("gives the same when parts are merged as when all is added to one", () => {
    fc.assert(
      fc.property(values, values, (left, right) => {
        const sum = sketchOf(left);
        mergeInto(sum, sketchOf(right));
        expect(sum).toEqual(sketchOf([...left, ...right]));
      }),
    );
  });

  it("takes 0 for the least, knows nothing of nothing, and refuses what is no length", () => {
    expect(quantile(sketchOf([0, 0]), 0.5)).toBe(1);
    expect(quantile(emptySketch(), 0.5)).toBeNull();
    expect(() => addTo(emptySketch(), -1)).toThrow(RangeError);
    expect(() => addTo(emptySketch(), Number.NaN)).toThrow(RangeError);
  });
});
