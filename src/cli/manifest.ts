import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { AppError } from "../errors/app-error.ts";

const line = z.strictObject({
  /** A PDF to upload, relative to the manifest. */
  file: z.string().min(1).optional(),
  /** A file the server has already. */
  sha256: z.string().optional(),
  /** A file the server fetches. */
  sourceUri: z.string().optional(),
  name: z.string().min(1).optional(),
  key: z.string().min(1).max(200).optional(),
});
export type ManifestLine = z.infer<typeof line>;

/** One document a line, as JSON; empty lines count for nothing. `file` is made absolute. Throws USAGE. */
export async function readManifest(path: string): Promise<ManifestLine[]> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new AppError("USAGE", `${path}: cannot be read (${error.code ?? error.message})`);
  });
  return text
    .split(/\r?\n/)
    .flatMap((raw, index) => (raw.trim() === "" ? [] : [lineOf(raw, path, index + 1)]));
}

function lineOf(raw: string, path: string, number: number): ManifestLine {
  const wrong = (why: string): AppError => new AppError("USAGE", `${path}:${number}: ${why}`);
  const parsed = line.safeParse(jsonOf(raw));
  if (!parsed.success) throw wrong(parsed.error.issues[0]?.message ?? "is no document");
  const { file, sha256, sourceUri } = parsed.data;
  if ([file, sha256, sourceUri].filter((one) => one !== undefined).length !== 1) {
    throw wrong("needs one of file, sha256 and sourceUri");
  }
  return { ...parsed.data, ...(file === undefined ? {} : { file: resolve(dirname(path), file) }) };
}

/** Undefined where it is no JSON: then it has not the shape of a line either. */
function jsonOf(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}
