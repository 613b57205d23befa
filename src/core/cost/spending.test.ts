import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { overspending, readingOf, readings, worstCase } from "./spending.ts";

const l40s = { microUsdPerHour: 1_510_000, quantumMs: 600_000 };

describe("the worst case of a rented machine", () => {
  it("is whole pieces and one more, in cents rounded up", () => {
    expect(worstCase(l40s, 60_000)).toBe(510_000);
    expect(worstCase(l40s, 600_000)).toBe(510_000);
    expect(worstCase(l40s, 600_001)).toBe(760_000);
  });

  it("counts pieces of ten minutes where the configuration says less", () => {
    expect(worstCase({ ...l40s, quantumMs: 0 }, 60_000)).toBe(worstCase(l40s, 60_000));
    expect(worstCase({ ...l40s, quantumMs: 3_600_000 }, 1)).toBe(3_020_000);
  });

  it("is never below what any reading of the bill comes to", () => {
    const life = fc.integer({ min: 0, max: 7_200_000 });
    const price = fc.integer({ min: 1, max: 20_000_000 });
    fc.assert(
      fc.property(life, price, fc.integer({ min: 0, max: 600_000 }), (ms, microUsdPerHour, q) => {
        const rental = { microUsdPerHour, quantumMs: q };
        const told = readings(rental, [{ fromMs: 0, untilMs: ms }]);
        for (const amount of Object.values(told)) {
          expect(amount).toBeLessThanOrEqual(worstCase(rental, ms));
        }
      }),
    );
  });
});

describe("a step", () => {
  it("may cost exactly what is left", () => {
    const spending = { limitMicroUsd: 1_000_000, spentMicroUsd: 490_000 };
    expect(overspending(spending, 510_000)).toBeNull();
    expect(overspending(spending, 520_000)).toBe("it may cost $0.52, and $0.51 are left of $1.00");
  });

  it("is refused with the limit when nothing was spent yet", () => {
    expect(overspending({ limitMicroUsd: 500_000, spentMicroUsd: 0 }, 510_000)).toBe(
      "it may cost $0.51, and $0.50 is the most",
    );
  });
});

describe("the reading of a bill", () => {
  const lives = [
    { fromMs: 0, untilMs: 120_000 },
    { fromMs: 1_000_000, untilMs: 1_060_000 },
  ];
  const told = readings(l40s, lives);

  it("differs for two short lives", () => {
    expect(told).toEqual({ replica: 503_333 + 1, account: 251_667, none: 75_500 });
  });

  it("is known by the amount, give or take two cents", () => {
    expect(readingOf(told, 500_000)).toBe("replica");
    expect(readingOf(told, 250_000)).toBe("account");
    expect(readingOf(told, 80_000)).toBe("none");
    expect(readingOf(told, 400_000)).toBeNull();
  });

  it("is not known where two readings come to the same", () => {
    const one = readings(l40s, lives.slice(0, 1));
    expect(one.replica).toBe(one.account);
    expect(readingOf(one, one.replica)).toBeNull();
  });
});
