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
  /** Embedded pictures and counts of drawn paths, as seen in the page objects. */
  readonly images: readonly Box[];
  readonly paths: number;
  /** Text objects whose font is not embedded: their glyphs may be drawn wrongly or not at all. */
  readonly fontsMissing: boolean;
}

export interface RenderedPage {
  readonly page: number;
  /** JPEG, longest edge as asked. */
  readonly jpeg: Buffer;
  readonly widthPixels: number;
  readonly heightPixels: number;
  readonly facts: PageFacts;
}

/** Every limit has a name, a unit and a default in `defaultPdfLimits`. */
export interface PdfLimits {
  readonly bytesMax: number;
  readonly pagesMax: number;
  readonly openMs: number;
  readonly pageMs: number;
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
  close(): Promise<void>;
}
