import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { charge } from "./charge.ts";
import { chargeOfRun, paidTime, type RunTimes } from "./paid-time.ts";

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
});
