import { hasAxes, type MarkGroup } from "./chart-labels.ts";
import type { Drawing } from "./charts.ts";
import { bottomOf, rightOf, unionOf } from "./glyph.ts";
import { isNear, type Point, type Shape } from "./shape.ts";
import type { Box } from "./types.ts";

/** A line through fewer points is a stroke. */
const pointsMin = 4;
const widthShareMin = 0.12;
const heightShareMin = 0.02;
const dotsMin = 8;
const dotShareMax = 0.03;
/** Looking for the next piece of a line is done for each; a page with more pieces is a drawing. */
const piecesMax = 600;

interface Course {
  readonly box: Box;
  readonly colour: number | null;
}

/** Lines over an axis, areas under them, and clouds of dots. Without an axis they are ornaments. */
export function lineChartsOf(drawing: Drawing): MarkGroup[] {
  const courses = [...coursesOf(drawing), ...joinedPieces(drawing)].filter(({ box }) =>
    isLarge(box, drawing),
  );
  const groups = together(courses.map(({ box }) => box));
  const lines = groups.map(
    (boxes): MarkGroup => ({
      kind: "line",
      box: plotOf(unionOf(boxes), drawing),
      marks: boxes.length,
    }),
  );
  return [...lines, ...cloudsOf(drawing)].filter((group) => hasAxes(group, drawing));
}

/** A corner of two axes, drawn as one line, that holds the marks: a curve need not come near them. */
function plotOf(box: Box, { shapes, width, height }: Drawing): Box {
  const [dx, dy] = [0.05 * width, 0.05 * height];
  const corner = shapes.find(
    (shape) =>
      shape.stroke !== null &&
      shape.points.length === 3 &&
      shape.points.every(
        (point) =>
          (isNear(point.x, shape.x) || isNear(point.x, rightOf(shape))) &&
          isNear(point.y, bottomOf(shape)) !== isNear(point.y, shape.y),
      ) &&
      shape.x < box.x + 1 &&
      shape.x > box.x - 2 * dx &&
      rightOf(shape) > rightOf(box) - dx &&
      rightOf(shape) < rightOf(box) + 2 * dx &&
      shape.y < box.y + dy &&
      bottomOf(shape) > bottomOf(box) - 1,
  );
  return corner === undefined ? box : unionOf([box, corner]);
}

const isLarge = (box: Box, { width, height }: Drawing): boolean =>
  box.width > widthShareMin * width && box.height > heightShareMin * height;

/** Paths that run from left to right without turning back. */
function coursesOf({ shapes }: Drawing): Course[] {
  return shapes.flatMap((shape) => {
    const points = shape.stroke === null ? upperSide(shape) : shape.points;
    return isCourse(points) ? [{ box: shape, colour: shape.stroke ?? shape.fill }] : [];
  });
}

/** The side of a filled area that is data; its foot is a straight line of the full width. */
function upperSide({ points, fill, y, width, height }: Shape): readonly Point[] {
  if (fill === null) return [];
  const isFoot = (point: Point): boolean => y + height - point.y <= 0.01 * height;
  const feet = points.filter(isFoot).map((point) => point.x);
  if (Math.max(...feet) - Math.min(...feet) < 0.95 * width) return [];
  return points.filter((point) => !isFoot(point));
}

function isCourse(points: readonly Point[]): boolean {
  if (points.length < pointsMin) return false;
  const steps = points.slice(1).map((point, at) => ({
    x: point.x - (points[at]?.x ?? 0),
    y: point.y - (points[at]?.y ?? 0),
  }));
  const forward = steps.filter(({ x }) => x > 0).length;
  const back = steps.filter(({ x }) => x < 0).length;
  if (Math.min(forward, back) > 0 || Math.max(forward, back) < pointsMin - 1) return false;
  // Corners of connectors run along the axes; data mostly does not.
  const slanted = steps.filter(({ x, y }) => Math.abs(x) > 0.5 && Math.abs(y) > 0.5).length;
  return slanted >= 2;
}

/** Some programs draw each piece of a line by itself. */
function joinedPieces({ shapes }: Drawing): Course[] {
  const pieces = shapes
    .filter(({ points, stroke }) => points.length === 2 && stroke !== null)
    .slice(0, piecesMax)
    .map(({ points, stroke }) => ({
      points: [...points].sort((one, other) => one.x - other.x),
      colour: stroke,
    }))
    .sort((one, other) => (one.points[0]?.x ?? 0) - (other.points[0]?.x ?? 0));
  const chains: { points: Point[]; colour: number | null }[] = [];
  for (const { points, colour } of pieces) {
    const [from, to] = points;
    if (from === undefined || to === undefined || to.x - from.x < 0.5) continue;
    const chain = chains.find((one) => one.colour === colour && isAt(one.points.at(-1), from));
    if (chain === undefined) chains.push({ points: [from, to], colour });
    else chain.points.push(to);
  }
  return chains
    .filter(({ points }) => isCourse(points))
    .map(({ points, colour }) => ({
      box: unionOf(points.map(({ x, y }) => ({ x, y, width: 0, height: 0 }))),
      colour,
    }));
}

const isAt = (one: Point | undefined, other: Point): boolean =>
  one !== undefined && Math.abs(one.x - other.x) < 1.5 && Math.abs(one.y - other.y) < 1.5;

/** Lines over the same stretch belong to one chart. */
function together(boxes: readonly Box[]): Box[][] {
  const groups: Box[][] = [];
  for (const box of boxes) {
    const group = groups.find(([first]) => first !== undefined && spanTogether(first, box));
    if (group === undefined) groups.push([box]);
    else group.push(box);
  }
  return groups;
}

function spanTogether(one: Box, other: Box): boolean {
  const common = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const gap = Math.max(one.y, other.y) - Math.min(one.y + one.height, other.y + other.height);
  return (
    common > 0.7 * Math.min(one.width, other.width) && gap < Math.max(one.height, other.height)
  );
}

/** Equal small dots, spread in both directions. */
function cloudsOf({ shapes, width, height }: Drawing): MarkGroup[] {
  const dots = shapes.filter(
    (shape) =>
      shape.fill !== null &&
      shape.width > 1 &&
      shape.width < dotShareMax * width &&
      Math.abs(shape.width - shape.height) < 0.15 * shape.width,
  );
  const bySize = new Map<string, Shape[]>();
  for (const dot of dots) {
    const key = `${Math.round(dot.width)}`;
    bySize.set(key, [...(bySize.get(key) ?? []), dot]);
  }
  return [...bySize.values()]
    .filter((group) => group.length >= dotsMin && isSpread(group))
    .map((group) => ({ kind: "scatter" as const, box: unionOf(group), marks: group.length }))
    .filter(({ box }) => box.width > widthShareMin * width && box.height > 0.1 * height);
}

/** Letters stand in rows and bullets in columns; points of data do neither. */
function isSpread(dots: readonly Shape[]): boolean {
  const rows = new Set(dots.map((dot) => Math.round(dot.y / 2)));
  const columns = new Set(dots.map((dot) => Math.round(dot.x / 2)));
  return rows.size > dots.length / 2 && columns.size > dots.length / 2;
}
