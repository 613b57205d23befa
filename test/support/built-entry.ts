import * as source from "../../src/lib/entry.ts";

const sources = new URL("../../src/", import.meta.url).href;
const built = new URL("../../dist/", import.meta.url).href;

/** In the tests this stands for the function of `src/lib/entry.ts`. */
export const childEntry: typeof source.childEntry = (base, module) =>
  source.childEntry(compiled(base, module), module);

/** In the tests this stands for the function of `src/lib/entry.ts`. */
export const threadEntry: typeof source.threadEntry = (base, module) =>
  source.threadEntry(compiled(base, module), module);

/**
 * The caller as if it lay in the build, where that is of these very sources (built.setup.mjs looks): a process
 * from the sources takes four times as long until it runs, and tests start hundreds. What lies outside of
 * `src` is not built.
 */
function compiled(base: string, module: string): string {
  const all = [base, new URL(module, base).href];
  const isUsable = process.env.PILOTLIGHT_TESTS_BUILT === "1";
  if (!isUsable || !all.every((url) => url.startsWith(sources))) return base;
  return base.replace(sources, built).replace(/\.ts$/, ".js");
}
