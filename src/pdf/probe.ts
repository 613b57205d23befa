import { type OpenOptions, openPdf } from "./document.ts";
import { defaultPdfLimits } from "./limits.ts";
import { preflight, sha256Of } from "./preflight.ts";
import type { PdfLimits, Probe } from "./types.ts";

/**
 * Whether a file can be read, and what identifies it. Cheap refusals come first.
 * @throws AppError as `openPdf` does
 */
export async function probe(
  file: string,
  limits: PdfLimits = defaultPdfLimits,
  options: OpenOptions = {},
): Promise<Probe> {
  const { bytes } = await preflight(file, limits);
  const document = await openPdf(file, limits, options);
  await document.close();
  return { pages: document.pages, bytes, sha256: await sha256Of(file, options.signal) };
}
