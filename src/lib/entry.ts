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

/**
 * How to run a sibling module as a worker thread. On Node 20 a thread inherits no loader hooks, so
 * from the sources a line of our own loads tsx before the module.
 * @param base `import.meta.url` of the caller
 * @param module path relative to the caller, without extension: `"./thread"`
 */
export function threadEntry(base: string, module: string): URL {
  if (!base.endsWith(".ts")) return new URL(`${module}.js`, base);
  const tsx = pathToFileURL(createRequire(base).resolve("tsx/package.json"));
  const loader = JSON.stringify(new URL("dist/esm/api/index.mjs", tsx).href);
  const entry = JSON.stringify(new URL(`${module}.ts`, base).href);
  const script = `import{register}from${loader};register();await import(${entry})`;
  return new URL(`data:text/javascript,${encodeURIComponent(script)}`);
}
