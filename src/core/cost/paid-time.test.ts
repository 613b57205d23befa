import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { charge } from "./charge.ts";
import { chargeOfRun, isPaidIn, paidTime, type RunTimes } from "./paid-time.ts";

const at = fc.integer({ min: 0, max: 10_000_000 });
const maybe = fc.option(at);
const anyTimes: fc.Arbitrary<RunTimes> = fc.record({
  ...{ requestedMs: at, billedFromMs: maybe, containerMs: maybe },
  ...{ billedUntilMs: maybe, endedMs: maybe },
});
const nobody: RunTimes = {
  ...{ requestedMs: 100, billedFromMs: null, containerMs: null },
  ...{ billedUntilMs: null, endedMs: null },
};

describe("the time a run is paid for", () => {
  it("is what its provider showed, else since its container came", () => {
    const both = { ...nobody, billedFromMs: 130, containerMs: 150 };
    expect(paidTime(both, 500)).toEqual({ fromMs: 130, untilMs: 500, basis: "billed" });
    const come = { ...nobody, containerMs: 150, endedMs: 300 };
    expect(paidTime(come, 500)).toEqual({ fromMs: 150, untilMs: 300, basis: "estimated" });
  });

  it("is none while nobody has seen a machine, and its time counts since it was asked for", () => {
    expect(paidTime(nobody, 500)).toEqual({ fromMs: 100, untilMs: 500, basis: "unpaid" });
  });

  it("never ends before it begins", () => {
    fc.assert(
      fc.property(anyTimes, at, (times, nowMs) => {
        const { fromMs, untilMs } = paidTime(times, nowMs);
        expect(untilMs).toBeGreaterThanOrEqual(fromMs);
      }),
    );
  });

  it("is charged at the price of the run, and what is unpaid at none", () => {
    const price = { microUsdPerHour: 3_600_000, quantumMs: 60_000 };
    fc.assert(
      fc.property(anyTimes, at, (times, nowMs) => {
        const paid = { ...paidTime(times, nowMs), ...price };
        const whole = charge(paid);
        const expected =
          paid.basis === "unpaid"
            ? { ...whole, microUsd: 0, roundingMs: 0, paidMs: whole.runningMs }
            : whole;
        expect(chargeOfRun(paid)).toEqual(expected);
      }),
    );
  });

  it("reaches into the day after its end with what is rounded up, and no further", () => {
    const run = { fromMs: 0, untilMs: 61_000, microUsdPerHour: 1, quantumMs: 60_000 };
    const billed = { ...run, basis: "billed" } as const;
    expect([61_000, 119_999, 120_000].map((at) => isPaidIn(billed, at, at + 1))).toEqual([
      ...[true, true, false],
    ]);
    expect(isPaidIn({ ...billed, microUsdPerHour: null }, 61_000, 70_000)).toBe(false);
    expect(isPaidIn(billed, -10, 0)).toBe(false);
    // One without length lies where it began.
    expect(isPaidIn({ ...billed, untilMs: 0 }, 0, 10)).toBe(true);
  });
});
