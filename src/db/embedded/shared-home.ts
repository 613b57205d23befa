import { lstat, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { startFailed } from "./failure.ts";
import { forgetInstallation, installationId, keyOf, readInstallation } from "./installation.ts";
import { livePostmaster } from "./postmaster.ts";

/** How every shared folder's name begins. */
export const sharedPrefix = "pilotlight-";

/** `clone.json` in a shared folder: whose it is. */
const cloneRecord = z.object({ stateDir: z.string(), installation: z.string() });
type CloneRecord = z.infer<typeof cloneRecord>;

/**
 * The folder outside the clone that belongs to this installation: `<root>/pilotlight-<key>`, readable
 * by all, writable by us. Folders whose clone is gone are removed on the way.
 */
export async function claimSharedHome(root: string, stateDir: string): Promise<string> {
  if (await isCopy(root, stateDir)) await forgetInstallation(stateDir);
  const installation = await installationId(stateDir);
  const home = homeOf(root, installation);
  await mkdir(home, { mode: 0o755 }).catch(unlessThere);
  if (!(await isOurs(home))) {
    throw startFailed(`${home} belongs to another user: remove it, then start again.`);
  }
  const record: CloneRecord = { stateDir, installation };
  const draft = join(home, "clone.json.new");
  await writeFile(draft, `${JSON.stringify(record)}\n`, { mode: 0o644 });
  await rename(draft, join(home, "clone.json"));
  // Only now: a clone that was moved has said where it is.
  await removeOrphans(root);
  return home;
}

/** A clone that was copied with its state must not share the original's database. A moved one must. */
async function isCopy(root: string, stateDir: string): Promise<boolean> {
  const installation = await readInstallation(stateDir);
  if (installation === null) return false;
  const record = await readRecord(homeOf(root, installation));
  if (record === null || record.stateDir === stateDir) return false;
  return (await readInstallation(record.stateDir)) === installation;
}

/** Removes shared folders whose clone no longer exists and on which no server runs. */
async function removeOrphans(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    const home = join(root, name);
    if (!name.startsWith(sharedPrefix) || !(await isOurs(home))) continue;
    const record = await readRecord(home);
    if (record === null || homeOf(root, record.installation) !== home) continue;
    if ((await readInstallation(record.stateDir)) === record.installation) continue;
    if ((await livePostmaster(join(home, "data"))) !== null) continue;
    await rm(home, { recursive: true, force: true });
  }
}

const homeOf = (root: string, installation: string): string =>
  join(root, `${sharedPrefix}${keyOf(installation)}`);

async function readRecord(home: string): Promise<CloneRecord | null> {
  const text = await readFile(join(home, "clone.json"), "utf8").catch(() => "");
  try {
    return cloneRecord.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Anyone may write to such a root: a folder someone else laid there is neither used nor removed. */
async function isOurs(home: string): Promise<boolean> {
  const seen = await lstat(home).catch(() => null);
  return seen?.isDirectory() === true && seen.uid === process.getuid?.();
}

function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error;
}
