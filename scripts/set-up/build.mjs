import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { runNode } from "./child.mjs";
import { dist, modules, root, SetUpError, say, workshop } from "./paths.mjs";

const tool = (path) => join(modules, path);

/**
 * The two halves of the build: which files decide it, what proves it is there, and how it is made
 * into an empty folder.
 */
const parts = [
  {
    name: "server",
    inputs: ["src", "tsconfig.json", "tsconfig.build.json", "package-lock.json"],
    result: join(dist, "cli", "main.js"),
    // Types are judged by `npm run types`; a build only has to turn them into JavaScript.
    make: (into) => [
      tool("typescript/bin/tsc"),
      ...["-p", join(root, "tsconfig.build.json"), "--noCheck", "--outDir", into],
    ],
    place: placeServer,
  },
  {
    name: "web",
    inputs: ["web", "src/contract", "src/core", "src/errors", "src/lib", "package-lock.json"],
    result: join(dist, "web", "index.html"),
    make: (into) => [
      tool("vite/bin/vite.js"),
      ...["build", join(root, "web"), "--outDir", into, "--emptyOutDir", "--logLevel", "warn"],
    ],
    place: placeWeb,
  },
];

export const isBuilt = () => parts.every(isFresh);

/** @param {(pid: number) => void} keep names the child in the lock */
export async function buildMissing(keep) {
  const missing = parts.filter((part) => !isFresh(part));
  say(`Building ${missing.map((part) => part.name).join(" and ")} (a few seconds) ...`);
  for (const part of missing) await build(part, keep);
}

async function build(part, keep) {
  const print = fingerprint(part);
  const draft = join(workshop, `new-${part.name}`);
  rmSync(draft, { recursive: true, force: true });
  const code = await runNode(part.make(draft), { onStart: keep });
  if (code !== 0) throw new SetUpError(`The ${part.name} could not be built: see above.`);
  rmSync(stampOf(part), { force: true });
  part.place(draft);
  writeFileSync(stampOf(part), print);
}

const stampOf = (part) => join(workshop, `${part.name}.stamp`);

function isFresh(part) {
  try {
    return existsSync(part.result) && readFileSync(stampOf(part), "utf8") === fingerprint(part);
  } catch {
    return false;
  }
}

/** The server's files are replaced as a whole, so that nothing of a removed source stays. */
function placeServer(draft) {
  const old = join(workshop, "old");
  rmSync(old, { recursive: true, force: true });
  if (existsSync(join(dist, "web"))) renameSync(join(dist, "web"), join(draft, "web"));
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(draft, dist);
  rmSync(old, { recursive: true, force: true });
}

function placeWeb(draft) {
  rmSync(join(dist, "web"), { recursive: true, force: true });
  mkdirSync(dist, { recursive: true });
  renameSync(draft, join(dist, "web"));
}

/** A hash of names and contents; tests decide nothing. */
function fingerprint(part) {
  const hash = createHash("sha256");
  for (const input of part.inputs) addTo(hash, join(root, input), input);
  return hash.digest("hex");
}

function addTo(hash, path, name) {
  let entries;
  try {
    entries = readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (error.code !== "ENOTDIR") throw error;
    hash.update(`\0${name}\0`).update(readFileSync(path));
    return;
  }
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) addTo(hash, inner, `${name}/${entry.name}`);
    else if (entry.isFile() && !/\.test\.tsx?$/.test(entry.name)) {
      hash.update(`\0${name}/${entry.name}\0`).update(readFileSync(inner));
    }
  }
}
