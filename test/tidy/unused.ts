import { posix } from "node:path";
import { type Finding, isCode, isTest, isUnder } from "./check.ts";
import { codeOf, exportsOf, type Import, importsOf, type SourceFile } from "./source.ts";

/** What else makes an export, a file or a package needed, each with its reason. */
export interface Exceptions {
  /** `path#name` -> why it is exported although only tests, or nobody, import it. */
  readonly exports: Readonly<Record<string, string>>;
  /** Files that are run, not imported: path -> by whom. */
  readonly files: Readonly<Record<string, string>>;
  /** Packages that no statement imports: name -> what uses them. */
  readonly packages: Readonly<Record<string, string>>;
}

interface Module extends SourceFile {
  readonly imports: readonly (Import & { readonly target: string | null })[];
}

/** The code files with what each import of ours leads to. */
function modulesOf(files: readonly SourceFile[]): Module[] {
  const code = files.filter((file) => isCode(file.path));
  const known = new Set(code.map((file) => file.path));
  return code.map((file) => ({
    ...file,
    imports: importsOf(file.text).map((one) => ({
      ...one,
      target: targetOf(file.path, one, known),
    })),
  }));
}

function targetOf(path: string, { from }: Import, known: ReadonlySet<string>): string | null {
  if (!from.startsWith(".")) return null;
  const target = posix.join(posix.dirname(path), from);
  return [target, `${target}.ts`, `${target}.tsx`].find((name) => known.has(name)) ?? null;
}

const isProduct = (path: string): boolean =>
  (isUnder(path, "src") || isUnder(path, "web/src")) && !isTest(path);

/**
 * Exports the product has no use for: its other files do not import them, and either their own file
 * does not speak of them again (then tests at most need them), or it does and the word `export` is
 * needless, since tests do not import them either. The contract's parts are public, and a type that
 * its own file speaks of names part of something else.
 */
export function unusedExports(files: readonly SourceFile[], exceptions: Exceptions): Finding[] {
  const modules = modulesOf(files);
  const byProduct = namesTaken(modules.filter(({ path }) => !isTest(path)));
  const byAnyone = namesTaken(modules);
  return modules
    .filter((module) => isProduct(module.path))
    .flatMap(({ path, text }) =>
      exportsOf(text).flatMap(({ name, kind, line }) => {
        if (isTaken(byProduct, path, name)) return [];
        if (Object.hasOwn(exceptions.exports, `${path}#${name}`)) return [];
        const spoken = isSpokenOf(text, name);
        const fine = kind === "type" || isUnder(path, "src/contract");
        if (spoken && (fine || isTaken(byAnyone, path, name))) return [];
        const why = spoken ? "only its own file uses it" : "the product does not use it";
        return [{ path, line, rule: "unused", message: `${name} is exported, and ${why}` }];
      }),
    );
}

type Taken = ReadonlyMap<string, ReadonlySet<string>>;

function namesTaken(modules: readonly Module[]): Taken {
  const taken = new Map<string, Set<string>>();
  for (const { target, names } of modules.flatMap((module) => module.imports)) {
    if (target === null) continue;
    taken.set(target, new Set([...(taken.get(target) ?? []), ...names]));
  }
  return taken;
}

function isTaken(taken: Taken, path: string, name: string): boolean {
  const names = taken.get(path);
  return names !== undefined && (names.has(name) || names.has("*"));
}

const isSpokenOf = (text: string, name: string): boolean =>
  (codeOf(text).match(new RegExp(`\\b${name.replaceAll("$", "\\$")}\\b`, "g")) ?? []).length > 1;

/** Files of the product that nothing imports or runs. */
export function unusedFiles(files: readonly SourceFile[], exceptions: Exceptions): Finding[] {
  const modules = modulesOf(files);
  const reached = new Set<string>();
  for (const module of modules) {
    if (isTest(module.path)) continue;
    for (const { target } of module.imports) if (target !== null) reached.add(target);
  }
  return modules
    .filter(({ path }) => isProduct(path) && !reached.has(path))
    .filter(({ path }) => !Object.hasOwn(exceptions.files, path))
    .map(({ path }) => ({ path, line: 1, rule: "unused", message: "nothing imports this file" }));
}

export interface PackageList {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** `@scope/name/sub` -> `@scope/name`; null for Node's own modules and files of ours. */
export function packageOf(from: string): string | null {
  if (from.startsWith(".") || from.startsWith("node:")) return null;
  return from
    .split("/")
    .slice(0, from.startsWith("@") ? 2 : 1)
    .join("/");
}

/** Folders with a list and a lockfile of their own: what is compared with, not built on. */
const ownLists = ["bench/peers", "test/llama"];

/** A package found by path: its files are run or read, not imported. */
const resolved = /\.resolve\(\s*["']([^"'\n]+)["']/g;

/**
 * Packages that are listed and never imported, imported and not listed, or needed by the built
 * product but listed for development only.
 */
export function packageFindings(
  files: readonly SourceFile[],
  list: PackageList,
  exceptions: Exceptions,
): Finding[] {
  const findings: Finding[] = [];
  const seen = new Set<string>();
  for (const { path, imports } of modulesOf(files)) {
    if (ownLists.some((folder) => isUnder(path, folder))) continue;
    for (const { from, line } of imports) {
      const name = packageOf(from);
      if (name === null) continue;
      seen.add(name);
      const message = packageProblem(path, name, list);
      if (message !== null) findings.push({ path, line, rule: "packages", message });
    }
  }
  for (const { text } of files) {
    for (const [, from = ""] of text.matchAll(resolved)) seen.add(packageOf(from) ?? "");
  }
  const all = [...Object.keys(list.dependencies), ...Object.keys(list.devDependencies)];
  for (const name of all) {
    if (seen.has(name) || Object.hasOwn(exceptions.packages, name)) continue;
    const message = `${name} is listed, and nothing imports it`;
    findings.push({ path: "package.json", line: 1, rule: "packages", message });
  }
  return findings;
}

function packageProblem(path: string, name: string, list: PackageList): string | null {
  if (Object.hasOwn(list.dependencies, name)) return null;
  if (!Object.hasOwn(list.devDependencies, name)) return `${name} is not in package.json`;
  // The page is bundled: what it imports need not be there when the product runs.
  const runs = isUnder(path, "src") && !isTest(path);
  return runs ? `${name} is needed at run time, so it belongs into dependencies` : null;
}

/** Exceptions that no longer excuse anything: the thing is used now, or gone. */
export function staleExceptions(
  files: readonly SourceFile[],
  list: PackageList,
  exceptions: Exceptions,
): string[] {
  const bare: Exceptions = { exports: {}, files: {}, packages: {} };
  const named = (found: readonly Finding[]): string[] =>
    found.map(({ path, message }) => `${path}#${message.split(" ")[0]}`);
  const used = new Set([
    ...named(unusedExports(files, bare)),
    ...unusedFiles(files, bare).map(({ path }) => path),
    ...named(packageFindings(files, list, bare)),
  ]);
  return [
    ...Object.keys(exceptions.exports).filter((key) => !used.has(key)),
    ...Object.keys(exceptions.files).filter((key) => !used.has(key)),
    ...Object.keys(exceptions.packages).filter((name) => !used.has(`package.json#${name}`)),
  ];
}
