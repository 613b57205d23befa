import { describe, expect, it } from "vitest";
import { compareRuns, type Played } from "./compare.ts";

const played = (completion: readonly number[], vision: number, text: number): Played => ({
  completionMs: completion,
  lives: [
    { pool: "vision", ms: vision },
    { pool: "text", ms: text / 2 },
    { pool: "text", ms: text / 2 },
  ],
});

describe("two runs side by side", () => {
  const real = played([1000, 2000, 3000, 4000], 50_000, 80_000);

  it("are told by p50, p95 and the time of each pool's replicas, in seconds", () => {
    const { rows, isWithin } = compareRuns(real, played([4400, 2100, 1, 2], 50_000, 60_000), 0.1);
    expect(
      rows.map(({ what, realSeconds, simulatedSeconds }) => [what, realSeconds, simulatedSeconds]),
    ).toEqual([
      ["completion p50", 2, 0.002],
      ["completion p95", 4, 4.4],
      ["replica-seconds of text", 80, 60],
      ["replica-seconds of vision", 50, 50],
    ]);
    expect(rows.map((row) => row.isWithin)).toEqual([false, true, false, true]);
    expect(rows[2]?.off).toBeCloseTo(-0.25);
    expect(isWithin).toBe(false);
  });

  it("are within the limit when each figure is, on either side", () => {
    expect(compareRuns(real, played([900, 1801, 2999, 3601], 54_999, 72_001), 0.1).isWithin).toBe(
      true,
    );
    expect(compareRuns(real, played([900, 1801, 2999, 3601], 55_001, 72_001), 0.1).isWithin).toBe(
      false,
    );
  });

  it("differ when one has a pool that the other has not", () => {
    const other: Played = { ...real, lives: [...real.lives, { pool: "shared", ms: 1 }] };
    expect(compareRuns(real, other, 0.1).isWithin).toBe(false);
    expect(compareRuns(other, real, 0.1).isWithin).toBe(false);
  });

  it("say nothing without a document", () => {
    expect(() => compareRuns(played([], 1, 1), real, 0.1)).toThrow(RangeError);
  });
});
