import { existsSync } from "node:fs";
import { join, posix } from "node:path";
import { describe, expect, it } from "vitest";
import { generatedFiles } from "../../scripts/docs/generated.ts";
import { settings } from "../../src/config/sources.ts";
import { reviewVerdicts } from "../../src/contract/reviews.ts";
import { errorCodes } from "../../src/errors/codes.ts";
import { eventNames } from "../../src/lib/events.ts";
import { isTest, isUnder } from "./check.ts";
import { folderRules, pureLib } from "./rules.ts";
import { readText, readTree, repository } from "./tree.ts";
import type { PackageList } from "./unused.ts";

const tree = readTree();
const prose = tree.filter(({ path }) => path.endsWith(".md") && !isUnder(path, "packs"));
const packageFile = JSON.parse(readText("package.json")) as PackageList & {
  version: string;
  scripts: Record<string, string>;
};
const matches = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map((match) => match[1] ?? "");
/** Without blocks of code: their words are no prose. */
const proseOf = (text: string): string => text.replaceAll(/^```[\s\S]*?^```$/gm, "");

describe("generated files", () => {
  it("are what the sources say", async () => {
    for (const [path, text] of Object.entries(await generatedFiles())) {
      expect(existsSync(join(repository, path)), path).toBe(true);
      expect(readText(path) === text, `${path}: run npx tsx scripts/generate-docs.ts`).toBe(true);
    }
  });

  it("describe an API of OpenAPI 3.1 in which every route has a summary", () => {
    const api = JSON.parse(readText("docs/reference/openapi.json")) as {
      openapi: string;
      paths: Record<string, Record<string, { summary?: string }>>;
    };
    expect(api.openapi).toBe("3.1.0");
    const calls = Object.entries(api.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { summary }]) => ({ path, method, summary })),
    );
    expect(calls.length).toBeGreaterThan(20);
    expect(calls.filter(({ summary }) => !summary)).toEqual([]);
  });
});

