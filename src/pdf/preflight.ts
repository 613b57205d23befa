import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { AppError } from "../errors/app-error.ts";
import { tooLarge } from "../errors/too-large.ts";
import type { PdfLimits } from "./types.ts";

/** Readers look for the header in this many bytes; some writers put a mark or a comment before it. */
const headerBytes = 1024;

/**
 * What can be refused without a reader.
 * @throws AppError DOCUMENT_UNAVAILABLE, EMPTY_FILE, FILE_TOO_LARGE, NOT_A_PDF
 */
export async function preflight(file: string, limits: PdfLimits): Promise<{ bytes: number }> {
  const facts = await unlessMissing(stat(file));
  if (!facts.isFile()) throw new AppError("NOT_A_PDF", "It is not a file.");
  if (facts.size === 0) throw new AppError("EMPTY_FILE");
  if (facts.size > limits.bytesMax) {
    throw tooLarge(limits.bytesMax, facts.size);
  }
  if (!(await headOf(file)).includes("%PDF-")) throw new AppError("NOT_A_PDF");
  return { bytes: facts.size };
}

/** SHA-256 of a file in hex, read as a stream. */
export async function sha256Of(file: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  const stream = createReadStream(file, signal === undefined ? {} : { signal });
  const readAll = async (): Promise<void> => {
    for await (const chunk of stream) hash.update(chunk as Buffer);
  };
  await unlessMissing(readAll());
  return hash.digest("hex");
}

async function headOf(file: string): Promise<Buffer> {
  const handle = await unlessMissing(open(file, "r"));
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(headerBytes), 0, headerBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function unlessMissing<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error) || error.name === "AbortError") throw error;
    // The path stays out of the text: details may be shown to anyone.
    throw new AppError("DOCUMENT_UNAVAILABLE", `Reading it failed: ${String(error.code)}.`, {
      cause: error,
    });
  }
}
