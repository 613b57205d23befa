import { lstat, mkdir, readlink, realpath, rm, rmdir, stat, symlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type Account, serverAccount } from "./account.ts";
import { type Binaries, completeLibraries, copyBinaries, installedBinaries } from "./binaries.ts";
import { startFailed } from "./failure.ts";
import { claimSharedHome, sharedPrefix } from "./shared-home.ts";

/** Where one installation's server lives and as whom it runs. */
export interface Place {
  /** Parent of the data folder; drafts are made here, so that a rename is atomic. */
  readonly home: string;
  readonly dataDir: string;
  readonly binaries: Binaries;
  /** null: as the user who called. */
  readonly account: Account | null;
  readonly notice: string | null;
}

/**
 * Finds or makes the place of the database of `stateDir`.
 * @param stateDir an existing folder, as its real path
 * @param sharedRoot where a server that may not run as root keeps its folder, such as `/var/tmp`
 * @param packages where npm put PostgreSQL; null: among our dependencies
 */
export async function preparePlace(
  stateDir: string,
  sharedRoot: string,
  packages: string | null,
): Promise<Place> {
  const installed = await installedBinaries(packages);
  const inPlace = await completeLibraries(installed.dir);
  if (process.getuid?.() !== 0) return ownPlace(stateDir, installed, inPlace);
  return rootPlace(stateDir, sharedRoot, installed);
}

/** An ordinary user's: everything in the state folder, the binaries where npm put them. */
async function ownPlace(stateDir: string, installed: Binaries, inPlace: boolean): Promise<Place> {
  const home = join(stateDir, "postgres");
  // A clone copied from root's brings a link to root's folder along.
  if ((await linkTarget(home))?.startsWith(sharedPrefix)) await rm(home);
  await mkdir(home, { recursive: true, mode: 0o700 });
  const binaries = inPlace ? installed : await copyBinaries(installed, home);
  return { home, dataDir: await dataDirIn(home), binaries, account: null, notice: null };
}

/**
 * Root's: PostgreSQL runs as another user, who may not be able to enter the state folder, so data and
 * binaries live in a shared folder and the state folder holds a link to it. A database an ordinary
 * user made in this clone goes on as that user, where it is.
 */
async function rootPlace(stateDir: string, root: string, installed: Binaries): Promise<Place> {
  const shared = await claimSharedHome(root, stateDir);
  const binaries = await copyBinaries(installed, shared);
  const link = join(stateDir, "postgres");
  const isUsers = (await lstat(link).catch(() => null))?.isDirectory() === true;
  const home = isUsers && (await ownerOfData(link)) !== null ? link : shared;
  if (home === shared) await pointTo(link, shared);
  const owner = await ownerOfData(home);
  const { account, notice } =
    owner === null ? await serverAccount() : { account: owner, notice: null };
  return { home, dataDir: await dataDirIn(home), binaries, account, notice };
}

/** Data goes on as the user who has it, whichever users the system has by now. */
async function ownerOfData(home: string): Promise<Account | null> {
  const data = await stat(join(home, "data")).catch(() => null);
  return data === null || data.uid === 0 ? null : { uid: data.uid, gid: data.gid };
}

async function pointTo(link: string, target: string): Promise<void> {
  const seen = await lstat(link).catch(() => null);
  if (seen?.isSymbolicLink()) {
    if ((await readlink(link)) === target) return;
    await rm(link);
  } else if (seen !== null) {
    await rmdir(link).catch(() => {
      throw startFailed(`${link} is in the way: move it elsewhere, then start again.`);
    });
  }
  await symlink(target, link);
}

async function linkTarget(path: string): Promise<string | null> {
  const target = await readlink(path).catch(() => null);
  return target === null ? null : basename(target);
}

/** The real path: the server is recognised by it later. */
async function dataDirIn(home: string): Promise<string> {
  const data = join(home, "data");
  const real = await realpath(data).catch(() => null);
  return real ?? join(await realpath(dirname(data)), "data");
}
