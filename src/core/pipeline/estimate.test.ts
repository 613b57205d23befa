import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  afterWait,
  durationOf,
  estimateRemaining,
  percentile,
  type RemainingTask,
  samplesOf,
} from "./estimate.ts";

const seen = (seconds: number, n = 10) => ({ p50Seconds: seconds, p90Seconds: seconds * 2, n });
const task = (over: Partial<RemainingTask> = {}): RemainingTask => ({
  after: [],
  finished: false,
  fraction: 0,
  duration: seen(10),
  ...over,
});

describe("estimateRemaining", () => {
  it("adds up tasks that wait for each other and takes the longer of two side by side", () => {
    const tasks = [task(), task({ duration: seen(4) }), task({ after: [0], duration: seen(3) })];
    expect(estimateRemaining(tasks)).toEqual({ p50Seconds: 13, p90Seconds: 26, n: 10 });
  });

  it("counts only what is left of a running task", () => {
    expect(estimateRemaining([task({ fraction: 0.75 })])?.p50Seconds).toBeCloseTo(2.5);
  });

  it("says nothing when a remaining task has too few samples, or when nothing is left", () => {
    expect(estimateRemaining([task(), task({ duration: seen(1, 2) })])).toBeNull();
    expect(estimateRemaining([task({ duration: null })])).toBeNull();
    expect(estimateRemaining([task({ finished: true })])).toBeNull();
  });

  it("never grows when a task gets further", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (a, b) => {
          const at = (fraction: number) =>
            estimateRemaining([task({ fraction }), task({ after: [0] })]);
          const [less, more] = a < b ? [a, b] : [b, a];
          expect(at(more)?.p50Seconds ?? 0).toBeLessThanOrEqual((at(less)?.p50Seconds ?? 0) + 1e-9);
        },
      ),
    );
  });
});

describe("durationOf", () => {
  it("goes by those that applied, however many did not", () => {
    const skipped = 180;
    expect(durationOf([20, 10, 30], skipped)).toEqual({
      ...{ p50Seconds: 20, p90Seconds: 30, n: 3, skipped },
    });
    expect(durationOf([4], 0)).toEqual({ p50Seconds: 4, p90Seconds: 4, n: 1 });
    // As many each way: too little to say.
    expect(durationOf([4], 1)).toEqual({ p50Seconds: 4, p90Seconds: 4, n: 1, skipped: 1 });
  });

  it("expects nothing to do where hardly any applied, and says nothing of none", () => {
    expect(durationOf([20], 50)).toEqual({ p50Seconds: 0, p90Seconds: 0, n: 50 });
    expect(durationOf([], 4)).toEqual({ p50Seconds: 0, p90Seconds: 0, n: 4 });
    expect(durationOf([], 0)).toBeNull();
  });
});

describe("samplesOf", () => {
  it("is the fewest that any task left rests on", () => {
    const done = task({ finished: true, duration: null });
    expect(samplesOf([task(), task({ duration: seen(1, 2) }), done])).toBe(2);
    expect(samplesOf([task({ duration: null })])).toBe(0);
    expect(samplesOf([done])).toBe(0);
  });
});

describe("afterWait", () => {
  const left = { p50Seconds: 10, p90Seconds: 20, n: 4 };
  it("adds a wait whose end is known, and says nothing where it is not", () => {
    expect(afterWait(left, { untilSeconds: 5 })).toEqual({ p50Seconds: 15, p90Seconds: 25, n: 4 });
    expect(afterWait(left, { untilSeconds: null })).toBeNull();
    expect(afterWait(left, null)).toEqual(left);
    expect(afterWait(null, { untilSeconds: 5 })).toBeNull();
  });
});

describe("percentile", () => {
  it("is the smallest sample that covers the share", () => {
    expect(percentile([5, 1, 3], 0.5)).toBe(3);
    expect(percentile([5, 1, 3], 0.9)).toBe(5);
    expect(percentile([], 0.5)).toBeNull();
  });
});
