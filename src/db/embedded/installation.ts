import { createHash, randomBytes } from "node:crypto";
import { link, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

const fileOf = (stateDir: string): string => join(stateDir, "installation");

/** The installation id kept in `<stateDir>/installation`, or null. */
export async function readInstallation(stateDir: string): Promise<string | null> {
  const text = await readFile(fileOf(stateDir), "utf8").catch(() => "");
  return /^[0-9a-f]{16}$/.test(text.trim()) ? text.trim() : null;
}

/** The installation id; drawn at first use and never changed after. 16 hexadecimal digits. */
export async function installationId(stateDir: string): Promise<string> {
  const known = await readInstallation(stateDir);
  if (known !== null) return known;
  const draft = `${fileOf(stateDir)}.${randomBytes(4).toString("hex")}`;
  await writeFile(draft, `${randomBytes(8).toString("hex")}\n`, { mode: 0o600 });
  try {
    await link(draft, fileOf(stateDir));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    // Someone was first, or the file holds something else: the first is kept, the second replaced.
    if ((await readInstallation(stateDir)) === null) await rm(fileOf(stateDir), { force: true });
    return installationId(stateDir);
  } finally {
    await rm(draft, { force: true });
  }
  return installationId(stateDir);
}

/** Forgets the id, so that the next call draws a new one: for a copy of another installation. */
export async function forgetInstallation(stateDir: string): Promise<void> {
  await rm(fileOf(stateDir), { force: true });
}

/** The name under which an installation keeps things outside its own folder. */
export function keyOf(installation: string): string {
  return createHash("sha256").update(installation).digest("hex").slice(0, 16);
}
