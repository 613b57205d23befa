import { describe, expect, it } from "vitest";
import { emptyGaps, gapsMax, observeLevel, pushed } from "./gaps.ts";

describe("gaps of a level of demand", () => {
  it("are counted from the fall below it to the rise, and not before it was ever reached", () => {
    const never = observeLevel(emptyGaps, false, 1_000);
    expect(never).toBe(emptyGaps);
    const reached = observeLevel(never, true, 2_000);
    const below = observeLevel(reached, false, 5_000);
    expect(below.belowSinceMs).toBe(5_000);
    expect(observeLevel(below, false, 9_000)).toBe(below);
    const again = observeLevel(below, true, 12_500);
    expect(again).toMatchObject({ gaps: [7_500], fresh: 1, belowSinceMs: null });
    expect(observeLevel(again, true, 13_000)).toBe(again);
  });

  it("are the last ones only", () => {
    let gaps: readonly number[] = [];
    for (let i = 0; i < gapsMax + 3; i += 1) gaps = pushed(gaps, i);
    expect(gaps).toHaveLength(gapsMax);
    expect([gaps[0], gaps.at(-1)]).toEqual([3, gapsMax + 2]);
  });
});
