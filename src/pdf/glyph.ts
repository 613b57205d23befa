import type { Box } from "./types.ts";

/** One character as drawn. Boxes in points on the shown page, origin top left. */
export interface Glyph {
  readonly text: string;
  /** From the font's advance and height, so that neighbours of one word touch. */
  readonly box: Box;
  /** Font size in points, as shown. */
  readonly size: number;
  readonly bold: boolean;
  /** Name of its font. */
  readonly font: string;
  /** `real` stands in the file, `guessed` was put in by PDFium where it saw a gap. */
  readonly space: "none" | "real" | "guessed";
  /** Quarter turns clockwise of the writing direction on the shown page; 0 reads left to right. */
  readonly turns: number;
}

/** A glyph that shows something, with the space that came before it. */
export interface Mark extends Omit<Glyph, "space"> {
  readonly spaceBefore: Glyph["space"];
}

export const rightOf = (box: Box): number => box.x + box.width;
export const bottomOf = (box: Box): number => box.y + box.height;

export function unionOf(boxes: readonly Box[]): Box {
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  const right = Math.max(...boxes.map(rightOf));
  const bottom = Math.max(...boxes.map(bottomOf));
  return { x, y, width: right - x, height: bottom - y };
}

export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}

/** Hebrew, Arabic and their presentation forms. */
export const isRightToLeft = (text: string): boolean =>
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/u.test(text);

/** Share of the smaller height that two boxes have in common; negative when they are apart. */
export function rowOverlap(one: Box, other: Box): number {
  const common = Math.min(bottomOf(one), bottomOf(other)) - Math.max(one.y, other.y);
  return common / Math.max(1e-6, Math.min(one.height, other.height));
}
