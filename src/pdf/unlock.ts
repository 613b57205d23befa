import { openReader } from "./document.ts";
import { defaultPdfLimits } from "./limits.ts";
import { preflight } from "./preflight.ts";
import { processEach } from "./readers.ts";
import type { PdfLimits } from "./types.ts";

/**
 * Writes a copy of a locked PDF that needs no password, to a file that does not exist yet. The password goes
 * to the reader's process by message only: no argument, environment, file or log holds it.
 * @returns false when the file needs no password; then nothing is written
 * @throws AppError PDF_PASSWORD_WRONG, PDF_DAMAGED, and what `openPdf` throws
 */
export async function unlockPdf(
  file: string,
  target: string,
  password: string,
  limits: PdfLimits = defaultPdfLimits,
  signal?: AbortSignal,
): Promise<boolean> {
  await preflight(file, limits);
  // Opening tries without a password first: most files that come with one do not need it.
  const lock = { target, password: password.normalize("NFKC") };
  const { reader, opened } = await openReader(processEach, { file, limits, signal, lock });
  await reader.kill();
  return opened.unlocked;
}
