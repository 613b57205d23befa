import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { projectionDaysMin, projectMonth } from "./projection.ts";

const money = fc.integer({ min: 0, max: 2_000_000_000 });
const days = fc.array(money, { minLength: projectionDaysMin, maxLength: 40 });
const left = fc.double({ min: 0, max: 31, noNaN: true });

describe("the projection of a month", () => {
  it("is what is spent and the mean of the days before for each day left", () => {
    const even = Array.from({ length: 10 }, () => 1_000_000);
    expect(projectMonth(5_000_000, even, 3)).toEqual({
      ...{ lowMicroUsd: 8_000_000, midMicroUsd: 8_000_000, highMicroUsd: 8_000_000 },
      n: 10,
    });
  });

  it("says nothing of few days, and counts the newest 28", () => {
    expect(projectMonth(1, [1, 2, 3, 4, 5, 6], 10)).toBeNull();
    const late = [
      ...Array.from({ length: 12 }, () => 9_000_000),
      ...Array.from({ length: 28 }, () => 0),
    ];
    expect(projectMonth(7, late, 10)).toMatchObject({ midMicroUsd: 7, n: 28 });
  });

  it("has the width of the formula", () => {
    const uneven = [0, 2, 0, 2, 0, 2, 0, 2].map((one) => one * 1_000_000);
    const told = projectMonth(50_000_000, uneven, 4);
    // Variance 8/7, sum of 4 by 8 known: 4 + 16/8 = 6.
    const half = 1.2815515655446004 * Math.sqrt((8 / 7) * 6) * 1_000_000;
    expect(told?.lowMicroUsd).toBe(Math.round(54_000_000 - half));
    expect(told?.highMicroUsd).toBe(Math.round(54_000_000 + half));
  });

  it("is never below what is spent, and its ends are in order", () => {
    fc.assert(
      fc.property(money, days, left, (spent, daily, daysLeft) => {
        const told = projectMonth(spent, daily, daysLeft);
        expect(told?.lowMicroUsd).toBeGreaterThanOrEqual(spent);
        expect(told?.midMicroUsd).toBeGreaterThanOrEqual(told?.lowMicroUsd ?? Infinity);
        expect(told?.highMicroUsd).toBeGreaterThanOrEqual(told?.midMicroUsd ?? Infinity);
      }),
    );
  });

  it("never falls when more was spent, more days are left, or a day before was dearer", () => {
    fc.assert(
      fc.property(
        money,
        days,
        left,
        money,
        left,
        fc.nat(),
        (spent, daily, daysLeft, more, rest, at) => {
          const told = projectMonth(spent, daily, daysLeft)?.midMicroUsd ?? 0;
          const of = (...given: Parameters<typeof projectMonth>) =>
            projectMonth(...given)?.midMicroUsd;
          expect(of(spent + more, daily, daysLeft)).toBeGreaterThanOrEqual(told);
          expect(of(spent, daily, daysLeft + rest)).toBeGreaterThanOrEqual(told);
          const dearer = daily.map((one, index) =>
            index === at % daily.length ? one + more : one,
          );
          expect(of(spent, dearer, daysLeft)).toBeGreaterThanOrEqual(told);
        },
      ),
    );
  });
});
