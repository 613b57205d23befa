import type { Glyph } from "./glyph.ts";
import { linesOf } from "./lines.ts";
import {
  type Edges,
  fractionBox,
  type Orientation,
  orientationOf,
  shownBox,
} from "./orientation.ts";
import { type FontBook, fontBook } from "./page-fonts.ts";
import { glyphsOf } from "./page-glyphs.ts";
import { floatsAt, objectTypes, type Pdfium, type Pointer, withMemory } from "./pdfium.ts";
import type { Box, PageFacts } from "./types.ts";

/** Objects looked at on a page, and how deep forms may nest: drawings of CAD size stay bounded. */
const objectsMax = 50_000;
const formDepthMax = 8;

/** Everything measured on a loaded page. `page` counts from 1. */
export function factsOf(pdfium: Pdfium, handle: Pointer, page: number): PageFacts {
  const orientation = readOrientation(pdfium, handle);
  const fonts = fontBook(pdfium);
  const objects = objectsOf(pdfium, handle, orientation, fonts);
  const { glyphs, characters, unmapped } = glyphsOf(pdfium, handle, orientation, fonts);
  return {
    page,
    widthPoints: orientation.widthPoints,
    heightPoints: orientation.heightPoints,
    lines: linesOf(onPage(glyphs, orientation), orientation),
    characters,
    unmapped,
    images: objects.images,
    paths: objects.paths,
    fontsMissing: fonts.anyMissing(),
  };
}

function readOrientation(pdfium: Pdfium, handle: Pointer): Orientation {
  return withMemory(pdfium, 16, (at) => {
    pdfium._FPDF_GetPageBoundingBox(handle, at);
    // The order of this structure is left, top, right, bottom.
    const [left = 0, top = 0, right = 0, bottom = 0] = floatsAt(pdfium, at, 4);
    const turns = Math.max(0, pdfium._FPDFPage_GetRotation(handle));
    return orientationOf({ left, bottom, right, top }, turns);
  });
}

/** Text outside the page is not seen, and must not be read. */
const onPage = (glyphs: readonly Glyph[], page: Orientation): Glyph[] =>
  glyphs.filter(({ box }) => {
    const x = box.x + box.width / 2;
    const y = box.y + box.height / 2;
    return x >= 0 && y >= 0 && x <= page.widthPoints && y <= page.heightPoints;
  });

type Matrix = readonly [number, number, number, number, number, number];
const identity: Matrix = [1, 0, 0, 1, 0, 0];

interface Objects {
  readonly images: Box[];
  paths: number;
  seen: number;
}

function objectsOf(pdfium: Pdfium, handle: Pointer, page: Orientation, fonts: FontBook): Objects {
  const found: Objects = { images: [], paths: 0, seen: 0 };
  const visit = (object: Pointer, matrix: Matrix, depth: number): void => {
    if (object === 0 || found.seen >= objectsMax) return;
    found.seen += 1;
    const type = pdfium._FPDFPageObj_GetType(object);
    if (type === objectTypes.path) found.paths += 1;
    else if (type === objectTypes.text) fonts.ofObject(object);
    else if (type === objectTypes.image) {
      const edges = boundsOf(pdfium, object);
      const box = edges && fractionBox(page, shownBox(page, through(matrix, edges)));
      if (box && box.width > 0 && box.height > 0) found.images.push(box);
    } else if (type === objectTypes.form && depth < formDepthMax) {
      const inner = compose(matrixOf(pdfium, object), matrix);
      const count = Math.min(objectsMax, pdfium._FPDFFormObj_CountObjects(object));
      for (let index = 0; index < count && found.seen < objectsMax; index += 1) {
        visit(pdfium._FPDFFormObj_GetObject(object, index), inner, depth + 1);
      }
    }
  };
  const count = pdfium._FPDFPage_CountObjects(handle);
  for (let index = 0; index < count && found.seen < objectsMax; index += 1) {
    visit(pdfium._FPDFPage_GetObject(handle, index), identity, 0);
  }
  return found;
}

function boundsOf(pdfium: Pdfium, object: Pointer): Edges | null {
  return withMemory(pdfium, 16, (at) => {
    if (!pdfium._FPDFPageObj_GetBounds(object, at, at + 4, at + 8, at + 12)) return null;
    const [left = 0, bottom = 0, right = 0, top = 0] = floatsAt(pdfium, at, 4);
    return { left, bottom, right, top };
  });
}

function matrixOf(pdfium: Pdfium, object: Pointer): Matrix {
  return withMemory(pdfium, 24, (at) => {
    if (!pdfium._FPDFPageObj_GetMatrix(object, at)) return identity;
    const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = floatsAt(pdfium, at, 6);
    return [a, b, c, d, e, f];
  });
}

/** First `inner`, then `outer`. */
function compose(inner: Matrix, outer: Matrix): Matrix {
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

function through([a, b, c, d, e, f]: Matrix, edges: Edges): Edges {
  const corners = [edges.left, edges.right].flatMap((x) =>
    [edges.bottom, edges.top].map((y) => ({ x: a * x + c * y + e, y: b * x + d * y + f })),
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
