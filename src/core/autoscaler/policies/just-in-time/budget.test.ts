import { describe, expect, it } from "vitest";
import { type BudgetState, emptyBudget, spend, thriftOf } from "./budget.ts";

const hourMs = 3_600_000;
const perDay = 24_000_000;
/** In millionths of a dollar an hour. */
const burn = (perHour: number, speculative = 0) => ({
  rate: perHour / hourMs,
  speculativeRate: speculative / hourMs,
});
const run = (hours: number, perHour: number, state = emptyBudget(4)): BudgetState => {
  let now = spend(state, burn(perHour), 0, perDay);
  for (let hour = 1; hour <= hours; hour += 1) {
    now = spend(now, burn(perHour), hour * hourMs, perDay);
  }
  return now;
};

describe("the budget", () => {
  it("lowers the price of waiting each hour by exp(-0.5 times what is over)", () => {
    // Twice the budget: over by its whole.
    expect(run(1, 2_000_000).waitPrice).toBeCloseTo(4 * Math.exp(-0.5), 6);
    expect(run(2, 2_000_000).waitPrice).toBeCloseTo(4 * Math.exp(-1), 6);
  });

  it("raises it while less is spent, between half a replica and twenty", () => {
    expect(run(1, 500_000).waitPrice).toBeCloseTo(4 * Math.exp(0.25), 6);
    expect(run(40, 0).waitPrice).toBe(20);
    expect(run(40, 9_000_000).waitPrice).toBe(0.5);
  });

  it("counts by time and not by how often somebody asks", () => {
    let often = spend(emptyBudget(4), burn(1_500_000), 0, perDay);
    for (let atMs = 0; atMs <= 2 * hourMs; atMs += 60_000) {
      often = spend(often, burn(1_500_000), atMs, perDay);
    }
    const seldom = run(2, 1_500_000);
    expect(often.waitPrice).toBeCloseTo(seldom.waitPrice, 6);
    expect(spend(often, burn(1_500_000), 2 * hourMs, perDay)).toBe(often);
  });

  it("takes away the pool first, then long keeping, then early starts, as speculative seconds use it up", () => {
    // The bucket holds 3 of the day's 24 hours and fills by one an hour.
    const full = spend(emptyBudget(4), burn(0, 4_000_000), 0, perDay);
    const after = (hours: number) => thriftOf(spend(full, burn(0), hours * hourMs, perDay), perDay);
    expect([0, 0.5, 0.7, 0.9, 1].map(after)).toEqual([
      "free",
      "free",
      "no-pool",
      "short-keep",
      "reactive",
    ]);
    expect(thriftOf(full, null)).toBe("free");
  });
});
