import { compose, identity, type Matrix, moved, through } from "./matrix.ts";
import { type Edges, fractionBox, type Orientation, shownBox } from "./orientation.ts";
import type { FontBook } from "./page-fonts.ts";
import { ShapeBook } from "./page-shapes.ts";
import { objectTypes, type Pdfium, type Pointer } from "./pdfium.ts";
import type { Shape } from "./shape.ts";
import type { PageImage } from "./types.ts";

/** Objects looked at on a page, and how deep forms may nest: drawings of CAD size stay bounded. */
const objectsMax = 50_000;
const formDepthMax = 8;

export interface PageObjects {
  readonly images: readonly PageImage[];
  /** Runs of paths, also those that were not kept as shapes. */
  readonly paths: number;
  readonly shapes: readonly Shape[];
}

/** Pictures, drawn shapes and fonts of a loaded page, those inside forms included. */
export function objectsOf(
  pdfium: Pdfium,
  handle: Pointer,
  page: Orientation,
  fonts: FontBook,
): PageObjects {
  const walk = new Walk(pdfium, page, fonts);
  const count = pdfium._FPDFPage_CountObjects(handle);
  for (let index = 0; index < count && !walk.isFull; index += 1) {
    walk.visit(pdfium._FPDFPage_GetObject(handle, index), identity, 0);
  }
  return { images: walk.images, paths: walk.paths, shapes: walk.book.shapes };
}

class Walk {
  readonly images: PageImage[] = [];
  readonly book: ShapeBook;
  paths = 0;
  readonly #pdfium: Pdfium;
  readonly #page: Orientation;
  readonly #fonts: FontBook;
  #seen = 0;

  constructor(pdfium: Pdfium, page: Orientation, fonts: FontBook) {
    this.#pdfium = pdfium;
    this.#page = page;
    this.#fonts = fonts;
    this.book = new ShapeBook(pdfium, page);
  }

  get isFull(): boolean {
    return this.#seen >= objectsMax;
  }

  visit(object: Pointer, outer: Matrix, depth: number): void {
    if (object === 0 || this.isFull) return;
    this.#seen += 1;
    const type = this.#pdfium._FPDFPageObj_GetType(object);
    if (type === objectTypes.path) this.#addPath(object, outer);
    else if (type === objectTypes.text) this.#fonts.ofObject(object);
    else if (type === objectTypes.image) this.#addImage(object, outer);
    else if (type === objectTypes.form && depth < formDepthMax) this.#enter(object, outer, depth);
  }

  #enter(form: Pointer, outer: Matrix, depth: number): void {
    const inner = compose(this.#matrixOf(form), outer);
    const count = Math.min(objectsMax, this.#pdfium._FPDFFormObj_CountObjects(form));
    for (let index = 0; index < count && !this.isFull; index += 1) {
      this.visit(this.#pdfium._FPDFFormObj_GetObject(form, index), inner, depth + 1);
    }
  }

  #addPath(path: Pointer, outer: Matrix): void {
    const edges = this.#boundsOf(path);
    const onPage = ({ x, y }: { x: number; y: number }) => moved(outer, x, y);
    const runs = edges && this.book.add(path, through(outer, edges), this.#matrixOf(path), onPage);
    this.paths += Math.max(1, runs ?? 1);
  }

  #addImage(image: Pointer, outer: Matrix): void {
    const edges = this.#boundsOf(image);
    const box = edges && fractionBox(this.#page, shownBox(this.#page, through(outer, edges)));
    if (!box || box.width <= 0 || box.height <= 0) return;
    this.images.push({ ...box, ...this.#pixelsOf(image) });
  }

  #pixelsOf(image: Pointer): Pick<PageImage, "widthPixels" | "heightPixels"> {
    const { at } = this.#pdfium.scratch;
    const known = this.#pdfium._FPDFImageObj_GetImagePixelSize(image, at, at + 4);
    const [width = 0, height = 0] = this.#pdfium.scratch.words;
    return known
      ? { widthPixels: width, heightPixels: height }
      : { widthPixels: 0, heightPixels: 0 };
  }

  #boundsOf(object: Pointer): Edges | null {
    const { at } = this.#pdfium.scratch;
    if (!this.#pdfium._FPDFPageObj_GetBounds(object, at, at + 4, at + 8, at + 12)) return null;
    const [left = 0, bottom = 0, right = 0, top = 0] = this.#pdfium.scratch.floats;
    return { left, bottom, right, top };
  }

  #matrixOf(object: Pointer): Matrix {
    if (!this.#pdfium._FPDFPageObj_GetMatrix(object, this.#pdfium.scratch.at)) return identity;
    const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = this.#pdfium.scratch.floats;
    return [a, b, c, d, e, f];
  }
}
