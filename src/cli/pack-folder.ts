import { mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AppError } from "../errors/app-error.ts";
import type { PackFiles } from "../packs/pack-files.ts";
import type { PackApi } from "./pack-api.ts";

/** `pitch-deck@3` in its parts; without a number: null. Throws USAGE. */
export function packWord(word: string): { name: string; version: number | null } {
  const match = /^([a-z][a-z0-9-]{0,62})(?:@(\d{1,7}))?$/.exec(word);
  if (match?.[1] === undefined) {
    throw new AppError("USAGE", `"${word}" must be a pack's name, or NAME@VERSION`);
  }
  return { name: match[1], version: match[2] === undefined ? null : Number(match[2]) };
}

/** `--pack` as an upload takes it. Throws USAGE. */
export function packWish(word: string | undefined): { readonly pack?: string } {
  if (word === undefined) return {};
  packWord(word);
  return { pack: word };
}

/** The version a word means: the active one where it names none, else the newest. */
export async function versionMeant(
  api: PackApi,
  word: string,
  signal: AbortSignal,
): Promise<{ name: string; version: number }> {
  const { name, version } = packWord(word);
  if (version !== null) return { name, version };
  const { versions } = await api.versions(name, signal);
  const meant = versions.find(({ state }) => state === "active") ?? versions[0];
  if (meant === undefined) throw new AppError("PACK_NOT_FOUND", name);
  return { name, version: meant.version };
}

/** Writes a pack's files into a folder, which must be new or empty. Throws USAGE. */
export async function writePackFolder(folder: string, files: PackFiles): Promise<void> {
  const fail = (error: NodeJS.ErrnoException): never => {
    throw new AppError("USAGE", `${folder}: cannot be written (${error.code ?? error.message})`);
  };
  await mkdir(folder, { recursive: true }).catch(fail);
  const inside = await readdir(folder).catch(fail);
  if (inside.length > 0) throw new AppError("USAGE", `${folder}: is not empty`);
  for (const [path, text] of Object.entries(files)) {
    // A path from a server must stay within the folder.
    if (path.split("/").includes("..") || path.startsWith("/")) continue;
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true }).catch(fail);
    await writeFile(file, text).catch(fail);
  }
}
