import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { dist } from "./paths.mjs";
import { setUpOrExit } from "./set-up.mjs";

/**
 * Sets up what is missing, then becomes the command line: in this same process, so that standard
 * streams, signals and exit code are the command's own.
 */
export async function launch(words) {
  await setUpOrExit();
  const main = join(dist, "cli", "main.js");
  process.argv = [process.execPath, main, ...words];
  await import(pathToFileURL(main).href);
}
