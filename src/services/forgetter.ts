import { documentKey, pagesKey } from "../blobs/blobs.ts";
import type { GuardedCache } from "../cache/guarded.ts";
import {
  delayForgottenFile,
  endForgottenFile,
  type ForgottenFile,
  forgetReadings,
  holdFile,
  isFileWanted,
  readForgottenFiles,
} from "../db/deletion.ts";
import { loop, type Service } from "../lib/service.ts";
import type { ServiceContext } from "./context.ts";

export interface ForgetterOptions {
  /** Where visual results are kept; null: nowhere. */
  readonly cache: Pick<GuardedCache, "direct"> | null;
  readonly everyMs: number;
}

export interface Forgetter extends Service {
  /** Removes what is due, a bounded part; never throws for a single file. Answers how many were looked at. */
  tick(): Promise<number>;
}

const filesMax = 50;
const retryMs = 60_000;
/**
 * What was begun before a deletion may still write afterwards: a picture that is being drawn, a reading on its way
 * to the cache. So long later it is removed once more.
 */
const settledMs = 600_000;

/** Removes files, pictures and cached readings that no document refers to any more, and tries until they are gone. */
export function createForgetter(context: ServiceContext, options: ForgetterOptions): Forgetter {
  const tick = async (): Promise<number> => {
    const files = await readForgottenFiles(context.sql, filesMax);
    for (const file of files) {
      await forget(context, options, file).catch(async (error) => {
        const { workspace, sha256 } = file;
        context.log.warn({ err: error, workspace, sha256 }, "a deleted file could not be removed");
        await delayForgottenFile(context.sql, file, retryMs);
      });
    }
    return files.length;
  };
  const service = loop({
    name: "forgetter",
    everyMs: options.everyMs,
    tick,
    onError: (error) => context.log.error({ err: error }, "the forgetter's tick failed"),
  });
  return { ...service, tick };
}

async function forget(
  { sql, blobs }: ServiceContext,
  { cache }: ForgetterOptions,
  file: ForgottenFile,
): Promise<void> {
  const isWanted = await sql.begin(async (tx) => {
    await holdFile(tx, file);
    if (await isFileWanted(tx, file)) {
      await endForgottenFile(tx, file);
      return true;
    }
    await forgetReadings(tx, file);
    await blobs.remove(documentKey(file.workspace, file.sha256));
    await blobs.removeBelow(pagesKey(file.workspace, file.sha256));
    return false;
  });
  if (isWanted) return;
  // After the files: another server that does not answer must not keep them.
  const { workspace, sha256 } = file;
  await cache?.direct.remove({ workspace, sha256 });
  if (file.ageMs >= settledMs) await endForgottenFile(sql, file);
  else await delayForgottenFile(sql, file, settledMs - file.ageMs);
}
