import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { adopt, emptyOrder, seeHead } from "./list-order.ts";

const first = seeHead(emptyOrder, ["c", "b", "a"], true);

describe("the order of a list", () => {
  it("lets new rows wait, and takes them in when asked", () => {
    const seen = seeHead(first, ["e", "d", "c", "b", "a"], true);
    expect(seen).toEqual({ ids: ["c", "b", "a"], fresh: ["e", "d"], gone: [] });
    expect(adopt(seen, ["e", "d", "c", "b", "a"]).ids).toEqual(["e", "d", "c", "b", "a"]);
  });
  it("keeps a row that left the list until the list is renewed", () => {
    const seen = seeHead(first, ["c", "a"], true);
    expect(seen).toEqual({ ids: ["c", "b", "a"], fresh: [], gone: ["b"] });
    expect(adopt(seen, ["c", "a"]).ids).toEqual(["c", "a"]);
  });
  it("takes nothing for gone that only was pushed off the page", () => {
    const seen = seeHead(first, ["d", "c", "b"], false);
    expect(seen).toEqual({ ids: ["c", "b", "a"], fresh: ["d"], gone: [] });
    expect(adopt(seen, ["d", "c", "b"]).ids).toEqual(["d", "c", "b", "a"]);
  });
  it("appends what moves up from below", () => {
    expect(seeHead(first, ["c", "a", "z"], false)).toEqual({
      ids: ["c", "b", "a", "z"],
      fresh: [],
      gone: ["b"],
    });
  });
  it("treats a page without a known row as new", () => {
    expect(seeHead(first, ["y", "x"], false)).toEqual({
      ids: ["c", "b", "a"],
      fresh: ["y", "x"],
      gone: [],
    });
  });
  it("never moves, doubles or loses a row, whatever the answers", () => {
    const head = fc.uniqueArray(fc.integer({ min: 0, max: 30 }).map(String), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(fc.tuple(head, fc.boolean(), fc.boolean())), (answers) => {
        let order = emptyOrder;
        for (const [ids, isAll, asked] of answers) {
          const before = order;
          order = seeHead(order, ids, isAll);
          expect(order.ids.slice(0, before.ids.length)).toEqual(before.ids);
          const shown = new Set(order.ids);
          expect(shown.size).toBe(order.ids.length);
          expect(order.fresh.every((id) => !shown.has(id))).toBe(true);
          expect(ids.every((id) => shown.has(id) || order.fresh.includes(id))).toBe(true);
          if (asked) {
            order = adopt(order, ids);
            expect(order.ids.slice(0, ids.length)).toEqual(ids);
          }
        }
      }),
    );
  });
});
