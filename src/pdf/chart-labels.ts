import type { Drawing, PlacedText } from "./charts.ts";
import { bottomOf, rightOf } from "./glyph.ts";
import type { Box, PageChart } from "./types.ts";

/** Marks that make one chart, in points. */
export interface MarkGroup {
  readonly kind: PageChart["kind"];
  readonly box: Box;
  readonly marks: number;
}

interface AxisLabels {
  readonly x: readonly string[];
  readonly y: readonly string[];
  /** Where the labels stand. */
  readonly boxes: readonly Box[];
}

/** A label is a word or a number, not a sentence. */
const labelCharactersMax = 28;
const numberCharactersMax = 10;
/** How far from the marks labels stand, as a share of the page. */
const labelReach = 0.12;
const labelsMax = 40;
/** Texts that line up stand within this share of the page. */
const lineUp = 0.012;

const middleX = (box: Box): number => box.x + box.width / 2;
const middleY = (box: Box): number => box.y + box.height / 2;

/** Labels in the row next below (or above) the marks and in the column next to their side. */
export function axisLabelsOf({ box, kind, marks }: MarkGroup, drawing: Drawing): AxisLabels {
  const short = drawing.texts.filter(({ text }) => text.length <= labelCharactersMax);
  const row = rowOf(short, box, drawing);
  const wide = row.length > 0 ? row : wideRow(drawing.texts, box, drawing);
  const column = columnOf(short, box, drawing, kind === "bar" && marks < 3 ? 1 : 2);
  const x = wide.flatMap(({ text }) => (wide.length === 1 ? text.split(/\s+/u) : [text]));
  return {
    x: x.slice(0, labelsMax),
    y: column.map(({ text }) => text).slice(0, labelsMax),
    boxes: [...wide, ...column],
  };
}

/** All lines that stand in a frame or right around it. */
export function linesAround(frame: Box, drawing: Drawing): readonly PlacedText[] {
  const [dx, dy] = [0.03 * drawing.width, 0.06 * drawing.height];
  return drawing.texts.filter(
    (text) =>
      middleX(text) > frame.x - dx &&
      middleX(text) < rightOf(frame) + dx &&
      middleY(text) > frame.y - dy &&
      middleY(text) < bottomOf(frame) + dy,
  );
}

function rowOf(texts: readonly PlacedText[], box: Box, drawing: Drawing): readonly PlacedText[] {
  const reach = labelReach * drawing.height;
  const slack = 0.03 * drawing.width;
  const within = texts.filter(
    (text) => middleX(text) > box.x - slack && middleX(text) < rightOf(box) + slack,
  );
  const below = within.filter(
    (text) => middleY(text) > bottomOf(box) - 1 && text.y < bottomOf(box) + reach,
  );
  const above = within.filter((text) => middleY(text) < box.y && bottomOf(text) > box.y - reach);
  return firstRow(below, drawing, 1) ?? firstRow(above, drawing, -1) ?? [];
}

/** The row nearest to the marks that holds several labels. */
function firstRow(
  texts: readonly PlacedText[],
  drawing: Drawing,
  direction: 1 | -1,
): PlacedText[] | null {
  const sorted = [...texts].sort((one, other) => direction * (one.y - other.y));
  for (const first of sorted) {
    const row = texts.filter(
      (text) => Math.abs(middleY(text) - middleY(first)) < lineUp * drawing.height,
    );
    if (row.length >= 2) return row.sort((one, other) => one.x - other.x);
  }
  return null;
}

/** Labels set close together read as one line that spans the marks: "2021 2022 2023". */
function wideRow(texts: readonly PlacedText[], box: Box, drawing: Drawing): readonly PlacedText[] {
  const found = texts.find(
    (text) =>
      text.width > 0.5 * box.width &&
      text.x > box.x - 0.05 * drawing.width &&
      rightOf(text) < rightOf(box) + 0.05 * drawing.width &&
      middleY(text) > bottomOf(box) &&
      text.y < bottomOf(box) + labelReach * drawing.height &&
      text.text.split(/\s+/u).filter((word) => /\d/u.test(word)).length >= 3,
  );
  return found === undefined ? [] : [found];
}

function columnOf(
  texts: readonly PlacedText[],
  box: Box,
  drawing: Drawing,
  least: number,
): readonly PlacedText[] {
  const reach = labelReach * drawing.width;
  const slack = 0.04 * drawing.height;
  const beside = texts.filter(
    (text) => middleY(text) > box.y - slack && middleY(text) < bottomOf(box) + slack,
  );
  const left = beside.filter(
    (text) => rightOf(text) < box.x + 0.02 * drawing.width && rightOf(text) > box.x - reach,
  );
  // Names stand before their marks; behind them a second axis has numbers, and words are another column.
  const right = beside
    .filter(({ text }) => /\d/u.test(text) && text.length <= numberCharactersMax)
    .filter(
      (text) => text.x > rightOf(box) - 0.02 * drawing.width && text.x < rightOf(box) + reach,
    );
  return bestColumn(left, drawing, least) ?? bestColumn(right, drawing, least) ?? [];
}

/** The largest set of texts with one edge in common. */
function bestColumn(
  texts: readonly PlacedText[],
  drawing: Drawing,
  least: number,
): PlacedText[] | null {
  let best: PlacedText[] = [];
  for (const first of texts) {
    for (const edge of [rightOf, (box: Box) => box.x, middleX]) {
      const column = texts.filter(
        (text) => Math.abs(edge(text) - edge(first)) < lineUp * drawing.width,
      );
      if (column.length > best.length) best = column;
    }
  }
  return best.length >= least ? best.sort((one, other) => one.y - other.y) : null;
}

/** Whether labels or drawn axes say that marks are data: without them a curve is an ornament. */
export function hasAxes(group: MarkGroup, drawing: Drawing): boolean {
  const labels = axisLabelsOf(group, drawing);
  const numbers = labels.y.filter((text) => /\d/u.test(text) && text.length <= numberCharactersMax);
  if (labels.x.length >= 3 || numbers.length >= 2) return true;
  return axisLines(group.box, drawing) > 0;
}

/** Long thin lines under or beside the marks, or behind them as a grid. */
function axisLines(box: Box, drawing: Drawing): number {
  const [dx, dy] = [0.05 * drawing.width, 0.05 * drawing.height];
  return drawing.shapes.filter((shape) => {
    const inside =
      shape.x > box.x - dx &&
      rightOf(shape) < rightOf(box) + 2 * dx &&
      shape.y > box.y - 2 * dy &&
      bottomOf(shape) < bottomOf(box) + dy;
    const flat = shape.height < 2.5 && shape.width > 0.8 * box.width;
    const upright = shape.width < 2.5 && shape.height > 0.8 * box.height;
    return inside && (flat || upright);
  }).length;
}
