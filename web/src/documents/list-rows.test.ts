import { describe, expect, it } from "vitest";
import type { DocumentSummary } from "../api/types.ts";
import { adopt, emptyOrder, seeHead } from "./list-order.ts";
import { absentOf, type KnownRows, remember, shownRows } from "./list-rows.ts";

const row = (id: string, name = id): DocumentSummary => ({ id, name }) as DocumentSummary;
const rowsOf = (ids: readonly string[]): DocumentSummary[] => ids.map((id) => row(id));
const none: KnownRows = new Map();
const numbered = (count: number) => Array.from({ length: count }, (_, n) => `d_${n}`);

const all = numbered(30);
const order = seeHead(emptyOrder, all, true);
const known = remember(none, order.ids, rowsOf(all));
const idsOf = (rows: readonly DocumentSummary[]) => rows.map(({ id }) => id);

describe("rows of a list", () => {
  it("stay as they were seen last when they leave it, however many at once", () => {
    const next = seeHead(order, ["d_29"], true);
    const head = [row("d_29", "newer")];
    const kept = remember(known, next.ids, head);
    const shown = shownRows({ order: next, known: kept, head, tail: [], left: new Map() });
    expect(idsOf(shown)).toEqual(all);
    expect(shown.at(-1)?.name).toBe("newer");
    expect(absentOf(kept, head, [])).toEqual(all.slice(0, 29));
  });

  it("stay when a whole page of others takes their place", () => {
    const head = rowsOf(["x", "y"]);
    const next = seeHead(order, idsOf(head), false);
    const kept = remember(known, next.ids, head);
    const shown = shownRows({ order: next, known: kept, head, tail: [], left: new Map() });
    expect(idsOf(shown)).toEqual(all);
  });

  it("are told as they are now where somebody asked, and go when they were deleted", () => {
    const next = seeHead(order, all.slice(2), true);
    const head = rowsOf(all.slice(2));
    const left = new Map([
      ["d_0", row("d_0", "asked for")],
      ["d_1", null],
    ]);
    const kept = remember(known, next.ids, head);
    const shown = shownRows({ order: next, known: kept, head, tail: [], left });
    expect(idsOf(shown)).toEqual(["d_0", ...all.slice(2)]);
    expect(shown[0]?.name).toBe("asked for");
  });

  it("follow the rest of the list where that has them, and are not shown before they are let in", () => {
    const next = seeHead(order, ["new", ...all.slice(0, 29)], false);
    const head = rowsOf(["new", ...all.slice(0, 29)]);
    const tail = [row("d_29", "of the rest"), row("d_30")];
    const kept = remember(known, next.ids, head);
    const shown = shownRows({ order: next, known: kept, head, tail, left: new Map() });
    expect(idsOf(shown)).toEqual([...all, "d_30"]);
    expect(shown.at(29)?.name).toBe("of the rest");
    expect(absentOf(kept, head, tail)).toEqual([]);
  });

  it("leave once news is let in", () => {
    const head = rowsOf(["d_29"]);
    const next = adopt(seeHead(order, ["d_29"], true), ["d_29"]);
    const kept = remember(none, ["d_29"], head);
    const shown = shownRows({ order: next, known: kept, head, tail: [], left: new Map() });
    expect(idsOf(shown)).toEqual(["d_29"]);
  });
});
