import { alignedTablesOf } from "./aligned-tables.ts";
import type { Glyph } from "./glyph.ts";
import type { Orientation } from "./orientation.ts";
import { ruledTablesOf } from "./ruled-tables.ts";
import type { Shape } from "./shape.ts";
import type { Box, PageChart, PageTable, TextLine } from "./types.ts";

export interface TableInput {
  readonly shapes: readonly Shape[];
  readonly glyphs: readonly Glyph[];
  readonly lines: readonly TextLine[];
  readonly charts: readonly PageChart[];
  readonly page: Orientation;
}

const tablesMax = 12;

/** Tables with lines first; texts that merely line up count where no drawn table or chart stands. */
export function tablesOf(input: TableInput): PageTable[] {
  const ruled = ruledTablesOf(input).filter((table) => !input.charts.some(isIn(table)));
  const taken: readonly Box[] = [...ruled, ...input.charts];
  const free = input.lines.filter((line) => !taken.some((box) => isIn(line)(box)));
  const aligned = alignedTablesOf(free, input.shapes, input.page);
  return [...ruled, ...aligned].slice(0, tablesMax).sort((one, other) => one.y - other.y);
}

/** Whether the middle of `inner` lies in a box. */
const isIn =
  (inner: Box) =>
  (box: Box): boolean =>
    inner.x + inner.width / 2 > box.x &&
    inner.x + inner.width / 2 < box.x + box.width &&
    inner.y + inner.height / 2 > box.y &&
    inner.y + inner.height / 2 < box.y + box.height;
