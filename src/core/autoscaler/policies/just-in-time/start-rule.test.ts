import { describe, expect, it } from "vitest";
import { startInMs, startNow, startOdds } from "./start-rule.ts";

const none = new Float64Array(0);
const of = (...values: number[]) => Float64Array.from(values);
/** 100 draws of a need, 1 to 100 s from now. */
const need = Float64Array.from({ length: 100 }, (_, i) => (i + 1) * 1_000);
const start = (seconds: number) => new Float64Array(100).fill(seconds * 1_000);

describe("the start rule", () => {
  it("counts the draws in which an instant of waiting is free, and documents that would wait", () => {
    const odds = startOdds(
      [of(10, 30, 50, 70), of(20, 40, 60, 80)],
      of(25, 25, 55, 55),
      of(55, 90),
    );
    // Draw by draw late: both, none, the first and one of the others, one of the others.
    expect(odds).toEqual({ early: 1 / 4, late: 5 / 4, lateChance: 3 / 4 });
  });

  it("is the newsvendor's quantile for one document: late in c / (c + w) of cases", () => {
    // Four times as dear a wait: one in five.
    const prices = { replica: 1, waiting: 4 };
    expect(startNow(startOdds([need], start(19), none), prices, null)).toBeNull();
    expect(startNow(startOdds([need], start(20), none), prices, null)).toBe("waiting-costs-more");
  });

  it("starts earlier for several documents, whose waits add up", () => {
    const prices = { replica: 1, waiting: 4 };
    const odds = startOdds([need, need, need], start(10), none);
    // 0.9 <= 4 x 3 x 0.1.
    expect(startNow(odds, prices, null)).toBe("waiting-costs-more");
    expect(startNow(startOdds([need], start(10), none), prices, null)).toBeNull();
  });

  it("takes no greater chance of being late than the goal leaves", () => {
    const cheap = { replica: 1, waiting: 0.1 };
    expect(startNow(startOdds([need], start(7), none), cheap, 0.92)).toBeNull();
    expect(startNow(startOdds([need], start(8), none), cheap, 0.92)).toBe("goal");
  });

  it("starts at once when text is needed sooner than any start could be ready", () => {
    const prices = { replica: 1, waiting: 0.01 };
    expect(startNow(startOdds([need], start(101), none), prices, null)).toBe("waiting-costs-more");
  });

  it("says when it would start if nothing happened", () => {
    // With a start of 10 s the slack is -9..90 s; one in five is at 10 s.
    expect(startInMs([need], start(10), { replica: 1, waiting: 4 }, null)).toBe(10_000);
    expect(startInMs([need], start(10), { replica: 1, waiting: 4 }, 0.95)).toBe(0);
  });
});
