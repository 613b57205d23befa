import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chown, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { plainEnvironment } from "./account.ts";
import { lastLines, startFailed } from "./failure.ts";
import type { Place } from "./place.ts";

const run = promisify(execFile);

/** The database's owner, and the database itself. */
export const superuser = "pilotlight";
export const database = "postgres";

/**
 * Makes the data folder if there is none. It is made under another name and renamed when whole, so a
 * set-up that was interrupted is simply done again.
 * @returns the password, kept in `<stateDir>/postgres-password` (0600)
 */
export async function ensureCluster(place: Place, stateDir: string): Promise<string> {
  const passwordFile = join(stateDir, "postgres-password");
  await removeDrafts(place.home);
  const version = await versionOf(place.dataDir);
  if (version === null) {
    await makeCluster(place, await newPassword(passwordFile));
  } else if (version !== place.binaries.major) {
    throw startFailed(
      `${place.dataDir} was made by PostgreSQL ${version}; this is ${place.binaries.major}. Use the Pilotlight that made it, or move the folder away to begin anew.`,
    );
  }
  const password = (await readFile(passwordFile, "utf8").catch(() => "")).trim();
  if (password !== "") return password;
  throw startFailed(
    `The password file ${passwordFile} is missing. Put it back, or move ${place.dataDir} away to begin anew.`,
  );
}

async function newPassword(file: string): Promise<string> {
  const password = randomBytes(18).toString("base64url");
  await writeFile(`${file}.new`, `${password}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return password;
}

async function removeDrafts(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    if (!/^new-\d+-(data|password)$/.test(name)) continue;
    await rm(join(home, name), { recursive: true, force: true });
  }
}

/** The major version of a whole data folder, or null. A folder that never became whole is removed. */
async function versionOf(dataDir: string): Promise<string | null> {
  const version = (await readFile(join(dataDir, "PG_VERSION"), "utf8").catch(() => "")).trim();
  const control = await stat(join(dataDir, "global", "pg_control")).catch(() => null);
  if (version !== "" && control !== null) return version;
  if (control !== null) throw startFailed(`${dataDir} is damaged: PG_VERSION is missing.`);
  await rm(dataDir, { recursive: true, force: true });
  return null;
}

async function makeCluster(place: Place, password: string): Promise<void> {
  const draft = join(place.home, `new-${process.pid}-data`);
  const passwordFile = join(place.home, `new-${process.pid}-password`);
  try {
    await mkdir(draft, { mode: 0o700 });
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (place.account !== null) {
      for (const path of [draft, passwordFile]) {
        await chown(path, place.account.uid, place.account.gid);
      }
    }
    await runInitdb(place, draft, passwordFile);
    await rename(draft, place.dataDir);
  } finally {
    await rm(passwordFile, { force: true });
    await rm(draft, { recursive: true, force: true });
  }
}

/**
 * PostgreSQL's own C.UTF-8 sorts alike on every machine, whatever locales are installed. Before 17
 * there was none; the plain C sorts the same, and knows the case of ASCII letters alone.
 */
function builtinLocale(major: string): readonly string[] {
  if (Number(major) < 17) return [];
  return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
}

async function runInitdb(place: Place, dataDir: string, passwordFile: string): Promise<void> {
  const program = join(place.binaries.dir, "bin", "initdb");
  const args = [
    `--pgdata=${dataDir}`,
    `--username=${superuser}`,
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    ...builtinLocale(place.binaries.major),
    "--no-instructions",
  ];
  try {
    await run(program, args, { cwd: place.home, env: plainEnvironment, ...place.account });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    const said = lastLines(stderr.trim() === "" ? stdout : stderr);
    throw startFailed(`initdb failed. ${said === "" ? String(error) : said}`, error);
  }
}
