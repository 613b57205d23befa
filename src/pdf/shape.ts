import type { Box } from "./types.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The circle a curve is a part of. */
export interface Arc extends Point {
  readonly radius: number;
}

/** One closed or open run of a drawn path. Points on the shown page, origin top left. */
export interface Shape extends Box {
  /** Ends of its segments in order; empty where they were not read (too small, or too many). */
  readonly points: readonly Point[];
  /** Circles of its curves, as far as they are parts of circles. */
  readonly arcs: readonly Arc[];
  readonly curves: number;
  /** 0xRRGGBB, or null when it is not filled or not stroked. */
  readonly fill: number | null;
  readonly stroke: number | null;
}

/** Edges closer than this, in points, are one: pixels of rounding and hairlines between cells. */
const nearPoints = 1;

export const isNear = (one: number, other: number, slack = nearPoints): boolean =>
  Math.abs(one - other) <= slack;

/** Every straight side runs along an axis; corners may be round. */
export function isRectangle({ points, curves, width, height }: Shape): boolean {
  if (points.length < 4 || curves > 4 || width === 0 || height === 0) return false;
  const sides = points
    .slice(1)
    .map((point, index) => ({ from: points[index] ?? point, to: point }));
  const upright = sides.filter(
    ({ from, to }) => isNear(from.x, to.x, 0.5) || isNear(from.y, to.y, 0.5),
  );
  return upright.length >= sides.length - curves && sides.length - curves >= 2;
}

/** Two cubic normals meet in the middle of the circle, when the curve is a part of one. */
export function arcOf(from: Point, control: Point, second: Point, to: Point): Arc | null {
  const [ax, ay] = [control.x - from.x, control.y - from.y];
  const [bx, by] = [to.x - second.x, to.y - second.y];
  // (m - from) . a = 0 and (m - to) . b = 0
  const determinant = ax * by - ay * bx;
  const scale = Math.hypot(ax, ay) * Math.hypot(bx, by);
  if (scale < 1e-9 || Math.abs(determinant) < 0.02 * scale) return null;
  const first = ax * from.x + ay * from.y;
  const last = bx * to.x + by * to.y;
  const x = (first * by - ay * last) / determinant;
  const y = (ax * last - first * bx) / determinant;
  const radius = Math.hypot(from.x - x, from.y - y);
  const other = Math.hypot(to.x - x, to.y - y);
  return Math.abs(radius - other) <= 0.03 * radius ? { x, y, radius } : null;
}
