import fc from "fast-check";
import { expect, it } from "vitest";
import { seededRandom } from "../../lib/random.ts";
import { quantileOf } from "./quantile.ts";

it("gives ranks by the formula", () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
  // 50 - 9.8 and 50 + 9.8 + 1.
  expect(quantileOf(hundred, 0.5)).toEqual({ value: 50, low: 40, high: 61, n: 100 });
});

it("has no interval for few values, and nothing for none", () => {
  expect(quantileOf([], 0.5)).toBeNull();
  expect(quantileOf([7, 3], 0.5)).toEqual({ value: 3, low: null, high: null, n: 2 });
});

it("holds its value between its ends", () => {
  const values = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 });
  fc.assert(
    fc.property(values, fc.constantFrom(0.5, 0.9, 0.95), (list, q) => {
      const told = quantileOf(list, q);
      expect(told?.low ?? 0).toBeLessThanOrEqual(told?.value ?? -1);
      expect(told?.high ?? 1e6).toBeGreaterThanOrEqual(told?.value ?? 1e7);
    }),
  );
});

it("holds the true median in about 95 of 100 samples", () => {
  const random = seededRandom(5);
  let held = 0;
  for (let round = 0; round < 1000; round += 1) {
    const told = quantileOf(
      Array.from({ length: 60 }, () => random.next()),
      0.5,
    );
    if ((told?.low ?? 1) <= 0.5 && 0.5 <= (told?.high ?? 0)) held += 1;
  }
  expect(held).toBeGreaterThan(930);
});
