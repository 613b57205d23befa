import { PDFiumLibrary } from "@hyzyla/pdfium";

/** A place in PDFium's memory, or a handle. 0 means none. */
export type Pointer = number;

/**
 * PDFium's own calls, as far as they are used here. The package types only a part of them; the rest
 * is there at run time under these names. Numbers returned as truth values are 0 or not.
 */
export interface Pdfium {
  readonly HEAPU8: Uint8Array;
  /** Where calls write small answers to. Read it before the next call. */
  readonly scratch: Scratch;
  readonly wasmExports: {
    malloc(bytes: number): Pointer;
    free(at: Pointer): void;
    readonly __indirect_function_table: { set(place: number, call: unknown): void };
  };
  _FPDF_SaveAsCopy(doc: Pointer, fileWrite: Pointer, flags: number): number;
  _FPDF_LoadMemDocument(data: Pointer, bytes: number, password: Pointer): Pointer;
  _FPDF_GetLastError(): number;
  _FPDF_GetPageCount(doc: Pointer): number;
  _FPDF_GetPageSizeByIndexF(doc: Pointer, index: number, size: Pointer): number;
  _FPDF_LoadPage(doc: Pointer, index: number): Pointer;
  _FPDF_ClosePage(page: Pointer): void;
  _FPDF_GetPageWidthF(page: Pointer): number;
  _FPDF_GetPageHeightF(page: Pointer): number;
  _FPDF_GetPageBoundingBox(page: Pointer, rect: Pointer): number;
  _FPDFPage_GetRotation(page: Pointer): number;
  _FPDFPage_GetMediaBox(page: Pointer, l: Pointer, b: Pointer, r: Pointer, t: Pointer): number;
  _FPDFPage_CountObjects(page: Pointer): number;
  _FPDFPage_GetObject(page: Pointer, index: number): Pointer;
  _FPDFPage_GetAnnotCount(page: Pointer): number;
  _FPDFPageObj_GetType(object: Pointer): number;
  _FPDFPageObj_GetBounds(object: Pointer, l: Pointer, b: Pointer, r: Pointer, t: Pointer): number;
  _FPDFPageObj_GetMatrix(object: Pointer, matrix: Pointer): number;
  _FPDFFormObj_CountObjects(form: Pointer): number;
  _FPDFFormObj_GetObject(form: Pointer, index: number): Pointer;
  _FPDFTextObj_GetFont(text: Pointer): Pointer;
  _FPDFFont_GetIsEmbedded(font: Pointer): number;
  _FPDFFont_GetBaseFontName(font: Pointer, buffer: Pointer, bytes: number): number;
  _FPDFFont_GetWeight(font: Pointer): number;
  _FPDFFont_GetFlags(font: Pointer): number;
  _FPDFImageObj_GetImagePixelSize(image: Pointer, width: Pointer, height: Pointer): number;
  _FPDFPageObj_GetFillColor(o: Pointer, r: Pointer, g: Pointer, b: Pointer, a: Pointer): number;
  _FPDFPageObj_GetStrokeColor(o: Pointer, r: Pointer, g: Pointer, b: Pointer, a: Pointer): number;
  _FPDFPath_GetDrawMode(path: Pointer, fillMode: Pointer, stroke: Pointer): number;
  _FPDFPath_CountSegments(path: Pointer): number;
  _FPDFPath_GetPathSegment(path: Pointer, index: number): Pointer;
  _FPDFPathSegment_GetPoint(segment: Pointer, x: Pointer, y: Pointer): number;
  _FPDFPathSegment_GetType(segment: Pointer): number;
  _FPDFPathSegment_GetClose(segment: Pointer): number;
  _FPDFText_LoadPage(page: Pointer): Pointer;
  _FPDFText_ClosePage(text: Pointer): void;
  _FPDFText_CountChars(text: Pointer): number;
  _FPDFText_GetUnicode(text: Pointer, index: number): number;
  _FPDFText_IsGenerated(text: Pointer, index: number): number;
  _FPDFText_IsHyphen(text: Pointer, index: number): number;
  _FPDFText_HasUnicodeMapError(text: Pointer, index: number): number;
  _FPDFText_GetFontSize(text: Pointer, index: number): number;
  _FPDFText_GetMatrix(text: Pointer, index: number, matrix: Pointer): number;
  _FPDFText_GetCharAngle(text: Pointer, index: number): number;
  _FPDFText_GetLooseCharBox(text: Pointer, index: number, rect: Pointer): number;
  _FPDFText_GetTextObject(text: Pointer, index: number): Pointer;
  _FPDFBitmap_CreateEx(
    width: number,
    height: number,
    format: number,
    data: Pointer,
    stride: number,
  ): Pointer;
  _FPDFBitmap_FillRect(
    bitmap: Pointer,
    x: number,
    y: number,
    width: number,
    height: number,
    colour: number,
  ): void;
  _FPDFBitmap_Destroy(bitmap: Pointer): void;
  _FPDF_RenderPageBitmap(
    bitmap: Pointer,
    page: Pointer,
    x: number,
    y: number,
    width: number,
    height: number,
    rotate: number,
    flags: number,
  ): void;
}

