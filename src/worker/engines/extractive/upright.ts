import type { Box, PageFacts, TextLine } from "../../../pdf/types.ts";

/** How the text of a page is turned against the page: slides laid sideways on a portrait sheet. */
export type Turn = "none" | "clockwise" | "counterclockwise";

const longText = 8;

/** Told by tall, narrow boxes; the side that comes first in reading order tells the direction. */
export function turnOf(lines: readonly TextLine[], facts: PageFacts): Turn {
  const aspect = facts.widthPoints / Math.max(1, facts.heightPoints);
  const telling = lines.filter((line) => line.text.length >= longText);
  const tall = telling.filter((line) => line.height > 2 * line.width * aspect);
  if (telling.length < 2 || tall.length < telling.length * 0.7) return "none";
  const steps = tall.slice(1).map((line, index) => line.x - (tall[index]?.x ?? line.x));
  const down = steps.filter((step) => step < 0).length;
  return down >= steps.length / 2 ? "clockwise" : "counterclockwise";
}

function turnBox<T extends Box>(box: T, turn: Turn): T {
  if (turn === "none") return box;
  const { x, y, width, height } = box;
  const turned = { ...box, width: height, height: width };
  return turn === "clockwise"
    ? { ...turned, x: y, y: 1 - x - width }
    : { ...turned, x: 1 - y - height, y: x };
}

/** The box as a reader who turned the sheet sees it. `scale` is the page's height by its width. */
export const toUpright = (line: TextLine, turn: Turn, scale: number): TextLine =>
  turn === "none" ? line : { ...turnBox(line, turn), size: line.size * scale };

/** Back onto the sheet. */
export function toSheet<T extends Box & { readonly size: number }>(
  box: T,
  turn: Turn,
  scale: number,
): T {
  if (turn === "none") return box;
  const opposite = turn === "clockwise" ? "counterclockwise" : "clockwise";
  return { ...turnBox(box, opposite), size: box.size / scale };
}
