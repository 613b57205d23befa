import { barChartsOf } from "./chart-bars.ts";
import { axisLabelsOf, linesAround, type MarkGroup } from "./chart-labels.ts";
import { lineChartsOf } from "./chart-lines.ts";
import { pieChartsOf } from "./chart-pies.ts";
import { unionOf } from "./glyph.ts";
import { fractionBox, type Orientation } from "./orientation.ts";
import type { Shape } from "./shape.ts";
import type { Box, PageChart, TextLine } from "./types.ts";

const chartsMax = 12;
/** A larger share of the smaller box in common, and two finds are one chart: bars with a line over them. */
const sameShare = 0.5;

/** The page as charts are looked for: shapes and texts in points on the shown page. */
export interface Drawing {
  readonly shapes: readonly Shape[];
  readonly texts: readonly PlacedText[];
  readonly width: number;
  readonly height: number;
}

export interface PlacedText extends Box {
  readonly text: string;
}

/** Charts that are drawn of shapes: bars, lines, slices and clouds of points. */
export function chartsOf(
  shapes: readonly Shape[],
  lines: readonly TextLine[],
  page: Orientation,
): PageChart[] {
  const { widthPoints: width, heightPoints: height } = page;
  const texts = lines.map((line) => ({
    text: line.text,
    x: line.x * width,
    y: line.y * height,
    width: line.width * width,
    height: line.height * height,
  }));
  const drawing = { shapes, texts, width, height };
  const groups = [...barChartsOf(drawing), ...pieChartsOf(drawing), ...lineChartsOf(drawing)];
  return withoutDoubles(groups)
    .slice(0, chartsMax)
    .map((group) => chartOf(group, drawing, page));
}

function chartOf(group: MarkGroup, drawing: Drawing, page: Orientation): PageChart {
  const axes = group.kind === "pie" ? { x: [], y: [], boxes: [] } : axisLabelsOf(group, drawing);
  const frame = unionOf([group.box, ...axes.boxes]);
  return {
    ...fractionBox(page, frame),
    kind: group.kind,
    marks: group.marks,
    xLabels: axes.x,
    yLabels: axes.y,
    texts: linesAround(frame, drawing).map(({ text }) => text),
  };
}

function withoutDoubles(groups: readonly MarkGroup[]): MarkGroup[] {
  const kept: MarkGroup[] = [];
  for (const group of groups) {
    if (!kept.some((other) => commonShare(other.box, group.box) > sameShare)) kept.push(group);
  }
  return kept;
}

function commonShare(one: Box, other: Box): number {
  const width = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const height = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  if (width <= 0 || height <= 0) return 0;
  return (
    (width * height) / Math.max(1e-6, Math.min(one.width * one.height, other.width * other.height))
  );
}
