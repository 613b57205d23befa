import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { runNode } from "./child.mjs";
import { modules, root, SetUpError, say } from "./paths.mjs";

const lockfile = join(root, "package-lock.json");
/** Inside `node_modules`, so that it goes when they go. */
const stamp = join(modules, ".pilotlight");

/** What the installed dependencies depend on. */
function wanted() {
  const hash = createHash("sha256").update(readFileSync(lockfile)).digest("hex");
  return `${hash} ${process.platform}-${process.arch}\n`;
}

export function isInstalled() {
  try {
    return readFileSync(stamp, "utf8") === wanted();
  } catch {
    return false;
  }
}

/** @param {(pid: number) => void} keep names the child in the lock */
export async function installMissing(keep) {
  if (isInstalledByHand()) {
    writeFileSync(stamp, wanted());
    return;
  }
  const when = existsSync(modules) ? "they have changed" : "first start";
  say(`Installing the locked dependencies (${when}, about 20 s) ...`);
  const args = [
    "ci",
    "--include=dev",
    "--no-audit",
    "--no-fund",
    "--no-update-notifier",
    "--loglevel=error",
  ];
  const code = await runNode([npmProgram(), ...args, "--no-progress"], {
    stdio: ["ignore", "ignore", 2],
    onStart: keep,
  });
  if (code !== 0) {
    throw new SetUpError(
      `The dependencies could not be installed (npm ended with ${code}). Check the network, then start again.`,
    );
  }
  writeFileSync(stamp, wanted());
}

/** npm's own record says the same packages as the lockfile: someone ran `npm ci` here already. */
function isInstalledByHand() {
  try {
    const read = (path) => JSON.parse(readFileSync(path, "utf8")).packages;
    const installed = read(join(modules, ".package-lock.json"));
    const locked = Object.entries(read(lockfile)).filter(([path]) => path !== "");
    return locked.every(([path, { version, optional, integrity }]) => {
      const seen = installed[path];
      if (seen === undefined) return optional === true;
      return seen.version === version && seen.integrity === integrity;
    });
  } catch {
    return false;
  }
}

/** npm's script: of the npm that runs us, else of this Node, else of PATH's. */
export function npmProgram() {
  const beside = dirname(process.execPath);
  const candidates = [
    process.env.npm_execpath,
    join(beside, "../lib/node_modules/npm/bin/npm-cli.js"),
    join(beside, "node_modules/npm/bin/npm-cli.js"),
    ...(process.env.PATH ?? "").split(":").map((dir) => join(dir, "npm")),
  ];
  const found = candidates.find((path) => path && isNpm(path));
  if (found !== undefined) return found;
  throw new SetUpError("npm is missing: it comes with Node, see https://nodejs.org");
}

const isNpm = (path) => /npm(-cli\.js)?$/.test(path) && existsSync(path);
