import type { PackLimits } from "../db/packs.ts";
import { AppError } from "../errors/app-error.ts";

/** @throws AppError PDF_TOO_MANY_PAGES when a document is longer than its pack takes */
export function checkPages(pages: number, { pack, slidesMax }: PackLimits): void {
  if (pages <= slidesMax) return;
  const detail = `It has ${pages} pages, and the pack ${pack} takes ${slidesMax}.`;
  throw new AppError("PDF_TOO_MANY_PAGES", detail);
}
