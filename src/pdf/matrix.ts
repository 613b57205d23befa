import type { Edges } from "./orientation.ts";

/** PDF's [a b c d e f]: x' = a x + c y + e, y' = b x + d y + f. */
export type Matrix = readonly [number, number, number, number, number, number];

export const identity: Matrix = [1, 0, 0, 1, 0, 0];

/** First `inner`, then `outer`. */
export function compose(inner: Matrix, outer: Matrix): Matrix {
  const [a, b, c, d, e, f] = inner;
  const [k, l, m, n, o, p] = outer;
  return [
    a * k + b * m,
    a * l + b * n,
    c * k + d * m,
    c * l + d * n,
    e * k + f * m + o,
    e * l + f * n + p,
  ];
}

export const moved = (
  [a, b, c, d, e, f]: Matrix,
  x: number,
  y: number,
): { x: number; y: number } => ({
  x: a * x + c * y + e,
  y: b * x + d * y + f,
});

/** The upright edges around what `edges` become. */
export function through(matrix: Matrix, edges: Edges): Edges {
  const corners = [edges.left, edges.right].flatMap((x) =>
    [edges.bottom, edges.top].map((y) => moved(matrix, x, y)),
  );
  const xs = corners.map((corner) => corner.x);
  const ys = corners.map((corner) => corner.y);
  return {
    left: Math.min(...xs),
    right: Math.max(...xs),
    bottom: Math.min(...ys),
    top: Math.max(...ys),
  };
}
