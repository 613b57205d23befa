import { type Matrix, moved } from "./matrix.ts";
import { type Edges, fractionBox, type Orientation, shownBox } from "./orientation.ts";
import type { Pdfium, Pointer } from "./pdfium.ts";
import { type Arc, arcOf, type Point, type Shape } from "./shape.ts";

/** Kept of a page: a slide has hundreds, a drawing of a machine hundreds of thousands. */
const shapesMax = 4000;
const segmentsMax = 40_000;
/** A path with more segments is a picture, not a line or a bar. */
const pathSegmentsMax = 1500;
/** A run of more segments, letters of a word drawn as one path, counts as several. */
const runSegmentsMax = 40;
/** Smaller shapes, as a share of the page, are dots or letters: their outline says nothing. */
const outlineShareMin = 0.012;

const segmentTypes = { line: 0, curve: 1, move: 2 } as const;

/** Collects what paths draw. Bounded in shapes and segments, so that no page can make it long. */
export class ShapeBook {
  readonly shapes: Shape[] = [];
  readonly #pdfium: Pdfium;
  readonly #page: Orientation;
  #segments = 0;

  constructor(pdfium: Pdfium, page: Orientation) {
    this.#pdfium = pdfium;
    this.#page = page;
  }

  /**
   * @param edges of the path on the page; `own` and then `outer` lead there from the path's own space
   * @returns how many runs the path has, or about so many
   */
  add(path: Pointer, edges: Edges, own: Matrix, outer: (point: Point) => Point): number {
    const known = this.shapes.length;
    const segments = this.#keep(path, edges, own, outer);
    return Math.max(this.shapes.length - known, Math.ceil(segments / runSegmentsMax));
  }

  /** @returns the segments seen */
  #keep(path: Pointer, edges: Edges, own: Matrix, outer: (point: Point) => Point): number {
    if (this.shapes.length >= shapesMax) return 0;
    const paint = this.#paintOf(path);
    if (paint.fill === null && paint.stroke === null) return 0;
    const box = shownBox(this.#page, edges);
    const share = fractionBox(this.#page, box);
    if (share.width === 0 && share.height === 0) return 0;
    const isSmall = share.width < outlineShareMin && share.height < outlineShareMin;
    const count = isSmall ? 0 : this.#pdfium._FPDFPath_CountSegments(path);
    this.#segments += Math.max(0, count);
    if (count <= 0 || count > pathSegmentsMax || this.#segments > segmentsMax) {
      this.shapes.push({ ...box, points: [], arcs: [], curves: 0, ...paint });
      return Math.max(0, count);
    }
    this.#outline(path, count, (x, y) => this.#shown(outer(moved(own, x, y))), paint);
    return count;
  }

  #shown({ x, y }: Point): Point {
    const { x: shownX, y: shownY } = shownBox(this.#page, { left: x, right: x, bottom: y, top: y });
    return { x: shownX, y: shownY };
  }

  #paintOf(path: Pointer): Pick<Shape, "fill" | "stroke"> {
    const pdfium = this.#pdfium;
    const { at, words } = pdfium.scratch;
    words.fill(0);
    pdfium._FPDFPath_GetDrawMode(path, at, at + 4);
    const [fills, strokes] = [words[0] !== 0, words[1] !== 0];
    const colourOf = (found: number): number | null =>
      // Fully transparent paint is no paint.
      found && words[5] !== 0
        ? ((words[2] ?? 0) << 16) | ((words[3] ?? 0) << 8) | (words[4] ?? 0)
        : null;
    const places = [at + 8, at + 12, at + 16, at + 20] as const;
    const fill = fills ? colourOf(pdfium._FPDFPageObj_GetFillColor(path, ...places)) : null;
    const stroke = strokes ? colourOf(pdfium._FPDFPageObj_GetStrokeColor(path, ...places)) : null;
    return { fill, stroke };
  }

  #outline(
    path: Pointer,
    count: number,
    shown: (x: number, y: number) => Point,
    paint: Pick<Shape, "fill" | "stroke">,
  ): void {
    let run = newRun();
    const flush = (): void => {
      if (run.points.length > 1 && this.shapes.length < shapesMax) {
        this.shapes.push({ ...boxAround(run.points), ...run, ...paint });
      }
      run = newRun();
    };
    let controls: Point[] = [];
    for (let index = 0; index < count; index += 1) {
      const segment = this.#pdfium._FPDFPath_GetPathSegment(path, index);
      const point = this.#pointOf(segment, shown);
      const type = this.#pdfium._FPDFPathSegment_GetType(segment);
      if (type === segmentTypes.move) flush();
      if (type === segmentTypes.curve && controls.length < 2) {
        controls.push(point);
        continue;
      }
      const from = run.points.at(-1);
      const [first, second] = controls;
      if (from !== undefined && first !== undefined && second !== undefined) {
        run.curves += 1;
        const arc = arcOf(from, first, second, point);
        if (arc !== null) run.arcs.push(arc);
      }
      controls = [];
      run.points.push(point);
      const start = run.points[0];
      if (this.#pdfium._FPDFPathSegment_GetClose(segment) && start !== undefined) {
        run.points.push(start);
      }
    }
    flush();
  }

  #pointOf(segment: Pointer, shown: (x: number, y: number) => Point): Point {
    const { at, floats } = this.#pdfium.scratch;
    this.#pdfium._FPDFPathSegment_GetPoint(segment, at, at + 4);
    return shown(floats[0] ?? 0, floats[1] ?? 0);
  }
}

const newRun = (): { points: Point[]; arcs: Arc[]; curves: number } => ({
  points: [],
  arcs: [],
  curves: 0,
});

function boxAround(points: readonly Point[]): Pick<Shape, "x" | "y" | "width" | "height"> {
  const xs = points.map((point) => point.x);
  const ys = points.map((point) => point.y);
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}
