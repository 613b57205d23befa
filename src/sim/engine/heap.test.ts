import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createHeap } from "./heap.ts";

const entries = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 9 })),
  {
    maxLength: 300,
  },
);

describe("the heap", () => {
  it("gives back in order what was put in, whatever the order", () => {
    fc.assert(
      fc.property(entries, (all) => {
        const heap = createHeap();
        for (const [at, [first, second]] of all.entries()) heap.push(first, second, at, -at);
        const out: [number, number][] = [];
        while (heap.size > 0) {
          expect(heap.least()).toBe(heap.top().first);
          const { first, second, subject, stamp } = heap.pop();
          expect(all[subject]).toEqual([first, second]);
          expect(stamp).toBe(0 - subject);
          out.push([first, second]);
        }
        expect(out).toEqual(all.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]));
        expect(heap.least()).toBe(Number.POSITIVE_INFINITY);
      }),
    );
  });

  it("goes on in order while entries come and go", () => {
    fc.assert(
      fc.property(entries, fc.array(fc.boolean(), { maxLength: 300 }), (all, takes) => {
        const heap = createHeap();
        const model: number[] = [];
        for (const [at, [first]] of all.entries()) {
          heap.push(first, at, at, 0);
          model.push(first);
          if (takes[at] !== true) continue;
          model.sort((a, b) => a - b);
          expect(heap.pop().first).toBe(model.shift());
        }
        expect(heap.size).toBe(model.length);
      }),
    );
  });
});
