import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

/**
 * How to run a sibling module as a child process, both from the build (`.js`) and from the
 * sources (`.ts`, through tsx), so that tests never run against a stale build.
 * @param base `import.meta.url` of the caller
 * @param module path relative to the caller, without extension: `"./child"`
 */
export function childEntry(base: string, module: string): { execArgv: string[]; file: string } {
  const fromSource = base.endsWith(".ts");
  const file = fileURLToPath(new URL(`${module}${fromSource ? ".ts" : ".js"}`, base));
  return { file, execArgv: fromSource ? ["--import", tsxLoader(base)] : [] };
}

/** Found through `require`: test runners offer no `import.meta.resolve`. */
function tsxLoader(base: string): string {
  return pathToFileURL(createRequire(base).resolve("tsx")).href;
}
