import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../lib/random.ts";
import { blockBootstrap, bootstrapDefaults } from "./bootstrap.ts";

const mean = (all: readonly number[]) => all.reduce((sum, one) => sum + one, 0) / all.length;
const blocks = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 30 });

describe("an interval by drawing blocks", () => {
  it("holds the estimate's range, and repeats with its seed", () => {
    fc.assert(
      fc.property(blocks, fc.integer(), (all, seed) => {
        const settings = { ...bootstrapDefaults, resamples: 60, seed };
        const { estimate, low, high } = blockBootstrap(all, mean, settings);
        expect(estimate).toBe(mean(all));
        expect(low).toBeLessThanOrEqual(high);
        expect(low).toBeGreaterThanOrEqual(Math.min(...all));
        expect(high).toBeLessThanOrEqual(Math.max(...all));
        expect(blockBootstrap(all, mean, settings)).toEqual({ estimate, low, high });
      }),
    );
  });

  it("moves and stretches with what it measures", () => {
    fc.assert(
      fc.property(
        blocks,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: -50, max: 50 }),
        (all, by, plus) => {
          const before = blockBootstrap(all, mean);
          const after = blockBootstrap(
            all.map((one) => one * by + plus),
            mean,
          );
          expect(after.low).toBeCloseTo(before.low * by + plus, 6);
          expect(after.high).toBeCloseTo(before.high * by + plus, 6);
        },
      ),
      { numRuns: 20 },
    );
  });

  it("has no width for a paired difference that is the same in every block", () => {
    const pairs = Array.from({ length: 19 }, (_, at) => ({ ours: at * at, theirs: at * at + 5 }));
    const { low, high } = blockBootstrap(pairs, (drawn) =>
      mean(drawn.map((p) => p.ours - p.theirs)),
    );
    expect([low, high]).toEqual([-5, -5]);
  });

  it("holds the true mean about as often as it says", () => {
    const random = seededRandom(7);
    const normal = () =>
      Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
    let held = 0;
    for (let round = 0; round < 300; round += 1) {
      const drawn = Array.from({ length: 19 }, normal);
      const { low, high } = blockBootstrap(drawn, mean, {
        ...bootstrapDefaults,
        resamples: 300,
        seed: round,
      });
      if (low <= 0 && 0 <= high) held += 1;
    }
    // Percentile intervals of few blocks are somewhat narrow: 92 % is what 19 normal blocks give.
    expect(held / 300).toBeGreaterThan(0.87);
    expect(held / 300).toBeLessThan(0.98);
  });

  it("draws again what has no value, and refuses no blocks", () => {
    const ratio = (drawn: readonly { of: number }[]) =>
      1 / drawn.reduce((sum, { of }) => sum + of, 0);
    const { low, high } = blockBootstrap([{ of: 0 }, { of: 1 }], ratio);
    expect([low, high]).toEqual([0.5, 1]);
    expect(() => blockBootstrap([], mean)).toThrow(RangeError);
  });
});
