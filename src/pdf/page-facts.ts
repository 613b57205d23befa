import { chartsOf } from "./charts.ts";
import type { Glyph } from "./glyph.ts";
import { linesOf } from "./lines.ts";
import { type Orientation, orientationOf } from "./orientation.ts";
import { fontBook } from "./page-fonts.ts";
import { glyphsOf } from "./page-glyphs.ts";
import { objectsOf } from "./page-objects.ts";
import type { Pdfium, Pointer } from "./pdfium.ts";
import { tablesOf } from "./tables.ts";
import type { PageFacts } from "./types.ts";

/** Everything measured on a loaded page. `page` counts from 1. */
export function factsOf(pdfium: Pdfium, handle: Pointer, page: number): PageFacts {
  const orientation = readOrientation(pdfium, handle);
  const fonts = fontBook(pdfium);
  const objects = objectsOf(pdfium, handle, orientation, fonts);
  const { glyphs, characters, unmapped, undrawn } = glyphsOf(pdfium, handle, orientation, fonts);
  const seen = onPage(glyphs, orientation);
  const lines = linesOf(seen, orientation);
  const charts = chartsOf(objects.shapes, lines, orientation);
  return {
    page,
    widthPoints: orientation.widthPoints,
    heightPoints: orientation.heightPoints,
    lines,
    characters,
    unmapped,
    images: objects.images,
    paths: objects.paths,
    fonts: fonts.used(orientation.heightPoints),
    tables: tablesOf({ shapes: objects.shapes, glyphs: seen, lines, charts, page: orientation }),
    charts,
    fontsMissing: fonts.anyMissing(),
    undrawn,
  };
}

function readOrientation(pdfium: Pdfium, handle: Pointer): Orientation {
  pdfium._FPDF_GetPageBoundingBox(handle, pdfium.scratch.at);
  // The order of this structure is left, top, right, bottom.
  const [left = 0, top = 0, right = 0, bottom = 0] = pdfium.scratch.floats;
  const turns = Math.max(0, pdfium._FPDFPage_GetRotation(handle));
  return orientationOf({ left, bottom, right, top }, turns);
}

/** Text outside the page is not seen, and must not be read. */
const onPage = (glyphs: readonly Glyph[], page: Orientation): Glyph[] =>
  glyphs.filter(({ box }) => {
    const x = box.x + box.width / 2;
    const y = box.y + box.height / 2;
    return x >= 0 && y >= 0 && x <= page.widthPoints && y <= page.heightPoints;
  });
