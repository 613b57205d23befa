import { medianOf, rowOverlap, unionOf } from "./glyph.ts";
import type { Orientation } from "./orientation.ts";
import type { Shape } from "./shape.ts";
import type { PageTable, TextLine } from "./types.ts";

const rowsMin = 3;
const columnsMin = 3;
const [rowsMax, columnsMax] = [60, 20];
/** Rows of a table stand further apart than lines of a paragraph. */
const pitchMin = 1.45;
const pitchMax = 6;
/** A share of cells with numbers or ticks that prose in columns does not reach. */
const valueShareMin = 0.35;
const value =
  /^[^\p{L}]*\d[\d.,]*\s?(?:%|x|[kmb]n?|\p{Sc}|[a-z]{1,4})?[^\p{L}]*$|^[✓✔✗✘×●○xX–—-]$|^(?:yes|no|n\/a|ja|nein|oui|non|sí|si)$/iu;
const cellCharactersMax = 60;

type Row = readonly TextLine[];

/** Tables without lines: at least three rows of short texts in the same columns, numbers among them. */
export function alignedTablesOf(
  lines: readonly TextLine[],
  shapes: readonly Shape[],
  page: Orientation,
): PageTable[] {
  return blocksOf(rowsOf(lines)).flatMap((rows) => tableOf(rows, shapes, page));
}

function rowsOf(lines: readonly TextLine[]): Row[] {
  const rows: TextLine[][] = [];
  for (const line of [...lines].sort((one, other) => one.y - other.y)) {
    const row = rows
      .slice(-3)
      .find(([first]) => first !== undefined && rowOverlap(first, line) > 0.5);
    if (row === undefined) rows.push([line]);
    else row.push(line);
  }
  return rows.map((row) => row.sort((one, other) => one.x - other.x));
}

/** Runs of rows with several cells, not further apart than rows of a table. */
function blocksOf(rows: readonly Row[]): Row[][] {
  const blocks: Row[][] = [];
  let before: Row | undefined;
  for (const row of rows) {
    const isWide = row.length >= columnsMin && row.every((cell) => cell.width < 0.5);
    if (!isWide) continue;
    const block = blocks.at(-1);
    if (block !== undefined && before !== undefined && follows(before, row)) block.push(row);
    else blocks.push([row]);
    before = row;
  }
  return blocks.filter((block) => block.length >= rowsMin);
}

const topOf = (row: Row): number => Math.min(...row.map((cell) => cell.y));
const heightOf = (row: Row): number => medianOf(row.map((cell) => cell.height));
const follows = (before: Row, row: Row): boolean =>
  topOf(row) - topOf(before) < pitchMax * Math.max(heightOf(before), heightOf(row));

function tableOf(rows: readonly Row[], shapes: readonly Shape[], page: Orientation): PageTable[] {
  const columns = columnsOf(rows.flat());
  if (columns.length < columnsMin || columns.length > columnsMax || rows.length > rowsMax)
    return [];
  if (pitchOf(rows) < pitchMin) return [];
  const cells = rows.map((row) =>
    columns.map(({ from, to }) =>
      row
        .filter((cell) => cell.x + cell.width / 2 >= from && cell.x + cell.width / 2 <= to)
        .map(({ text }) => text)
        .join(" "),
    ),
  );
  const filled = cells.flat().filter((text) => text !== "");
  if (filled.length < 0.6 * cells.length * columns.length) return [];
  if (filled.some((text) => text.length > 2 * cellCharactersMax)) return [];
  if (medianOf(filled.map((text) => text.length)) > cellCharactersMax) return [];
  const { x, y, width, height } = unionOf(rows.flat());
  const box = { x, y, width, height };
  const values = cells.flatMap((row) => row.slice(1)).filter((text) => text !== "");
  const share = values.filter((text) => value.test(text)).length / Math.max(1, values.length);
  if (share < valueShareMin && !isRuled(rows, shapes, page)) return [];
  return [{ ...box, kind: "aligned", rows: cells }];
}

/** Stretches of the width that cells share: what overlaps is one column. */
function columnsOf(cells: readonly TextLine[]): { from: number; to: number }[] {
  const columns: { from: number; to: number }[] = [];
  for (const { x, width } of [...cells].sort((one, other) => one.x - other.x)) {
    const last = columns.at(-1);
    if (last !== undefined && x < last.to) last.to = Math.max(last.to, x + width);
    else columns.push({ from: x, to: x + width });
  }
  return columns;
}

/** Distance of rows in line heights. */
function pitchOf(rows: readonly Row[]): number {
  const tops = rows.map(topOf);
  const steps = tops.slice(1).map((top, at) => top - (tops[at] ?? top));
  return medianOf(steps) / Math.max(1e-6, medianOf(rows.map(heightOf)));
}

/** A line or a band stands between most rows. */
function isRuled(rows: readonly Row[], shapes: readonly Shape[], page: Orientation): boolean {
  const { x, width } = unionOf(rows.flat());
  const edges = shapes
    .filter((shape) => shape.width > 0.6 * width * page.widthPoints)
    .filter((shape) => shape.x / page.widthPoints < x + 0.1 * width)
    .flatMap((shape) => [shape.y, shape.y + shape.height])
    .map((edge) => edge / page.heightPoints);
  const parted = rows.slice(1).filter((row, at) => {
    const before = rows[at];
    return (
      before !== undefined && edges.some((edge) => edge > topOf(before) && edge < topOf(row) + 0.01)
    );
  });
  return parted.length >= 0.6 * (rows.length - 1);
}
