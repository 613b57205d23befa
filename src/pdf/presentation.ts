import { open, readFile } from "node:fs/promises";
import { AppError } from "../errors/app-error.ts";
import { tooLarge } from "../errors/too-large.ts";
import { outsideLink } from "./outside-links.ts";
import { convertBySoffice, findSoffice } from "./soffice.ts";
import type { PdfLimits } from "./types.ts";
import { isZip, unpack, zipEntries } from "./zip.ts";

/** How presentations become PDFs. */
export interface PresentationOptions {
  /** LibreOffice's program; null: looked for where programs usually lie. */
  readonly sofficePath: string | null;
  readonly convertMs: number;
}

type Kind = "pptx" | "odp";

const odfTypes = /^application\/vnd\.oasis\.opendocument\.presentation(-template)?$/;
/** ECMA-376 part 1, 13.3.6, and what PowerPoint writes for shows, templates and files with macros. */
const ooxmlType =
  /ContentType\s*=\s*["']application\/vnd\.(openxmlformats-officedocument\.presentationml\.(presentation|slideshow|template)|ms-powerpoint\.(presentation|slideshow|template)\.macroEnabled)\.main\+xml["']/;
const typeBytesMax = 4 * 1024 * 1024;
/** All that lies in the file, unpacked, may be this many times as large as a file may be. */
const unpackedMost = 2;

/**
 * Writes a presentation (OOXML or ODF, told by what is inside and not by a name) as a PDF to a new file.
 * @returns false when the file is no presentation; then nothing is written
 * @throws AppError PRESENTATION_NOT_SUPPORTED (no LibreOffice), PRESENTATION_FAILED, FILE_TOO_LARGE
 */
export async function presentationToPdf(
  file: string,
  target: string,
  limits: PdfLimits,
  options: PresentationOptions,
): Promise<boolean> {
  const data = await readFile(file);
  if (data.length > limits.bytesMax) throw tooLarge(limits.bytesMax, data.length);
  const kind = await kindOf(data);
  if (kind === null) return false;
  const program = await findSoffice(options.sofficePath);
  if (program === null) throw new AppError("PRESENTATION_NOT_SUPPORTED");
  const reason = await outsideLink(data, limits.bytesMax * unpackedMost);
  if (reason !== null) throw new AppError("PRESENTATION_FAILED", reason);
  const { bytesMax, memoryBytesMax } = limits;
  const bounds = { limitMs: options.convertMs, bytesMax, memoryBytesMax };
  await convertBySoffice({ program, file, kind, target, ...bounds });
  return true;
}

/** A look at its first bytes only. */
export async function mayBePresentation(file: string): Promise<boolean> {
  const handle = await open(file, "r");
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return isZip(buffer.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}

async function kindOf(data: Buffer): Promise<Kind | null> {
  const entries = zipEntries(data) ?? [];
  const textOf = async (name: string): Promise<string> => {
    const entry = entries.find((one) => one.name === name);
    const bytes = entry === undefined ? null : await unpack(data, entry, typeBytesMax);
    return bytes?.toString("utf8") ?? "";
  };
  if (odfTypes.test((await textOf("mimetype")).trim())) return "odp";
  return ooxmlType.test(await textOf("[Content_Types].xml")) ? "pptx" : null;
}
