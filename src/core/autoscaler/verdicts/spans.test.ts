import fc from "fast-check";
import { expect, it } from "vitest";
import { isWithin, mergeSpans, readySpans, uncoveredMs } from "./spans.ts";

const span = fc
  .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 }))
  .map(([a, b]) => ({ fromMs: Math.min(a, b), toMs: Math.max(a, b) }));

it("what others leave uncovered is what counting millisecond by millisecond gives", () => {
  fc.assert(
    fc.property(span, fc.array(span, { maxLength: 6 }), (one, others) => {
      let counted = 0;
      for (let at = one.fromMs; at < one.toMs; at += 1) if (!isWithin(others, at)) counted += 1;
      expect(uncoveredMs(one, others)).toBe(counted);
    }),
  );
});

it("a replica is ready until the next phase, its end, or for ever", () => {
  const boots = [
    { phase: "requested", atMs: 0 },
    { phase: "ready", atMs: 10 },
    { phase: "booting", atMs: 20 },
    { phase: "ready", atMs: 30 },
  ];
  expect(readySpans(boots, 40)).toEqual([
    { fromMs: 10, toMs: 20 },
    { fromMs: 30, toMs: 40 },
  ]);
  expect(readySpans(boots, null).at(-1)).toEqual({ fromMs: 30, toMs: Number.POSITIVE_INFINITY });
  expect(readySpans(boots.slice(0, 1), 40)).toEqual([]);
});

it("merged spans hold the same moments, in order and apart", () => {
  const moment = fc.integer({ min: 0, max: 60 });
  fc.assert(
    fc.property(fc.array(span, { maxLength: 8 }), moment, (spans, atMs) => {
      const merged = mergeSpans(spans);
      expect(isWithin(merged, atMs)).toBe(isWithin(spans, atMs));
      merged.forEach(({ fromMs }, index) => {
        expect(fromMs).toBeGreaterThan(merged[index - 1]?.toMs ?? -1);
      });
    }),
  );
});
