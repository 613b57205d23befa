import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { documentOfKey } from "../blobs/blobs.ts";
import { type FileRef, forgetUnwantedFiles } from "../db/deletion.ts";
import type { ServiceContext } from "./context.ts";

/** Younger than this, it may be on its way. */
const ageMsMin = 3_600_000;
const temporaryMs = 86_400_000;
const filesAtOnce = 500;
/** Whose files these are. */
const ownerKey = "installation";

/**
 * Puts files that no document of this installation refers to on the list of those to be removed, a day from now;
 * answers how many are new there. Files of another installation, whose database we do not know, are left alone.
 */
export async function sweepFiles(
  { sql, blobs, clock, log }: ServiceContext,
  installation: string,
): Promise<number> {
  const owner = (await blobs.get(ownerKey))?.toString();
  if (owner === undefined) await blobs.put(ownerKey, Buffer.from(installation));
  else if (owner !== installation) {
    log.warn({ owner, installation }, "the stored files belong to another installation");
    return 0;
  }
  const old = (await blobs.list()).filter(({ writtenMs }) => clock.nowMs() - writtenMs > ageMsMin);
  const files = new Map<string, FileRef>();
  for (const { key } of old) {
    const file = documentOfKey(key);
    if (file !== undefined) files.set(`${file.workspace}/${file.sha256}`, file);
  }
  const all = [...files.values()];
  let found = 0;
  for (let at = 0; at < all.length; at += filesAtOnce) {
    found += await forgetUnwantedFiles(sql, all.slice(at, at + filesAtOnce));
  }
  if (found > 0) log.warn({ found }, "files that no document refers to are removed in a day");
  return found;
}

/** Removes what a process that died left of an upload or a drawing; folders are their containers' own. */
export async function sweepTemporary(
  { clock }: Pick<ServiceContext, "clock">,
  folder: string,
): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  let removed = 0;
  for (const name of names) {
    const path = join(folder, name);
    const entry = await stat(path).catch(() => null);
    if (entry === null || !entry.isFile() || clock.nowMs() - entry.mtimeMs < temporaryMs) continue;
    await rm(path, { force: true });
    removed += 1;
  }
  return removed;
}
