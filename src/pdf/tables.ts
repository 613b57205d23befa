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
  const upright = input.lines.filter((line) => isUpright(line, input.page));
  const ruled = ruledTablesOf(input)
    .filter((table) => !input.charts.some((chart) => isIn(table)(chart)))
    .map((table) => finer(table, upright, input));
  const taken: readonly Box[] = [...ruled, ...input.charts];
  const free = upright.filter((line) => !taken.some((box) => isIn(line)(box)));
  const aligned = alignedTablesOf(free, input.shapes, input.page);
  return [...ruled, ...aligned].slice(0, tablesMax).sort((one, other) => one.y - other.y);
}

/** Rules may part only head and columns; then the texts between them tell the rows. */
function finer(table: PageTable, lines: readonly TextLine[], input: TableInput): PageTable {
  const inside = lines.filter((line) => isIn(line)(table));
  const rows = alignedTablesOf(inside, input.shapes, input.page).flatMap((found) => found.rows);
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const isFiner = rows.length > table.rows.length && rows.every((row) => row.length === columns);
  return isFiner ? { ...table, rows } : table;
}

/** Text that runs up or down the page lines up by chance. */
const isUpright = (line: TextLine, page: Orientation): boolean =>
  line.text.length < 4 || line.width * page.widthPoints > line.height * page.heightPoints;

/** Whether the middle of `inner` lies in a box. */
const isIn =
  (inner: Box) =>
  (box: Box): boolean =>
    inner.x + inner.width / 2 > box.x &&
    inner.x + inner.width / 2 < box.x + box.width &&
    inner.y + inner.height / 2 > box.y &&
    inner.y + inner.height / 2 < box.y + box.height;
