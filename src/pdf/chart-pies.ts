import type { MarkGroup } from "./chart-labels.ts";
import type { Drawing } from "./charts.ts";
import { unionOf } from "./glyph.ts";
import type { Arc, Shape } from "./shape.ts";

const slicesMin = 2;
/** A pie smaller than this share of the page's height is an icon. */
const radiusShareMin = 0.05;

interface Slice {
  readonly shape: Shape;
  readonly arc: Arc;
}

/** Slices of one circle: their curves have one middle, and no slice goes around it. */
export function pieChartsOf({ shapes, height }: Drawing): MarkGroup[] {
  const slices = shapes.flatMap((shape) => sliceOf(shape, radiusShareMin * height));
  const groups: Slice[][] = [];
  for (const slice of slices) {
    const group = groups.find(([first]) => first !== undefined && sameCircle(first.arc, slice.arc));
    if (group === undefined) groups.push([slice]);
    else group.push(slice);
  }
  return groups
    .filter((group) => group.length >= slicesMin && coloursOf(group) >= 2 && areApart(group))
    .map((group) => ({
      kind: "pie",
      box: unionOf(group.map(({ shape }) => shape)),
      marks: group.length,
    }));
}

function sliceOf(shape: Shape, radiusMin: number): Slice[] {
  const arc = [...shape.arcs].sort((one, other) => other.radius - one.radius)[0];
  if (arc === undefined || arc.radius < radiusMin) return [];
  // A whole circle lies evenly around its middle; a slice does not.
  const [dx, dy] = [shape.x + shape.width / 2 - arc.x, shape.y + shape.height / 2 - arc.y];
  if (Math.hypot(dx, dy) < 0.04 * arc.radius) return [];
  // A slice is wedged in at the middle or follows the curve back inside: it stays near the circle.
  const reach = Math.max(...shape.points.map(({ x, y }) => Math.hypot(x - arc.x, y - arc.y)));
  return reach <= 1.06 * arc.radius && isWedge(shape, arc) ? [{ shape, arc }] : [];
}

/** It has a corner in the middle (pie) or a second curve about the same middle (ring, or its stroke). */
function isWedge(shape: Shape, arc: Arc): boolean {
  const slack = 0.06 * arc.radius;
  if (shape.points.some(({ x, y }) => Math.hypot(x - arc.x, y - arc.y) < slack)) return true;
  if (shape.fill === null) return true;
  return shape.arcs.some(
    (other) =>
      other.radius < 0.95 * arc.radius && Math.hypot(other.x - arc.x, other.y - arc.y) < slack,
  );
}

const sameCircle = (one: Arc, other: Arc): boolean =>
  Math.hypot(one.x - other.x, one.y - other.y) < 0.08 * one.radius &&
  Math.abs(one.radius - other.radius) < 0.15 * one.radius;

const coloursOf = (group: readonly Slice[]): number =>
  new Set(group.map(({ shape }) => shape.fill ?? shape.stroke)).size;

/** Slices lie in different directions from the middle. */
function areApart(group: readonly Slice[]): boolean {
  const directions = group.map(({ shape, arc }) =>
    Math.round(
      Math.atan2(shape.y + shape.height / 2 - arc.y, shape.x + shape.width / 2 - arc.x) * 8,
    ),
  );
  return new Set(directions).size >= Math.max(2, group.length * 0.6);
}
