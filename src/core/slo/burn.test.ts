import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorBudget } from "./burn.ts";

const hour = 3_600_000;
const windowMs = 28 * 24 * hour;
const at = { target: 0.9, nowMs: windowMs, windowMs };
const events = (good: number, bad: number, atMs: number) => [
  ...Array.from({ length: good }, () => ({ atMs, isGood: true })),
  ...Array.from({ length: bad }, () => ({ atMs, isGood: false })),
];
const anyEvents = fc.array(
  fc.record({ atMs: fc.integer({ min: -hour, max: windowMs + hour }), isGood: fc.boolean() }),
  { maxLength: 60 },
);

describe("an error budget", () => {
  it("is used up by as many bad cases as its target allows", () => {
    const half = errorBudget(events(95, 5, hour), at);
    expect(half).toMatchObject({ n: 100, good: 95, share: 0.95 });
    expect(half.left).toBeCloseTo(0.5);
    expect(errorBudget(events(90, 10, hour), at).left).toBeCloseTo(0);
    expect(errorBudget(events(80, 20, hour), at).left).toBeCloseTo(-1);
  });

  it("burns by what lies in the last hour and the last six", () => {
    const old = events(70, 0, hour);
    const recent = events(15, 5, windowMs - 2 * hour);
    const told = errorBudget([...old, ...recent, ...events(10, 0, windowMs - hour / 2)], at);
    expect(told.burn1h).toEqual({ good: 10, n: 10, rate: 0 });
    expect(told.burn6h.rate).toBeCloseTo(5 / 30 / 0.1);
    expect(told.goneInMs).toBeCloseTo((told.left * windowMs) / (5 / 3));
  });

  it("is unchanged without a case, and then nothing burns", () => {
    expect(errorBudget([], at)).toEqual({
      ...{ good: 0, n: 0, share: null, left: 1, goneInMs: null },
      burn1h: { good: 0, n: 0, rate: null },
      burn6h: { good: 0, n: 0, rate: null },
    });
  });

  it("never grows by a bad case and never shrinks by a good one", () => {
    fc.assert(
      fc.property(anyEvents, fc.integer({ min: 1, max: windowMs }), (list, atMs) => {
        const { left } = errorBudget(list, at);
        const worse = errorBudget([...list, { atMs, isGood: false }], at).left;
        const better = errorBudget([...list, { atMs, isGood: true }], at).left;
        expect(worse).toBeLessThanOrEqual(left + 1e-9);
        expect(better).toBeGreaterThanOrEqual(Math.min(1, left) - 1e-9);
      }),
    );
  });

  it("is spent exactly where the share is below the target", () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(300), (good, bad) => {
        fc.pre(good + bad > 0);
        const { left, share } = errorBudget(events(good, bad, hour), at);
        if (Math.abs((share ?? 0) - 0.9) > 1e-9) expect(left < 0).toBe((share ?? 0) < 0.9);
      }),
    );
  });

  it("burns at 1 in a window that holds just what is allowed", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), (tens) => {
        const told = errorBudget(events(9 * tens, tens, windowMs - 1), at);
        expect(told.burn1h.rate).toBeCloseTo(1);
        expect(told.burn6h.rate).toBeCloseTo(1);
      }),
    );
  });
});
