import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Lasting, productLimit } from "./product-limit.ts";

/** Kaplan and Meier's product, term by term: the share that lasts longer than `at`. */
function survival(observations: readonly Lasting[], at: number): number {
  const ends = [...new Set(observations.filter((o) => !o.censored).map((o) => o.at))];
  return ends
    .filter((end) => end <= at)
    .reduce((product, end) => {
      const atRisk = observations.filter((o) => o.at >= end).reduce((sum, o) => sum + o.weight, 0);
      const ended = observations
        .filter((o) => o.at === end && !o.censored)
        .reduce((sum, o) => sum + o.weight, 0);
      return product * (1 - ended / atRisk);
    }, 1);
}

const observation = fc.record({
  at: fc.integer({ min: 1, max: 12 }),
  weight: fc.constantFrom(0.25, 0.5, 1, 2),
  censored: fc.boolean(),
});
const observations = fc.array(observation, { minLength: 1, maxLength: 20 });

const massAbove = (mass: readonly { at: number; mass: number }[], at: number): number =>
  mass.filter((point) => point.at > at).reduce((sum, point) => sum + point.mass, 0);

describe("the product-limit estimate", () => {
  it("is Kaplan and Meier's, up to the last observation", () => {
    fc.assert(
      fc.property(observations, (all) => {
        const last = Math.max(...all.map((one) => one.at));
        const mass = productLimit(all);
        for (let at = 0; at < last; at += 1) {
          expect(massAbove(mass, at)).toBeCloseTo(survival(all, at), 9);
        }
        expect(massAbove(mass, last)).toBe(0);
      }),
    );
  });

  it("loses no mass", () => {
    fc.assert(
      fc.property(observations, (all) => {
        expect(productLimit(all).reduce((sum, { mass }) => sum + mass, 0)).toBeCloseTo(1, 9);
      }),
    );
  });

  it("counts a weight of two like two observations", () => {
    fc.assert(
      fc.property(observations, (all) => {
        const twice = all.flatMap((one) => [
          { ...one, weight: one.weight / 2 },
          { ...one, weight: one.weight / 2 },
        ]);
        for (let at = 0; at <= 12; at += 1) {
          expect(massAbove(productLimit(twice), at)).toBeCloseTo(
            massAbove(productLimit(all), at),
            9,
          );
        }
      }),
    );
  });

  it("gives the mass of what is censored to what lasted longer", () => {
    const mass = productLimit([
      { at: 10, weight: 1, censored: false },
      { at: 20, weight: 1, censored: true },
      { at: 30, weight: 1, censored: false },
    ]);
    expect(mass.map(({ at }) => at)).toEqual([10, 30]);
    expect(mass[0]?.mass).toBeCloseTo(1 / 3);
    expect(mass[1]?.mass).toBeCloseTo(2 / 3);
  });

  it("is empty for nothing", () => {
    expect(productLimit([])).toEqual([]);
  });
});
