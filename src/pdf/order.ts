import { bottomOf, medianOf, rightOf, rowOverlap } from "./glyph.ts";
import type { Box } from "./types.ts";

interface Cut {
  readonly at: number;
  readonly gap: number;
}

/** Finding rows looks at pairs; a page with more items is a map, and is read line by line. */
const itemsMax = 2000;

/**
 * Boxes in the order a person reads them: bands from top to bottom, columns inside a band from left
 * to right, and a table row by row.
 * @param aspect width of the page divided by its height, to compare gaps of both directions
 */
export function inReadingOrder<T extends Box>(items: readonly T[], aspect: number): T[] {
  return items.length > itemsMax ? byPlace(items) : ordered(items, aspect, 0);
}

function ordered<T extends Box>(items: readonly T[], aspect: number, depth: number): T[] {
  // A cut always leaves both sides smaller; the depth only guards against odd numbers such as NaN.
  if (items.length < 2 || depth > 60) return byRow(items);
  const height = medianOf(items.map((item) => item.height));
  const band = widest(items, (item) => [item.y, bottomOf(item)]);
  const column = widest(items, (item) => [item.x * aspect, rightOf(item) * aspect]);
  if (
    column !== null &&
    column.gap > 0.8 * height &&
    cutsColumns(items, column, band, height, aspect)
  ) {
    return halves(items, depth, aspect, (item) => item.x * aspect < column.at);
  }
  if (band !== null && band.gap > 0)
    return halves(items, depth, aspect, (item) => item.y < band.at);
  return byRow(items);
}

/** Columns come first when no wider band parts the page and the two sides are no rows of a table. */
function cutsColumns<T extends Box>(
  items: readonly T[],
  column: Cut,
  band: Cut | null,
  height: number,
  aspect: number,
): boolean {
  if (band !== null && band.gap > column.gap && band.gap > 0.8 * height) return false;
  const left = items.filter((item) => item.x * aspect < column.at);
  const right = items.filter((item) => item.x * aspect >= column.at);
  if (left.length === 1 || right.length === 1) return band === null || band.gap <= height;
  return !isTable(left, right, height);
}

/** Most items of both sides stand in shared rows, further apart than the lines of a paragraph. */
function isTable<T extends Box>(left: readonly T[], right: readonly T[], height: number): boolean {
  const paired = inRowsWith(left, right);
  if (paired.length < 2 || paired.length < 0.6 * left.length) return false;
  if (inRowsWith(right, left).length < 0.6 * right.length) return false;
  const tops = paired.map((item) => item.y).sort((one, other) => one - other);
  const steps = tops.slice(1).map((top, index) => top - (tops[index] ?? top));
  return medianOf(steps.filter((step) => step > 0.2 * height)) > 1.6 * height;
}

const inRowsWith = <T extends Box>(items: readonly T[], others: readonly T[]): T[] =>
  items.filter((item) => others.some((other) => rowOverlap(item, other) > 0.5));

function halves<T extends Box>(
  items: readonly T[],
  depth: number,
  aspect: number,
  isFirst: (item: T) => boolean,
): T[] {
  const first = items.filter(isFirst);
  const second = items.filter((item) => !isFirst(item));
  if (first.length === 0 || second.length === 0) return byRow(items);
  return [...ordered(first, aspect, depth + 1), ...ordered(second, aspect, depth + 1)];
}

/** The widest empty strip between the items along one direction. */
function widest<T extends Box>(
  items: readonly T[],
  spanOf: (item: T) => [number, number],
): Cut | null {
  const spans = items.map(spanOf).sort((one, other) => one[0] - other[0]);
  let best: Cut | null = null;
  let reach = spans[0]?.[1] ?? 0;
  for (const [start, end] of spans.slice(1)) {
    const gap = start - reach;
    if (gap > 0 && (best === null || gap > best.gap)) best = { at: start, gap };
    reach = Math.max(reach, end);
  }
  return best;
}

function byRow<T extends Box>(items: readonly T[]): T[] {
  const rows: T[][] = [];
  for (const item of [...items].sort((one, other) => one.y - other.y)) {
    const row = rows.find(([first]) => first !== undefined && rowOverlap(first, item) > 0.5);
    if (row === undefined) rows.push([item]);
    else row.push(item);
  }
  return rows.flatMap((row) => row.sort((one, other) => one.x - other.x));
}

const byPlace = <T extends Box>(items: readonly T[]): T[] =>
  [...items].sort((one, other) => one.y - other.y || one.x - other.x);