export const objectTypes = { text: 1, path: 2, image: 3, shading: 4, form: 5 } as const;

/** A fixed piece of PDFium's memory, as floats and as whole numbers of 32 bits. */
export interface Scratch {
  readonly at: Pointer;
  readonly floats: Float32Array;
  readonly words: Uint32Array;
}

const scratchBytes = 64;

interface EmscriptenModule {
  readonly HEAPU8: Uint8Array;
  readonly wasmExports: Pdfium["wasmExports"] & Readonly<Record<string, unknown>>;
}

export async function loadPdfium(): Promise<Pdfium> {
  const library = await PDFiumLibrary.init();
  const { module } = library as unknown as { readonly module: EmscriptenModule };
  return directly(module);
}

/** PDFium's calls without the checks that the package wraps around each: a page makes tens of thousands. */
function directly(module: EmscriptenModule): Pdfium {
  const calls = Object.entries(module.wasmExports).map(([name, call]) => [`_${name}`, call]);
  const { wasmExports } = module;
  const at = wasmExports.malloc(scratchBytes);
  if (at === 0) throw new OutOfMemory(scratchBytes);
  let views = scratchAt(module.HEAPU8, at);
  const memory = {
    wasmExports,
    // The heap moves when it grows.
    get HEAPU8() {
      return module.HEAPU8;
    },
    get scratch() {
      if (views.floats.buffer !== module.HEAPU8.buffer) views = scratchAt(module.HEAPU8, at);
      return views;
    },
  };
  return Object.assign(memory, Object.fromEntries(calls)) as Pdfium;
}

const scratchAt = ({ buffer }: Uint8Array, at: Pointer): Scratch => ({
  at,
  floats: new Float32Array(buffer, at, scratchBytes / 4),
  words: new Uint32Array(buffer, at, scratchBytes / 4),
});

/** PDFium's memory cannot grow any more. */
export class OutOfMemory extends Error {
  constructor(bytes: number) {
    super(`PDFium has no memory for ${bytes} bytes.`);
  }
}

/** Addresses have 32 bits with a sign; a larger request would wrap round and be granted. */
const requestMax = 2 ** 31 - 1;

/** A piece of PDFium's memory that is never given back. */
export function takeMemory(pdfium: Pdfium, bytes: number): Pointer {
  const at = bytes > requestMax ? 0 : pdfium.wasmExports.malloc(bytes);
  if (at === 0) throw new OutOfMemory(bytes);
  return at;
}

/** A piece of PDFium's memory for the time of one call. */
export function withMemory<T>(pdfium: Pdfium, bytes: number, use: (at: Pointer) => T): T {
  const at = takeMemory(pdfium, bytes);
  try {
    return use(at);
  } finally {
    pdfium.wasmExports.free(at);
  }
}
