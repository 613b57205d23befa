import { hasAxes, type MarkGroup } from "./chart-labels.ts";
import type { Drawing, PlacedText } from "./charts.ts";
import { bottomOf, rightOf, unionOf } from "./glyph.ts";
import { isNear, isRectangle, type Shape } from "./shape.ts";
import type { Box } from "./types.ts";

/** A bar by itself is a box; fewer than this are no chart. */
const barsMin = 3;
const barsMax = 400;
const areaShareMax = 0.2;
/** A box that holds more text than a value and a name is a card. */
const textInBarMax = 22;
const sameWidth = 0.08;

/** Bars that stand on one line, have one width, and differ in length; upright or lying. */
export function barChartsOf(drawing: Drawing): MarkGroup[] {
  const upright = standing(drawing);
  const lying = standing(laid(drawing)).map((group) => ({
    ...group,
    box: raisedBox(group.box),
  }));
  return [...upright, ...lying];
}

/** Parts of one bar: a stack, with the places where it changes. */
interface Bar extends Box {
  readonly steps: readonly number[];
}

function standing(drawing: Drawing): MarkGroup[] {
  const rectangles = drawing.shapes.filter((shape) => isBarLike(shape, drawing)).slice(0, barsMax);
  const bars = stacked(rectangles);
  const groups = groupedBy(bars, (one, other) => standTogether(one, other, drawing));
  return groups.flatMap((group) => {
    const apart = withoutOverlap(group);
    if (apart.length < barsMin || !differ(apart)) return [];
    const found: MarkGroup = { kind: "bar", box: unionOf(apart), marks: apart.length };
    const isSure = apart.length >= 4 && lengthsOf(apart) >= 3;
    return isSure || hasAxes(found, drawing) || areLabelled(apart, drawing) ? [found] : [];
  });
}

function isBarLike(shape: Shape, { width, height, texts }: Drawing): boolean {
  if (shape.fill === null || !isRectangle(shape)) return false;
  if (shape.width < 0.004 * width || shape.height < 0.004 * height) return false;
  if (shape.width * shape.height > areaShareMax * width * height) return false;
  const held = texts.filter((text) => isWithin(text, shape));
  // The coloured ground of a line of text is as long as its words, and tells nothing else.
  if (held.some((text) => text.width > 0.6 * shape.width && text.height > 0.4 * shape.height)) {
    return false;
  }
  return held.reduce((sum, { text }) => sum + text.length, 0) <= textInBarMax;
}

const isWithin = (inner: Box, outer: Box): boolean =>
  inner.x + inner.width / 2 > outer.x &&
  inner.x + inner.width / 2 < rightOf(outer) &&
  inner.y + inner.height / 2 > outer.y &&
  inner.y + inner.height / 2 < bottomOf(outer);

/** Rectangles of one place and width that touch from top to bottom are one bar. */
function stacked(rectangles: readonly Shape[]): Bar[] {
  const bars: Bar[] = [];
  for (const part of [...rectangles].sort((one, other) => one.y - other.y)) {
    const slack = Math.max(1.5, 0.05 * part.width);
    const at = bars.findIndex(
      (bar) =>
        isNear(bar.x, part.x, slack) &&
        isNear(bar.width, part.width, slack) &&
        part.y - bottomOf(bar) < slack,
    );
    const bar = bars[at];
    if (bar === undefined) bars.push({ ...boxOf(part), steps: [] });
    else bars[at] = { ...unionOf([bar, part]), steps: [...bar.steps, part.y] };
  }
  return bars;
}

const boxOf = ({ x, y, width, height }: Box): Box => ({ x, y, width, height });

const standTogether = (one: Box, other: Box, { height }: Drawing): boolean =>
  isNear(bottomOf(one), bottomOf(other), 0.006 * height) &&
  Math.abs(one.width - other.width) <= sameWidth * Math.max(one.width, other.width) + 0.5;

function groupedBy<T>(items: readonly T[], together: (one: T, other: T) => boolean): T[][] {
  const groups: T[][] = [];
  for (const item of items) {
    const group = groups.find(([first]) => first !== undefined && together(first, item));
    if (group === undefined) groups.push([item]);
    else group.push(item);
  }
  return groups;
}

/** Side by side; of two at one place (a bar and its shadow or track) the longer one. */
function withoutOverlap(bars: readonly Bar[]): Bar[] {
  const kept: Bar[] = [];
  for (const bar of [...bars].sort((one, other) => one.x - other.x || other.height - one.height)) {
    const last = kept.at(-1);
    if (last === undefined || bar.x >= rightOf(last) - 0.3 * last.width) kept.push(bar);
  }
  return kept;
}

/** Lengths of bars, or the places where equal stacks change, tell different numbers. */
function differ(bars: readonly Bar[]): boolean {
  if (lengthsOf(bars) >= 2) return true;
  const stacks = bars.filter((bar) => bar.steps.length > 0);
  if (stacks.length < bars.length) return false;
  return stacks.some(
    ({ steps }) => !steps.every((step, at) => isNear(step, stacks[0]?.steps[at] ?? 0, 2)),
  );
}

function lengthsOf(bars: readonly Box[]): number {
  const longest = Math.max(...bars.map((bar) => bar.height));
  return new Set(bars.map((bar) => Math.round((bar.height / longest) * 25))).size;
}

/** Most bars have a short text at their foot, at their head or on them. */
function areLabelled(bars: readonly Bar[], { texts, height }: Drawing): boolean {
  const labels = texts.filter(({ text }) => text.length <= textInBarMax);
  const labelled = bars.filter((bar) => labels.some((text) => isLabelOf(text, bar, height)));
  return labelled.length > bars.length / 2;
}

const isLabelOf = (text: PlacedText, bar: Box, height: number): boolean =>
  Math.abs(text.x + text.width / 2 - bar.x - bar.width / 2) < 0.6 * bar.width &&
  text.y + text.height > bar.y - 0.05 * height &&
  text.y < bottomOf(bar) + 0.05 * height;

/** (x, y) becomes (y, -x), so that a left end becomes a foot. */
const laidBox = <T extends Box>(box: T): T => ({
  ...box,
  x: box.y,
  y: -rightOf(box),
  width: box.height,
  height: box.width,
});

const raisedBox = (box: Box): Box => ({
  x: -bottomOf(box),
  y: box.x,
  width: box.height,
  height: box.width,
});

/** Laid on its side, so that lying bars stand on their left end. */
const laid = (drawing: Drawing): Drawing => ({
  width: drawing.height,
  height: drawing.width,
  texts: drawing.texts.map(laidBox),
  shapes: drawing.shapes.map((shape) => ({
    ...laidBox(shape),
    points: shape.points.map(({ x, y }) => ({ x: y, y: -x })),
  })),
});
