import type { Box } from "./types.ts";

/** Edges in PDF page space: points, origin bottom left, before the page's own rotation. */
export interface Edges {
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
  readonly top: number;
}

/** A page as stored (`bounds`), the quarter turns clockwise it is shown with, and its shown size. */
export interface Orientation {
  readonly bounds: Edges;
  readonly turns: number;
  readonly widthPoints: number;
  readonly heightPoints: number;
}

export function orientationOf(bounds: Edges, turns: number): Orientation {
  const width = bounds.right - bounds.left;
  const height = bounds.top - bounds.bottom;
  const upright = turns % 2 === 0;
  return {
    bounds,
    turns,
    widthPoints: upright ? width : height,
    heightPoints: upright ? height : width,
  };
}

/** Edges on the page as a box on the shown page: points, origin top left. */
export function shownBox(page: Orientation, edges: Edges): Box {
  const { bounds } = page;
  const x = Math.min(edges.left, edges.right) - bounds.left;
  const y = bounds.top - Math.max(edges.top, edges.bottom);
  const width = Math.abs(edges.right - edges.left);
  const height = Math.abs(edges.top - edges.bottom);
  const stored = { x, y, width, height };
  const storedWidth = bounds.right - bounds.left;
  const storedHeight = bounds.top - bounds.bottom;
  return turnBox(stored, page.turns, storedWidth, storedHeight);
}

/** Turns a box with its sheet by quarter turns clockwise. Width and height are those of the sheet before. */
export function turnBox(box: Box, turns: number, sheetWidth: number, sheetHeight: number): Box {
  const { x, y, width, height } = box;
  switch (((turns % 4) + 4) % 4) {
    case 1:
      return { x: sheetHeight - y - height, y: x, width: height, height: width };
    case 2:
      return { x: sheetWidth - x - width, y: sheetHeight - y - height, width, height };
    case 3:
      return { x: y, y: sheetWidth - x - width, width: height, height: width };
    default:
      return box;
  }
}

/** Points to fractions of the shown page, cut at its edges. */
export function fractionBox(page: Orientation, box: Box): Box {
  const cut = (value: number): number => Math.min(1, Math.max(0, value));
  const x = cut(box.x / page.widthPoints);
  const y = cut(box.y / page.heightPoints);
  return {
    x,
    y,
    width: cut((box.x + box.width) / page.widthPoints) - x,
    height: cut((box.y + box.height) / page.heightPoints) - y,
  };
}
