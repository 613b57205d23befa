import { AppError } from "../../src/errors/app-error.ts";
import type { OpenOptions, PdfDocument, PdfLimits } from "../../src/pdf/index.ts";
import type { Outcome } from "./catalogue.ts";

export type Open = (
  file: string,
  limits?: PdfLimits,
  options?: OpenOptions,
) => Promise<PdfDocument>;

export interface ReadOptions {
  readonly pagesMax: number;
  readonly longEdgePixels: number;
}

/**
 * Opens a file as a worker does, draws its first pages and reads what stands on them. What is no refusal of
 * ours is thrown: it is a fault of the product.
 */
export async function readFileWith(
  open: Open,
  file: string,
  { pagesMax, longEdgePixels }: ReadOptions,
): Promise<Outcome> {
  let document: PdfDocument;
  try {
    document = await open(file);
  } catch (error) {
    return { pages: 0, failed: [], refused: codeOf(error) };
  }
  const failed: string[] = [];
  try {
    for (let page = 1; page <= Math.min(pagesMax, document.pages); page += 1) {
      await document.render(page, longEdgePixels).catch((error) => {
        failed.push(codeOf(error));
      });
    }
  } finally {
    await document.close();
  }
  return { pages: document.pages, failed, refused: "" };
}

/** Built and source modules have classes of their own, so an error is known by its code. */
function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const isOurs = error instanceof AppError || (error as Error)?.name === "AppError";
  if (!isOurs || typeof code !== "string" || code === "INTERNAL") throw error;
  return code;
}