describe("the codes of errors", () => {
  const codes = Object.keys(errorCodes);

  it("are all in docs/reference/errors.md, and nothing else is", () => {
    const rows = matches(readText("docs/reference/errors.md"), /^\| `([A-Z_]+)` \|/gm);
    expect(rows.toSorted()).toEqual(codes.toSorted());
  });

  it("are all used outside the registry", () => {
    const used = tree
      .filter(({ path }) => isUnder(path, "src") || isUnder(path, "migrations"))
      .filter(({ path }) => !isTest(path) && path !== "src/errors/codes.ts")
      .flatMap(({ text }) => matches(text, /["']([A-Z][A-Z_]+)["']/g));
    expect(codes.filter((code) => !used.includes(code))).toEqual([]);
  });
});

describe("the catalogue of events", () => {
  it("names all that are written, and no other", () => {
    const name =
      /["']((?:document|pipeline|task|slide|container|replica|decision|queue|fleet|leader|policy|pack)\.(?!pdf)[a-z_]+)["']/g;
    const written = tree
      .filter(({ path }) => isUnder(path, "src/db") || isUnder(path, "migrations"))
      .filter(({ path }) => !isTest(path))
      .flatMap(({ text }) => matches(text, name));
    // Put together in SQL.
    const reviews = reviewVerdicts.map((verdict) => `review.${verdict}`);
    const said = ["acknowledged", "muted", "reopened"].map((kind) => `failure.${kind}`);
    expect([...new Set([...written, ...reviews, ...said])].toSorted()).toEqual(
      eventNames.toSorted(),
    );
  });
});

describe("the prose", () => {
  it("is there", () => {
    const paths = prose.map(({ path }) => path);
    for (const name of ["README", "ARCHITECTURE", "STYLE", "CONTRIBUTING", "CHANGELOG"]) {
      expect(paths).toContain(`${name}.md`);
    }
    expect(paths.filter((path) => isUnder(path, "docs/decisions")).length).toBeGreaterThan(10);
  });

  it("links to files that exist, and to headings that stand in them", () => {
    const headingsOf = (text: string): string[] =>
      matches(proseOf(text), /^#{1,6} (.+)$/gm).map((heading) =>
        heading
          .toLowerCase()
          .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
          .replaceAll(" ", "-"),
      );
    const broken = prose.flatMap(({ path, text }) =>
      matches(proseOf(text), /\]\(([^)\s]+)\)/g)
        .filter((link) => !/^[a-z]+:/.test(link))
        .filter((link) => {
          const [file = "", anchor] = link.split("#");
          const target = file === "" ? path : posix.join(posix.dirname(path), file);
          if (!existsSync(join(repository, target))) return true;
          return anchor !== undefined && !headingsOf(readText(target)).includes(anchor);
        })
        .map((link) => `${path}: ${link}`),
    );
    expect(broken).toEqual([]);
  });

  it("names files that exist", () => {
    const places = "src|web|test|bench|examples|scripts|migrations|packs|docs";
    const named = new RegExp(`\`((?:${places})/[\\w./-]*\\w)\``, "g");
    const missing = prose.flatMap(({ path, text }) =>
      matches(proseOf(text), named)
        .filter((name) => !existsSync(join(repository, name)))
        .map((name) => `${path}: ${name}`),
    );
    expect(missing).toEqual([]);
  });

  it("names scripts, commands and settings that exist", () => {
    const programs = tree
      .filter(({ path }) => path.startsWith("src/cli/program") && !isTest(path))
      .map(({ text }) => text);
    const commands = matches(programs.join("\n"), /\.command\("(\w+)/g);
    const keys = settings.flatMap(({ key, env }) => [key, ...(env === undefined ? [] : [env])]);
    const blocks = new Set(keys.filter((key) => key.includes(".")).map((key) => key.split(".")[0]));
    const wrong = prose.flatMap(({ path, text }) => [
      ...matches(text, /\bnpm run ([\w:]+)/g)
        .filter((name) => !Object.hasOwn(packageFile.scripts, name))
        .map((name) => `${path}: npm run ${name}`),
      ...matches(text, /\.\/pilotlight ([a-z]+)/g)
        .filter((name) => !commands.includes(name))
        .map((name) => `${path}: ./pilotlight ${name}`),
      ...matches(proseOf(text), /`([a-z]\w+\.[a-z]\w+)`/gi)
        .filter((key) => blocks.has(key.split(".")[0]) && !keys.includes(key))
        .map((key) => `${path}: ${key}`),
    ]);
    expect(commands.length).toBeGreaterThan(5);
    expect(wrong).toEqual([]);
  });

  it("gives every dependency a reason in STYLE.md, and names no other", () => {
    const listed = matches(readText("STYLE.md"), /^\| `([@\w./-]+)` \|/gm);
    const all = [packageFile.dependencies, packageFile.devDependencies].flatMap(Object.keys);
    expect(listed.toSorted()).toEqual(all.toSorted());
  });

  it("shows the import table of the rules in ARCHITECTURE.md", () => {
    const short = (place: string): string => (pureLib.includes(place) ? "pure lib" : place);
    const rules = folderRules
      .filter(({ at }) => isUnder(at, "src") || at === "web")
      .map(({ at, mayImport }) => [at, [...new Set(mayImport.map(short))].toSorted()]);
    const shown = [
      ...readText("ARCHITECTURE.md").matchAll(/^\| `((?:src|web)[^`]*)` \| (.+?) \|/gm),
    ]
      .map(([, at, cell = ""]) => [
        at,
        cell === "nothing of ours" ? [] : cell.split(", ").map((name) => name.replaceAll("`", "")),
      ])
      .map(([at, names]) => [at, Array.isArray(names) ? names.toSorted() : names]);
    expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(rules));
  });

  it("speaks of the version that package.json has", () => {
    expect(readText("src/main.ts")).toContain(`version = "${packageFile.version}"`);
  });
});
