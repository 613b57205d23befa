import { type Glyph, isRightToLeft, type Mark, medianOf, rowOverlap, unionOf } from "./glyph.ts";
import { inReadingOrder } from "./order.ts";
import { fractionBox, type Orientation, turnBox } from "./orientation.ts";
import type { Box, TextLine } from "./types.ts";
import { gapBefore, textOf } from "./words.ts";

/** A wider gap, in font sizes, parts columns and table cells: 2.5 characters of half a size each. */
const columnGap = 1.25;
/** The sign of a list belongs to the line after it, though a tab lies between. */
const bulletGap = 4;
/** Joining runs looks at pairs; a page with more runs than this is a map, not a slide. */
const runsMax = 3000;

interface Run {
  readonly marks: readonly Mark[];
  readonly box: Box;
  readonly size: number;
}

/** Characters to lines in reading order. Gaps wider than about 2.5 characters part a line in two. */
export function linesOf(glyphs: readonly Glyph[], page: Orientation): TextLine[] {
  const byTurns: readonly Glyph[][] = [[], [], [], []];
  for (const glyph of glyphs) byTurns[glyph.turns]?.push(glyph);
  const most = Math.max(...byTurns.map((some) => some.length));
  const mainTurns = byTurns.findIndex((some) => some.length === most);
  const lines = byTurns.flatMap((some, turns) =>
    runsOf(some, turns, page).flatMap((run) => lineOf(run, turns, page)),
  );
  return orderAs(withoutDoubles(lines), mainTurns, page);
}

/** Reading order as for a page held so that most of its text stands upright. */
function orderAs(lines: readonly TextLine[], turns: number, page: Orientation): TextLine[] {
  const aspect = page.widthPoints / page.heightPoints;
  const laid = lines.map((line) => ({ ...turnBox(line, 4 - turns, 1, 1), line }));
  return inReadingOrder(laid, turns % 2 === 0 ? aspect : 1 / aspect).map(({ line }) => line);
}

/** A line drawn twice, a hair apart, is a way to make it bold. */
function withoutDoubles(lines: readonly TextLine[]): TextLine[] {
  const seen = new Map<string, TextLine[]>();
  return lines.filter((line) => {
    const twins = seen.get(line.text) ?? [];
    seen.set(line.text, twins);
    const near = 0.15 * line.size;
    const isDouble = twins.some(
      (twin) => Math.abs(twin.x - line.x) < near && Math.abs(twin.y - line.y) < near,
    );
    if (!isDouble) twins.push(line);
    return !isDouble;
  });
}

/** Text of one direction, laid so that it reads left to right. */
function runsOf(glyphs: readonly Glyph[], turns: number, page: Orientation): Run[] {
  const laid = (box: Box): Box => turnBox(box, 4 - turns, page.widthPoints, page.heightPoints);
  return joinRuns(splitRuns(marksOf(glyphs, laid)));
}

function lineOf(run: Run, turns: number, page: Orientation): TextLine[] {
  const text = textOf(run.marks);
  if (text === "") return [];
  // Laid text stands on a sheet of swapped sides when it was turned a quarter.
  const [width, height] =
    turns % 2 === 0 ? [page.widthPoints, page.heightPoints] : [page.heightPoints, page.widthPoints];
  const box = fractionBox(page, turnBox(run.box, turns, width, height));
  const bold = run.marks.filter((mark) => mark.bold).length * 2 > run.marks.length;
  const font = mostOf(run.marks.map((mark) => mark.font));
  return [{ ...box, text, size: run.size / page.heightPoints, bold, font }];
}

function mostOf(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best), ["", 0])[0];
}

/** Drops blanks, remembering each on the mark that follows. */
function marksOf(glyphs: readonly Glyph[], laid: (box: Box) => Box): Mark[] {
  const marks: Mark[] = [];
  let spaceBefore: Glyph["space"] = "none";
  // Named one by one: copying the rest of an object is slow, and a page has thousands.
  for (const { text, box, size, bold, font, space, turns } of glyphs) {
    if (space !== "none") {
      if (spaceBefore !== "real") spaceBefore = space;
      continue;
    }
    marks.push({ text, box: laid(box), size, bold, font, turns, spaceBefore });
    spaceBefore = "none";
  }
  return marks;
}

/** Cuts the order of the file where it leaves the row, jumps back, or leaves a column's gap. */
function splitRuns(marks: readonly Mark[]): Run[] {
  const runs: Mark[][] = [];
  for (const mark of marks) {
    const run = runs.at(-1);
    const before = run?.at(-1);
    if (run !== undefined && before !== undefined && follows(before, mark)) run.push(mark);
    else runs.push([mark]);
  }
  return runs.map(runOf);
}

function follows(before: Mark, mark: Mark): boolean {
  return (
    rowOverlap(before.box, mark.box) >= 0.5 &&
    isLikeSize(before.size, mark.size) &&
    isNear(gapBefore(before, mark))
  );
}

const isNear = (gap: number): boolean => gap > -0.5 && gap < columnGap;
const isLikeSize = (one: number, other: number): boolean =>
  Math.max(one, other) <= 2.2 * Math.min(one, other);

function runOf(marks: readonly Mark[]): Run {
  return {
    marks,
    box: unionOf(marks.map((mark) => mark.box)),
    size: medianOf(marks.map((mark) => mark.size)),
  };
}

/** Files may draw a line in pieces and in any order; pieces that touch on one row become one run. */
function joinRuns(runs: readonly Run[]): Run[] {
  if (runs.length > runsMax) return [...runs];
  const joined: Run[] = [];
  for (const run of [...runs].sort((one, other) => one.box.x - other.box.x)) {
    const at = joined.findIndex((left) => joins(left, run));
    const left = joined[at];
    if (left === undefined) joined.push(run);
    else
      joined[at] = runOf(
        rightToLeft(run) ? [...run.marks, ...left.marks] : [...left.marks, ...run.marks],
      );
  }
  return joined;
}

function joins(left: Run, right: Run): boolean {
  const gap = (right.box.x - left.box.x - left.box.width) / Math.min(left.size, right.size);
  return (
    rowOverlap(left.box, right.box) >= 0.6 &&
    isLikeSize(left.size, right.size) &&
    gap > -0.3 &&
    gap < (isBullet(left) ? bulletGap : columnGap)
  );
}

const isBullet = ({ marks }: Run): boolean =>
  marks.length === 1 && /[•●○◦▪■□▸►➢✓✔–·*-]/u.test(marks[0]?.text ?? "");

const rightToLeft = (run: Run): boolean =>
  run.marks.filter((mark) => isRightToLeft(mark.text)).length * 2 > run.marks.length;
