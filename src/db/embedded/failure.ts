import { open, stat } from "node:fs/promises";
import { AppError } from "../../errors/app-error.ts";

/** How many lines of a log a person is shown, and how much of the file is read for them. */
const tailLines = 8;
const tailBytes = 8_192;

export const startFailed = (detail: string, cause?: unknown): AppError =>
  new AppError("DATABASE_START_FAILED", detail, cause === undefined ? undefined : { cause });

/** Any throw on the way up as the one error a caller sees. */
export function asStartFailure(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return startFailed(error instanceof Error ? error.message : String(error), error);
}

/** Bytes in the file, 0 when it is missing. */
export async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => null))?.size ?? 0;
}

/** The last lines written since byte `from`, without blank ones; empty when there are none. */
export async function tailOf(file: string, from = 0): Promise<string> {
  const size = await sizeOf(file);
  const start = Math.max(from, size - tailBytes);
  if (size <= start) return "";
  const handle = await open(file, "r");
  try {
    const { buffer, bytesRead } = await handle.read({
      buffer: Buffer.alloc(size - start),
      position: start,
    });
    return lastLines(buffer.subarray(0, bytesRead).toString("utf8"));
  } finally {
    await handle.close();
  }
}

export function lastLines(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.slice(-tailLines).join("\n");
}
