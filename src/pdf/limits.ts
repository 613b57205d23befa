import type { PdfLimits } from "./types.ts";

/**
 * Limits of a reader. A page may be far longer than the 14,400 points PDF itself names: real files
 * go beyond that and draw well at a small scale. Above `pointsMax` the numbers are no sizes any more.
 */
export const defaultPdfLimits: PdfLimits = {
  bytesMax: 200 * 1024 * 1024,
  pagesMax: 300,
  openMs: 8_000,
  pageMs: 8_000,
  fallbackMs: 6_000,
  pixelsMax: 12_000_000,
  pointsMax: 100_000,
  memoryBytesMax: 900_000_000,
};
