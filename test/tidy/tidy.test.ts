import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { check, type Finding, format, isCode, isTest, isUnder, linesOf, ruleOf } from "./check.ts";
import { exceptions } from "./exceptions.ts";
import { folderRules, linesUsual } from "./rules.ts";
import { readText, readTree, repository } from "./tree.ts";
import {
  type PackageList,
  packageFindings,
  staleExceptions,
  unusedExports,
  unusedFiles,
} from "./unused.ts";

const tree = readTree();
const packageList = JSON.parse(readText("package.json")) as PackageList;
const none = (found: readonly Finding[]): void => expect(found.map(format)).toEqual([]);
const findings = tree.flatMap(check);
const of = (...rules: readonly string[]): Finding[] =>
  findings.filter(({ rule }) => rules.includes(rule));

describe("the tree", () => {
  it("imports only what the table allows", () => none(of("imports")));
  it("takes clock, chance and environment as parameters", () => none(of("fence")));
  it("keeps SQL in src/db", () => none(of("sql")));
  it("leaves nothing unfinished and no test out", () => none(of("words")));
  it("names no path of somebody's machine", () => none(of("paths")));
  it("has no file that is too long", () => none(of("length")));

  it("stays short: half of its files have fewer lines than usual", () => {
    const lines = tree.filter(({ path }) => isCode(path)).map(({ text }) => linesOf(text));
    const median = lines.toSorted((a, b) => a - b)[Math.floor(lines.length / 2)] ?? 0;
    expect(lines.length).toBeGreaterThan(100);
    expect(median).toBeLessThan(linesUsual);
  });

  it("uses no package that only sounds like what it needs", () => {
    // `verda` of npm builds things; it has nothing to do with the provider of machines.
    const { dependencies, devDependencies } = packageList;
    const names = Object.keys({ ...dependencies, ...devDependencies });
    expect(names.filter((name) => ["verda", "datacrunch"].includes(name))).toEqual([]);
    expect(names).toContain("zod");
  });

  it("has a row of its own in the import table for every folder of src", () => {
    const folders = readdirSync(join(repository, "src"), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => `src/${entry.name}`);
    const rows = folderRules.map(({ at }) => at);
    expect(folders.filter((folder) => !rows.includes(folder))).toEqual([]);
    expect(rows.filter((row) => !existsSync(join(repository, row)))).toEqual([]);
    const files = tree.map(({ path }) => path).filter((path) => /^src\/[^/]+\.ts$/.test(path));
    expect(files.filter((path) => !isTest(path) && ruleOf(path)?.at !== path)).toEqual([]);
  });

  it("compiles core without types of Node or of a browser", () => {
    const config = JSON.parse(readText("tsconfig.pure.json")) as {
      include: string[];
      exclude: string[];
      compilerOptions: { types: string[]; lib: string[] };
    };
    expect(config.include).toEqual(["src/core", "src/sim"]);
    expect(config.exclude).toEqual(["src/**/*.test.ts"]);
    expect(config.compilerOptions).toMatchObject({ types: [], lib: ["es2023"] });
    expect(readText("scripts/run.mjs")).toContain("tsconfig.pure.json");
    expect(tree.some(({ path }) => isUnder(path, "src/core"))).toBe(true);
  });
});

describe("what nobody uses", () => {
  it("is not exported", () => none(unusedExports(tree, exceptions)));
  it("is no file", () => none(unusedFiles(tree, exceptions)));
  it("is no package, and no package is missing", () =>
    none(packageFindings(tree, packageList, exceptions)));
  it("has no exception that excuses nothing", () =>
    expect(staleExceptions(tree, packageList, exceptions)).toEqual([]));
});
