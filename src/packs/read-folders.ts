import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../errors/app-error.ts";
import { builtInPacksDir, type ReadPack, readPackFolder } from "./read-pack.ts";

/**
 * The packs built in, and those of a folder of one's own: of two with one name one's own counts, and of two of
 * one's own the first. One that is wrong is told and left out. Throws CONFIG_INVALID when there is no such folder.
 */
export async function readPackFolders(
  packsDir: string | null,
  notice: (sentence: string) => void,
): Promise<ReadPack[]> {
  const builtIn = await Promise.all((await foldersIn(builtInPacksDir())).map(readPackFolder));
  const read = new Map(builtIn.map((one) => [one.pack.name, one]));
  const ownFolders = new Map<string, string>();
  for (const folder of packsDir === null ? [] : await foldersIn(packsDir)) {
    try {
      const own = await readPackFolder(folder);
      const { name } = own.pack;
      const before = ownFolders.get(name);
      if (before !== undefined) throw new AppError("PACK_INVALID", `${before} is ${name} as well.`);
      ownFolders.set(name, folder);
      read.set(name, own);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      notice(`The pack in ${folder} is left out. ${error.message}`);
    }
  }
  return [...read.values()];
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error) => {
    throw new AppError("CONFIG_INVALID", `packsDir: ${error.message}`);
  });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name))
    .sort();
}
