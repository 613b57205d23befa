import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { AppError } from "../errors/app-error.ts";
import { sizeText } from "./draw.ts";
import type { Lock, Opened, PageSize } from "./messages.ts";
import { type Pdfium, type Pointer, takeMemory, withMemory } from "./pdfium.ts";
import { saveWithoutPassword } from "./save-copy.ts";
import type { PdfLimits } from "./types.ts";

const passwordError = 4;
const securityError = 5;

/** US Letter: what PDFium gives a page that names no size. */
const assumedSize = { width: 612, height: 792 };

/**
 * Opens a file for good: its bytes stay in PDFium's memory until the process ends.
 * @throws AppError PDF_ENCRYPTED, PDF_DAMAGED, PDF_NO_PAGES, PDF_TOO_MANY_PAGES, PAGE_TOO_LARGE
 */
export function openFile(
  pdfium: Pdfium,
  file: string,
  limits: PdfLimits,
  lock?: Lock,
): Opened & { readonly doc: Pointer } {
  const { doc, unlocked } = loadDocument(pdfium, file, lock);
  const pages = pdfium._FPDF_GetPageCount(doc);
  if (pages <= 0) throw new AppError("PDF_NO_PAGES");
  if (pages > limits.pagesMax) throw new AppError("PDF_TOO_MANY_PAGES", `It has ${pages} pages.`);
  return { doc, pages, sizes: soundSizes(pdfium, doc, pages, limits), unlocked };
}

interface Loaded {
  readonly doc: Pointer;
  readonly unlocked: boolean;
}

function loadDocument(pdfium: Pdfium, file: string, lock: Lock | undefined): Loaded {
  const { at, bytes } = readIntoMemory(pdfium, file);
  const load = (password: string): Pointer => {
    const text = Buffer.from(`${password}\0`, "utf8");
    return withMemory(pdfium, text.length, (place) => {
      pdfium.HEAPU8.set(text, place);
      return pdfium._FPDF_LoadMemDocument(at, bytes, place);
    });
  };
  // An empty password opens what is only protected against changes.
  const doc = load("");
  if (doc !== 0) return { doc, unlocked: false };
  const error = pdfium._FPDF_GetLastError();
  if (error === passwordError && lock !== undefined) {
    const opened = load(lock.password);
    if (opened === 0) throw new AppError("PDF_PASSWORD_WRONG");
    if (!saveWithoutPassword(pdfium, opened, lock.target)) throw new AppError("PDF_DAMAGED");
    return { doc: opened, unlocked: true };
  }
  if (error === passwordError) throw new AppError("PDF_ENCRYPTED");
  if (error === securityError) {
    throw new AppError("PDF_ENCRYPTED", "Its kind of protection is not known.");
  }
  throw new AppError("PDF_DAMAGED");
}

/** Straight into PDFium's memory, so that a large file is held once. */
function readIntoMemory(pdfium: Pdfium, file: string): { at: Pointer; bytes: number } {
  const handle = openSync(file, "r");
  try {
    const bytes = fstatSync(handle).size;
    const at = takeMemory(pdfium, bytes);
    let done = 0;
    while (done < bytes) {
      const got = readSync(handle, pdfium.HEAPU8, at + done, bytes - done, done);
      if (got === 0)
        throw new AppError("PDF_DAMAGED", "The file became shorter while it was read.");
      done += got;
    }
    return { at, bytes };
  } finally {
    closeSync(handle);
  }
}

/** One page without a size is a slide that fails later; if all are, there is nothing to read. */
function soundSizes(
  pdfium: Pdfium,
  doc: Pointer,
  pages: number,
  limits: PdfLimits,
): readonly PageSize[] {
  const sizes: PageSize[] = [];
  let sound = 0;
  let assumed = 0;
  for (let index = 0; index < pages; index += 1) {
    const { width, height } = sizeOf(pdfium, doc, index);
    sizes.push({ width, height });
    if (Math.max(width, height) > limits.pointsMax) {
      throw new AppError("PAGE_TOO_LARGE", `Page ${index + 1}: ${sizeText(width, height)}`);
    }
    if (width > 0 && height > 0) sound += 1;
    if (width === assumedSize.width && height === assumedSize.height) assumed += 1;
  }
  if (sound === 0) throw new AppError("PDF_DAMAGED", "No page has a size.");
  if (pages === 1 && assumed === 1 && isNoPage(pdfium, doc)) throw new AppError("PDF_NO_PAGES");
  return sizes;
}

function sizeOf(pdfium: Pdfium, doc: Pointer, index: number): PageSize {
  if (!pdfium._FPDF_GetPageSizeByIndexF(doc, index, pdfium.scratch.at))
    return { width: 0, height: 0 };
  const [width = 0, height = 0] = pdfium.scratch.floats;
  return { width, height };
}

/** PDFium takes any object at the root of the page tree for a page; one without anything is none. */
function isNoPage(pdfium: Pdfium, doc: Pointer): boolean {
  const page = pdfium._FPDF_LoadPage(doc, 0);
  if (page === 0) return true;
  try {
    const { at } = pdfium.scratch;
    const sized = pdfium._FPDFPage_GetMediaBox(page, at, at + 4, at + 8, at + 12);
    return (
      !sized &&
      pdfium._FPDFPage_CountObjects(page) <= 0 &&
      pdfium._FPDFPage_GetAnnotCount(page) === 0
    );
  } finally {
    pdfium._FPDF_ClosePage(page);
  }
}
