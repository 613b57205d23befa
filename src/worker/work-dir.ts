import { rmSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Settings } from "./settings.ts";

export interface WorkDir {
  readonly path: string;
  remove(): Promise<void>;
  /** For a process that is about to be gone. */
  removeNow(): void;
}

/**
 * A folder of this process's own for documents. The name carries replica and process id, so that what
 * a killed predecessor left behind is found and removed.
 */
export async function makeWorkDir(
  { pool, replica, workDir }: Pick<Settings, "pool" | "replica" | "workDir">,
  pid: number,
): Promise<WorkDir> {
  const parent = workDir ?? tmpdir();
  await mkdir(parent, { recursive: true });
  const prefix = `pilotlight-${pool}-${replica}-`;
  await removeLeftovers(parent, prefix, pid);
  const path = await mkdtemp(join(parent, `${prefix}${pid}-`));
  return {
    path,
    remove: () => rm(path, { recursive: true, force: true }),
    removeNow: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** The own id is a predecessor's: the own folder is not made yet, and in an image each start has the same. */
async function removeLeftovers(parent: string, prefix: string, own: number): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(prefix)) continue;
    const pid = Number(name.slice(prefix.length).split("-")[0]);
    if (Number.isInteger(pid) && pid > 0 && (pid === own || !isAlive(pid))) {
      await rm(join(parent, name), { recursive: true, force: true });
    }
  }
}

/** A process of another user answers EPERM, and is alive. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
