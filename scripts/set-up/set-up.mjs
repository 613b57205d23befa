import { mkdirSync } from "node:fs";
import { buildMissing, isBuilt } from "./build.mjs";
import { installMissing, isInstalled } from "./install.mjs";
import { withLock } from "./lock.mjs";
import { SetUpError, say, workshop } from "./paths.mjs";

/**
 * Brings dependencies, and unless `build` is false the build, up to date with the sources. When
 * nothing is missing it only reads.
 */
export async function setUp({ build = true } = {}) {
  const isDone = () => isInstalled() && (!build || isBuilt());
  if (isDone()) return;
  try {
    mkdirSync(workshop, { recursive: true });
  } catch (error) {
    throw new SetUpError(`This checkout cannot be written: ${error.message}`);
  }
  await withLock(async (keep) => {
    // Another process may have done it while this one waited.
    if (!isInstalled()) await installMissing(keep);
    if (build && !isBuilt()) await buildMissing(keep);
  });
}

/** The same for a program's main file: a failure is said in one sentence and ends the process. */
export async function setUpOrExit(options) {
  try {
    await setUp(options);
  } catch (error) {
    say(error instanceof SetUpError ? error.message : String(error?.stack ?? error));
    process.exit(1);
  }
}
