import type { Glyph } from "./glyph.ts";
import { linesOf } from "./lines.ts";
import { fractionBox } from "./orientation.ts";
import { isRectangle, type Shape } from "./shape.ts";
import type { TableInput } from "./tables.ts";
import type { PageTable } from "./types.ts";

/** A side of a cell: `at` across, from `from` to `to` along; points on the shown page. */
interface Rule {
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

interface Rules {
  readonly flat: readonly Rule[];
  readonly upright: readonly Rule[];
}

const thinPoints = 2.5;
const rulePointsMin = 8;
const rulesMax = 600;
const [rowsMax, columnsMax] = [60, 20];
/** Edges of neighbouring cells closer than this are one: the white line between filled cells. */
const samePoints = 5;
const filledShareMin = 0.45;
/** More text than this in a cell on average is a layout of panels. */
const cellCharactersMax = 110;

/** Tables whose cells are drawn: by lines, by thin boxes, or as filled cells side by side. */
export function ruledTablesOf(input: TableInput): PageTable[] {
  const rules = rulesOf(input);
  return connected(rules).flatMap((group) => tableOf(group, input));
}

function rulesOf({ shapes, page }: TableInput): Rules {
  const flat: Rule[] = [];
  const upright: Rule[] = [];
  for (const shape of shapes) {
    const { x, y, width, height } = shape;
    if (width > 0.97 * page.widthPoints && height > 0.97 * page.heightPoints) continue;
    const isBox = isRectangle(shape);
    if (height < thinPoints && width > rulePointsMin)
      flat.push({ at: y + height / 2, from: x, to: x + width });
    else if (width < thinPoints && height > rulePointsMin)
      upright.push({ at: x + width / 2, from: y, to: y + height });
    else if (isBox && isCellLike(shape)) {
      flat.push({ at: y, from: x, to: x + width }, { at: y + height, from: x, to: x + width });
      upright.push({ at: x, from: y, to: y + height }, { at: x + width, from: y, to: y + height });
    }
  }
  return { flat: flat.slice(0, rulesMax), upright: upright.slice(0, rulesMax) };
}

const isCellLike = ({ width, height, curves }: Shape): boolean =>
  curves === 0 && width > rulePointsMin && height > rulePointsMin;

/** Rules that touch each other, one group a table. */
function connected({ flat, upright }: Rules): Rules[] {
  const all = [
    ...flat.map((rule) => ({ rule, isFlat: true, group: -1 })),
    ...upright.map((rule) => ({ rule, isFlat: false, group: -1 })),
  ];
  const [rows, columns] = [all.slice(0, flat.length), all.slice(flat.length)];
  let groups = 0;
  for (const start of all) {
    if (start.group >= 0) continue;
    start.group = groups;
    const queue = [start];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      for (const other of next.isFlat ? columns : rows) {
        if (other.group >= 0 || !touch(next.rule, other.rule)) continue;
        other.group = groups;
        queue.push(other);
      }
    }
    groups += 1;
  }
  return Array.from({ length: groups }, (_, group) => ({
    flat: rows.filter((one) => one.group === group).map(({ rule }) => rule),
    upright: columns.filter((one) => one.group === group).map(({ rule }) => rule),
  })).filter((group) => group.flat.length >= 3 && group.upright.length >= 2);
}

const touch = (one: Rule, other: Rule): boolean =>
  other.at >= one.from - samePoints &&
  other.at <= one.to + samePoints &&
  one.at >= other.from - samePoints &&
  one.at <= other.to + samePoints;

/** Places of rules, those of one line taken together. */
function placesOf(rules: readonly Rule[]): number[] {
  const places: number[] = [];
  for (const at of rules.map((rule) => rule.at).sort((one, other) => one - other)) {
    if (at - (places.at(-1) ?? Number.NEGATIVE_INFINITY) > samePoints) places.push(at);
  }
  return places;
}

function tableOf(rules: Rules, { glyphs, page }: TableInput): PageTable[] {
  const [ys, xs] = [placesOf(rules.flat), placesOf(rules.upright)];
  const [rows, columns] = [ys.length - 1, xs.length - 1];
  if (rows < 2 || columns < 2 || rows > rowsMax || columns > columnsMax) return [];
  const cells = Array.from({ length: rows }, () =>
    Array.from({ length: columns }, (): Glyph[] => []),
  );
  for (const glyph of glyphs) {
    const place = cellOf(glyph, ys, xs, rules);
    if (place !== null) cells[place.row]?.[place.column]?.push(glyph);
  }
  const texts = cells.map((row) =>
    row.map((cell) =>
      linesOf(cell, page)
        .map(({ text }) => text)
        .join(" "),
    ),
  );
  if (!isTable(texts)) return [];
  const [x = 0, y = 0] = [xs[0], ys[0]];
  const box = { x, y, width: (xs.at(-1) ?? x) - x, height: (ys.at(-1) ?? y) - y };
  return [{ ...fractionBox(page, box), kind: "ruled", rows: texts }];
}

/** The cell of a glyph; where no rule parts two cells they are one, and its text stands in the first. */
function cellOf(
  { box }: Glyph,
  ys: readonly number[],
  xs: readonly number[],
  rules: Rules,
): { row: number; column: number } | null {
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  let row = ys.findLastIndex((at) => at <= y);
  let column = xs.findLastIndex((at) => at <= x);
  if (row < 0 || column < 0 || row >= ys.length - 1 || column >= xs.length - 1) return null;
  while (column > 0 && !isRuled(rules.upright, xs[column] ?? 0, y)) column -= 1;
  while (row > 0 && !isRuled(rules.flat, ys[row] ?? 0, x)) row -= 1;
  return { row, column };
}

const isRuled = (rules: readonly Rule[], at: number, along: number): boolean =>
  rules.some(
    (rule) => Math.abs(rule.at - at) <= samePoints && rule.from <= along && rule.to >= along,
  );

/** Enough cells have text, in more than one row and column, and none is a panel of prose. */
function isTable(rows: readonly (readonly string[])[]): boolean {
  const cells = rows.flat();
  const filled = cells.filter((text) => text !== "");
  const columns = rows[0]?.map((_, at) => rows.some((row) => row[at] !== "")) ?? [];
  const characters = filled.reduce((sum, text) => sum + text.length, 0);
  return (
    filled.length >= Math.max(4, filledShareMin * cells.length) &&
    columns.filter(Boolean).length >= 2 &&
    rows.filter((row) => row.some((text) => text !== "")).length >= 2 &&
    characters / filled.length <= cellCharactersMax
  );
}
