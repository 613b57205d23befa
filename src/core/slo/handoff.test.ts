import fc from "fast-check";
import { expect, it } from "vitest";
import { histogram, splitHandoff } from "./handoff.ts";

it("tells a cold start, a full container and the rest apart", () => {
  const works = [{ fromMs: 0, untilMs: 40 }];
  const handoff = { neededMs: 10, startedMs: 50, readyMs: 25, slots: 1 };
  expect(splitHandoff(handoff, works)).toEqual({ coldStartMs: 15, queueMs: 15, claimMs: 10 });
  const roomy = splitHandoff({ ...handoff, slots: 2 }, works);
  expect(roomy).toEqual({ coldStartMs: 15, queueMs: 0, claimMs: 25 });
});

it("adds up to the wait, whatever else the container did", () => {
  const at = fc.integer({ min: 0, max: 1000 });
  const handoff = fc.record({
    ...{ neededMs: at, startedMs: at, readyMs: at },
    slots: fc.integer({ min: 1, max: 4 }),
  });
  const works = fc.array(fc.record({ fromMs: at, untilMs: at }), { maxLength: 12 });
  fc.assert(
    fc.property(handoff, works, (one, others) => {
      const { coldStartMs, queueMs, claimMs } = splitHandoff(one, others);
      expect(coldStartMs + queueMs + claimMs).toBe(Math.max(0, one.startedMs - one.neededMs));
      expect(Math.min(coldStartMs, queueMs, claimMs)).toBeGreaterThanOrEqual(0);
    }),
  );
});

it("counts each wait in one bar", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1000, noNaN: true })), (seconds) => {
      const bars = histogram(seconds);
      expect(bars.reduce((sum, { n }) => sum + n, 0)).toBe(seconds.length);
    }),
  );
  expect(histogram([0, 1, 1.5, 10, 999]).map(({ n }) => n)).toEqual([2, 1, 0, 1, 0, 0, 0, 0, 0, 1]);
});
