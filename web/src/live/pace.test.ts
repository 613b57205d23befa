import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createPace } from "./pace.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("createPace", () => {
  it("does all in order, at most four times a second, however fast it comes", () => {
    const pace = createPace(250);
    const done: number[] = [];
    const rounds: number[] = [];
    for (let n = 0; n < 100; n += 1) {
      pace(() => {
        done.push(n);
        if (rounds.at(-1) !== Date.now()) rounds.push(Date.now());
      });
      vi.advanceTimersByTime(20);
    }
    vi.advanceTimersByTime(1000);
    expect(done).toEqual(Array.from({ length: 100 }, (_, n) => n));
    const gaps = rounds.slice(1).map((at, index) => at - (rounds[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(250);
    expect(rounds.length).toBeLessThan(11);
  });
  it("answers at once after a rest", () => {
    const pace = createPace(250);
    const work = vi.fn();
    pace(() => {});
    vi.advanceTimersByTime(2000);
    pace(work);
    vi.advanceTimersByTime(1);
    expect(work).toHaveBeenCalledOnce();
  });
});
