import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BatchCounts, batchPercentOf, batchStatusOf, documentsIn, endedIn } from "./batch.ts";

const none: BatchCounts = {
  fetching: 0,
  active: 0,
  done: 0,
  done_with_gaps: 0,
  failed: 0,
  cancelled: 0,
};
const of = (counts: Partial<BatchCounts>): BatchCounts => ({ ...none, ...counts });

const n = fc.nat({ max: 200 });
const counts = fc.record({
  ...{ fetching: n, active: n, done: n, done_with_gaps: n, failed: n, cancelled: n },
});

describe("the percent of a batch", () => {
  it("is 100 when all have ended, and then only", () => {
    fc.assert(
      fc.property(counts, fc.double({ min: 0, max: 0.999, noNaN: true }), (given, share) => {
        const open = given.fetching + given.active;
        const percent = batchPercentOf(given, endedIn(given) + share * open);
        expect(percent === 100).toBe(open === 0 && documentsIn(given) > 0);
        expect(percent).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it("never falls while documents go on or end", () => {
    fc.assert(
      fc.property(counts, fc.double({ min: 0, max: 0.99, noNaN: true }), (given, share) => {
        fc.pre(given.active > 0);
        const reached = endedIn(given) + share * given.active;
        const before = batchPercentOf(given, reached);
        expect(batchPercentOf(given, reached + 0.005)).toBeGreaterThanOrEqual(before);
        const ended = { ...given, active: given.active - 1, failed: given.failed + 1 };
        expect(batchPercentOf(ended, reached + 1 - share)).toBeGreaterThanOrEqual(before);
      }),
    );
  });

  it("does not lose a whole percent to the sum of fractions", () => {
    expect(batchPercentOf(of({ active: 3 }), 0.58 + 0.58 + 0.58)).toBe(58);
  });

  it("of no document is nothing", () => {
    expect(batchPercentOf(none, 0)).toBe(0);
  });
});

describe("the status of a batch", () => {
  it.each([
    [none, 0, false, "pending", "Empty", "No document has joined yet."],
    [none, 0, true, "ended", "Cancelled", "Cancelled before a document joined."],
    [of({ active: 1 }), 0, false, "pending", "Queued", "1 of 1 document to go."],
    [of({ active: 2 }), 0.1, false, "running", "Running", "2 of 2 documents to go."],
    [
      of({ active: 3, fetching: 1, done: 5, failed: 1 }),
      6.5,
      false,
      "running",
      "Running",
      "4 of 10 documents to go; 5 done, 1 failed.",
    ],
    [of({ done: 4 }), 4, false, "done", "Done", "4 documents: 4 done."],
    [
      of({ done: 3, done_with_gaps: 1 }),
      4,
      false,
      "done",
      "Done with gaps",
      "4 documents: 3 done, 1 done with gaps.",
    ],
    [
      of({ done: 3, cancelled: 1 }),
      4,
      true,
      "done",
      "Done in part",
      "4 documents: 3 done, 1 cancelled.",
    ],
    [
      of({ failed: 1, cancelled: 1 }),
      2,
      true,
      "failed",
      "Failed",
      "2 documents: 1 failed, 1 cancelled.",
    ],
    [of({ cancelled: 2 }), 2, true, "ended", "Cancelled", "2 documents: 2 cancelled."],
  ] as const)(
    "%j at %d (cancelled %s) is %s %s",
    (given, reached, cancelled, type, name, sentence) => {
      expect(batchStatusOf(given, reached, cancelled)).toEqual({ type, name, sentence });
    },
  );
});
