import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { haveMoved, learnedWeights } from "./weights.ts";

const task = fc.record({
  pool: fc.constantFrom("vision", "text"),
  seconds: fc.double({ min: 0.001, max: 10_000, noNaN: true }),
});

describe("learnedWeights", () => {
  it("go by expected seconds: pages count where slides are read", () => {
    const weights = learnedWeights(["vision", "text", "text"], [2, 20, 0.01], 20) ?? [];
    // 40 s, 20 s and next to nothing.
    expect(weights.map(Math.round)).toEqual([65, 33, 2]);
  });

  it("are 100 in all, each to be seen, and longer tasks never weigh less", () => {
    fc.assert(
      fc.property(
        fc.array(task, { minLength: 1, maxLength: 63 }),
        fc.nat({ max: 500 }),
        (tasks, pages) => {
          const pools = tasks.map(({ pool }) => pool);
          const seconds = tasks.map((one) => one.seconds);
          const weights = learnedWeights(pools, seconds, pages) ?? [];
          expect(weights.reduce((sum, one) => sum + one, 0)).toBeCloseTo(100, 6);
          for (const [at, weight] of weights.entries()) {
            expect(weight).toBeGreaterThan(0.7);
            const shorter = weights.findIndex(
              (_, other) =>
                pools[other] === pools[at] && (seconds[other] ?? 0) < (seconds[at] ?? 0),
            );
            if (shorter >= 0) expect(weights[shorter]).toBeLessThanOrEqual(weight);
          }
        },
      ),
    );
  });

  it("are none where nothing is known, or of another pack", () => {
    expect(learnedWeights(["text"], [0], 3)).toBeNull();
    expect(learnedWeights(["text", "text"], [1], 3)).toBeNull();
  });
});

it("haveMoved from a fifth on", () => {
  expect(haveMoved([10, 1], [11.9, 1.1])).toBe(false);
  expect(haveMoved([10, 1], [12.1, 1])).toBe(true);
  expect(haveMoved([10], [10, 1])).toBe(true);
});
