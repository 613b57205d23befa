/**
 * What the PDF reader gives. Boxes are in fractions of the page (0..1), origin top left, so that
 * nothing downstream depends on points or pixels.
 */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A line of text in reading order. `size` = font size as a fraction of the page's height. */
export interface TextLine extends Box {
  readonly text: string;
  readonly size: number;
  readonly bold: boolean;
  /** Most of its letters: a name of `PageFacts.fonts`. Absent where it is not known, as after OCR. */
  readonly font?: string;
}

/** A font as a page uses it. */
export interface PageFont {
  /** As the file names it, without the tag of a subset: `Montserrat-Bold`. "" when it has no name. */
  readonly name: string;
  readonly bold: boolean;
  readonly italic: boolean;
  /** Its shapes are in the file. Without them it is drawn in another font, or not at all. */
  readonly embedded: boolean;
  /** Characters of this page that are set in it, blanks not counted. */
  readonly characters: number;
  /** Sizes it is used in, as fractions of the page's height, smallest first, at most 20. */
  readonly sizes: readonly number[];
}

/** A placed picture. */
export interface PageImage extends Box {
  /** Of the stored picture, before it is placed: few pixels in a large box are seen as blur. */
  readonly widthPixels: number;
  readonly heightPixels: number;
}

/**
 * A table as drawn: `ruled` has lines or cells around its texts, `aligned` only texts in columns.
 * Every row has the same number of cells, each with its text in reading order, "" when it is empty.
 */
export interface PageTable extends Box {
  readonly kind: "ruled" | "aligned";
  readonly rows: readonly (readonly string[])[];
}

/** A chart drawn of shapes. A chart that is a picture is not found here. */
export interface PageChart extends Box {
  readonly kind: "bar" | "line" | "pie" | "scatter";
  /** Bars, slices, lines or points. */
  readonly marks: number;
  /** Labels along the axis below or above (`xLabels`) and at a side (`yLabels`); none on a pie. */
  readonly xLabels: readonly string[];
  readonly yLabels: readonly string[];
  /** All lines of text in and right around it, labels and legend among them, in reading order. */
  readonly texts: readonly string[];
}

export interface PageFacts {
  /** From 1. */
  readonly page: number;
  /** Points, after rotation. */
  readonly widthPoints: number;
  readonly heightPoints: number;
  readonly lines: readonly TextLine[];
  /** Characters in the text layer, and how many of them have no Unicode mapping. */
  readonly characters: number;
  readonly unmapped: number;
  /** Placed pictures, and the number of drawn runs: a path with several parts counts each. */
  readonly images: readonly PageImage[];
  readonly paths: number;
  /** Most used first. */
  readonly fonts: readonly PageFont[];
  readonly tables: readonly PageTable[];
  readonly charts: readonly PageChart[];
  /** Text objects whose font is not embedded: their glyphs may be drawn wrongly or not at all. */
  readonly fontsMissing: boolean;
  /** Characters for which the built-in renderer has no shapes: beyond Latin, in a missing font. */
  readonly undrawn: number;
}

/** Who drew a page: the built-in renderer, or poppler where that one fails or lacks a font. */
export type Renderer = "pdfium" | "poppler";

export interface RenderedPage {
  readonly page: number;
  /** JPEG, longest edge as asked. */
  readonly jpeg: Buffer;
  readonly widthPixels: number;
  readonly heightPixels: number;
  readonly facts: PageFacts;
  readonly drawnBy: Renderer;
}

/** Every limit has a name, a unit and a default in `defaultPdfLimits`. */
export interface PdfLimits {
  readonly bytesMax: number;
  readonly pagesMax: number;
  readonly openMs: number;
  readonly pageMs: number;
  /** For drawing a page by poppler, after the built-in renderer failed. 0: it is not asked. */
  readonly fallbackMs: number;
  readonly pixelsMax: number;
  /** A page longer or wider than this, in points, is refused. */
  readonly pointsMax: number;
  readonly memoryBytesMax: number;
}

export interface Probe {
  readonly pages: number;
  readonly sha256: string;
  readonly bytes: number;
}

/** An open document in a process of its own. Calls are queued; `close` ends the process. */
export interface PdfDocument {
  readonly pages: number;
  /**
   * Draws a page and reads its text. Throws AppError RENDER_FAILED, PAGE_TOO_LARGE or PDF_TIMEOUT;
   * after a fault the next call runs in a fresh process.
   */
  render(page: number, longEdgePixels: number, signal?: AbortSignal): Promise<RenderedPage>;
  /** What stands on a page, without drawing it. Throws as `render` does, but draws nothing by poppler. */
  read(page: number, signal?: AbortSignal): Promise<PageFacts>;
  close(): Promise<void>;
}
