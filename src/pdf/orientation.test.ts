import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fractionBox, orientationOf, shownBox, turnBox } from "./orientation.ts";

const bounds = { left: 10, bottom: 20, right: 210, top: 120 };
// Near the upper left corner of the stored page: 20 from the left, 5 from the top.
const edges = { left: 30, top: 115, right: 60, bottom: 105 };

describe("orientation", () => {
  it("puts a box where a person sees it, for each of the four turns", () => {
    const shown = [0, 1, 2, 3].map((turns) => shownBox(orientationOf(bounds, turns), edges));
    expect(shown).toEqual([
      { x: 20, y: 5, width: 30, height: 10 },
      { x: 85, y: 20, width: 10, height: 30 },
      { x: 150, y: 85, width: 30, height: 10 },
      { x: 5, y: 150, width: 10, height: 30 },
    ]);
  });

  it("swaps the sides of a page turned a quarter", () => {
    expect(orientationOf(bounds, 1)).toMatchObject({ widthPoints: 100, heightPoints: 200 });
    expect(orientationOf(bounds, 2)).toMatchObject({ widthPoints: 200, heightPoints: 100 });
  });

  it("comes back to the same box when turned and turned back", () => {
    const side = fc.integer({ min: 1, max: 1000 });
    fc.assert(
      fc.property(side, side, side, side, fc.integer({ min: 0, max: 3 }), (x, y, w, h, turns) => {
        const box = { x, y, width: w, height: h };
        const [width, height] = [3000, 2000];
        const sides = turns % 2 === 0 ? ([width, height] as const) : ([height, width] as const);
        const there = turnBox(box, turns, width, height);
        expect(turnBox(there, 4 - turns, ...sides)).toEqual(box);
      }),
    );
  });

  it("cuts fractions at the edges of the page", () => {
    const page = orientationOf(bounds, 0);
    expect(fractionBox(page, { x: -20, y: 50, width: 400, height: 100 })).toEqual({
      x: 0,
      y: 0.5,
      width: 1,
      height: 0.5,
    });
  });
});
