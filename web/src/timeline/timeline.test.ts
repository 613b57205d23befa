import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Box, type Lane, packRows } from "./model.ts";
import { idAfter } from "./navigate.ts";
import { createScale, ticksOf } from "./scale.ts";

const box = (id: string, from: number, until: number | null): Box => ({
  ...{ id, from, until, label: id, sentence: id, tone: 0, state: "done" as const, again: false },
});
const span = fc.tuple(fc.nat(900_000), fc.nat(60_000)).map(([a, b]) => [a, a + b] as const);

describe("a time scale", () => {
  it("goes forward only, from edge to edge, whatever is folded", () => {
    fc.assert(
      fc.property(fc.array(span), fc.array(fc.nat(1_000_000)), fc.boolean(), (busy, at, fold) => {
        const scale = createScale(0, 1_000_000, busy, fold);
        const xs = [0, ...at.toSorted((a, b) => a - b), 1_000_000].map(scale.x);
        expect([xs[0], xs.at(-1)]).toEqual([0, 1]);
        expect(xs).toEqual(xs.toSorted((a, b) => a - b));
        const all = scale.segments.reduce((sum, { width }) => sum + width, 0);
        expect(all).toBeCloseTo(1, 9);
      }),
    );
  });

  it("folds what is idle for over ten seconds, and nothing shorter", () => {
    const busy = [
      [0, 20_000],
      [28_000, 40_000],
      [160_000, 200_000],
    ] as const;
    const { segments } = createScale(0, 200_000, busy, true);
    expect(segments.filter(({ folded }) => folded)).toMatchObject([
      { from: 40_000, until: 160_000 },
    ]);
    expect(createScale(0, 200_000, busy, false).segments).toHaveLength(1);
    expect(ticksOf(createScale(0, 60_000, [], false), 900, 0)).toEqual([
      0, 10_000, 20_000, 30_000, 40_000, 50_000,
    ]);
  });
});

it("puts boxes into rows in which none overlap", () => {
  fc.assert(
    fc.property(fc.array(span), (spans) => {
      const boxes = spans.map(([from, until], index) => box(String(index), from, until));
      const rows = packRows(boxes, 0);
      expect(rows.flat()).toHaveLength(boxes.length);
      for (const row of rows) {
        for (const [index, one] of row.slice(1).entries()) {
          expect(one.from).toBeGreaterThanOrEqual(row[index]?.until ?? 0);
        }
      }
    }),
  );
});

it("leads along a lane and to the nearest in the next one", () => {
  const lane = (id: string, ...boxes: Box[]): Lane => ({
    ...{ id, name: id, note: "", bands: [], markers: [], rows: [boxes] },
  });
  const lanes = [
    lane("a", box("a1", 0, 5), box("a2", 100, 120)),
    lane("b"),
    lane("c", box("c1", 10, 20), box("c2", 90, 95)),
  ];
  expect(idAfter(lanes, "a1", "ArrowRight")).toBe("a2");
  expect(idAfter(lanes, "a2", "ArrowRight")).toBeNull();
  expect(idAfter(lanes, "a2", "ArrowDown")).toBe("c2");
  expect(idAfter(lanes, "c1", "ArrowUp")).toBe("a1");
  expect(idAfter(lanes, "c2", "Home")).toBe("c1");
  expect(idAfter(lanes, "gone", "End")).toBe("a1");
});
