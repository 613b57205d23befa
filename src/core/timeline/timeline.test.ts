import fc from "fast-check";
import { expect, it } from "vitest";
import { splitHandoff } from "./handoff.ts";
import { planOf } from "./plan.ts";

const waits = { fraction: null, notBeforeMs: null, finished: false };
const task = (after: number[], expectedMs: number | null) => ({ ...waits, after, expectedMs });

it("plans each task behind those it stands on", () => {
  const running = { ...task([0], 60_000), fraction: 0.5 };
  const tasks = [{ ...task([], 9_000), finished: true }, running, task([1], 20_000)];
  expect(planOf(tasks, 1_000)).toEqual([
    { index: 1, fromMs: 1_000, untilMs: 31_000 },
    { index: 2, fromMs: 31_000, untilMs: 51_000 },
  ]);
});

it("waits for the time of a retry, and guesses nothing behind what is not known", () => {
  const tasks = [{ ...task([], 5_000), notBeforeMs: 9_000 }, task([0], null), task([1], 20_000)];
  expect(planOf(tasks, 1_000)).toEqual([
    { index: 0, fromMs: 9_000, untilMs: 14_000 },
    { index: 1, fromMs: 14_000, untilMs: null },
    { index: 2, fromMs: null, untilMs: null },
  ]);
});

const instant = fc.integer({ min: 0, max: 100_000 });
const maybe = fc.option(instant);

it("splits a handoff into parts that add up to it", () => {
  const taken = fc.record({ requestedMs: maybe, readyMs: maybe, freeMs: maybe });
  fc.assert(
    fc.property(instant, instant, taken, (neededMs, lengthMs, run) => {
      const split = splitHandoff({ neededMs, claimedMs: neededMs + lengthMs, ...run });
      expect(split.queueMs + split.coldMs + split.claimMs).toBe(lengthMs);
      expect(Math.min(split.queueMs, split.coldMs, split.claimMs)).toBeGreaterThanOrEqual(0);
    }),
  );
});

it("tells a cold start from a wait for room", () => {
  const cold = { neededMs: 1_000, requestedMs: 1_300, readyMs: 4_900, freeMs: null };
  expect(splitHandoff({ ...cold, claimedMs: 5_100 })).toEqual({
    ...{ queueMs: 300, coldMs: 3_600, claimMs: 200 },
  });
  const busy = { neededMs: 1_000, requestedMs: 0, readyMs: 500, freeMs: 3_000 };
  expect(splitHandoff({ ...busy, claimedMs: 3_100 })).toEqual({
    ...{ queueMs: 2_000, coldMs: 0, claimMs: 100 },
  });
});
