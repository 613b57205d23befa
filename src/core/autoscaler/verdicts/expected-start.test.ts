import fc from "fast-check";
import { expect, it } from "vitest";
import { expectedStartMs } from "./expected-start.ts";

it("is the median of the nearest in time, and null where none was measured", () => {
  const starts = [10, 20, 30, 40, 50, 60, 1000].map((requestedMs, index) => ({
    requestedMs,
    tookMs: 100 + index,
  }));
  expect(expectedStartMs([], 5)).toBeNull();
  expect(expectedStartMs(starts.slice(0, 2), 5)).toBe(101);
  expect(expectedStartMs(starts, 0)).toBe(102);
  expect(expectedStartMs(starts, 41)).toBe(103);
  expect(expectedStartMs(starts, 5000)).toBe(104);
});

it("is what sorting all by their distance gives", () => {
  const start = fc.record({ requestedMs: fc.integer(), tookMs: fc.integer({ min: 0, max: 9999 }) });
  const all = fc.uniqueArray(start, { maxLength: 20, selector: (one) => one.requestedMs });
  fc.assert(
    fc.property(all, fc.integer(), (given, atMs) => {
      const starts = given.toSorted((a, b) => a.requestedMs - b.requestedMs);
      const nearest = starts
        .toSorted((a, b) => Math.abs(a.requestedMs - atMs) - Math.abs(b.requestedMs - atMs))
        .slice(0, 5);
      const times = nearest.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
      expect(expectedStartMs(starts, atMs)).toBe(times[Math.floor(times.length / 2)] ?? null);
    }),
  );
});
