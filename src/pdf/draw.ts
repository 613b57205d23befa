import { AppError } from "../errors/app-error.ts";
import type { Bitmap } from "./messages.ts";
import { type Pdfium, type Pointer, withMemory } from "./pdfium.ts";
import type { PdfLimits } from "./types.ts";

const bgr = 2;
const drawAnnotations = 0x01;
const redFirst = 0x10;
const white = 0xffffffff;

/** Pixels of a page whose longest edge is `longEdgePixels`, or less where that passes `pixelsMax`. */
export function pixelSize(
  widthPoints: number,
  heightPoints: number,
  longEdgePixels: number,
  pixelsMax: number,
): { width: number; height: number } {
  const wanted = longEdgePixels / Math.max(widthPoints, heightPoints);
  const allowed = Math.sqrt(pixelsMax / (widthPoints * heightPoints));
  const scale = Math.min(wanted, allowed);
  return {
    width: Math.max(1, Math.floor(widthPoints * scale + 1e-6)),
    height: Math.max(1, Math.floor(heightPoints * scale + 1e-6)),
  };
}

/**
 * Draws a loaded page on white.
 * @throws AppError RENDER_FAILED (no size), PAGE_TOO_LARGE
 */
export function drawPage(
  pdfium: Pdfium,
  page: Pointer,
  longEdgePixels: number,
  limits: PdfLimits,
): Bitmap {
  const widthPoints = pdfium._FPDF_GetPageWidthF(page);
  const heightPoints = pdfium._FPDF_GetPageHeightF(page);
  if (!(widthPoints > 0 && heightPoints > 0)) {
    throw new AppError("RENDER_FAILED", "The page has no size.");
  }
  if (Math.max(widthPoints, heightPoints) > limits.pointsMax) {
    throw new AppError("PAGE_TOO_LARGE", sizeText(widthPoints, heightPoints));
  }
  const { width, height } = pixelSize(widthPoints, heightPoints, longEdgePixels, limits.pixelsMax);
  const stride = width * 3;
  return withMemory(pdfium, stride * height, (at) => {
    const bitmap = pdfium._FPDFBitmap_CreateEx(width, height, bgr, at, stride);
    if (bitmap === 0) throw new AppError("RENDER_FAILED", "There was no memory for the picture.");
    try {
      pdfium._FPDFBitmap_FillRect(bitmap, 0, 0, width, height, white);
      const flags = drawAnnotations | redFirst;
      pdfium._FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, flags);
      const pixels = pdfium.HEAPU8.slice(at, at + stride * height);
      return { pixels, widthPixels: width, heightPixels: height };
    } finally {
      pdfium._FPDFBitmap_Destroy(bitmap);
    }
  });
}

export const sizeText = (widthPoints: number, heightPoints: number): string =>
  `It measures ${Math.round(widthPoints)} x ${Math.round(heightPoints)} points.`;
