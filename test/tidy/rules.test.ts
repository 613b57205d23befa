import { describe, expect, it } from "vitest";
import { check, isTest } from "./check.ts";
import { folderRules, linesMax } from "./rules.ts";
import { codeOf, exportsOf, importsOf, piecesOf } from "./source.ts";
import {
  type Exceptions,
  packageFindings,
  packageOf,
  staleExceptions,
  unusedExports,
  unusedFiles,
} from "./unused.ts";

const rulesBroken = (path: string, text: string): string[] =>
  check({ path, text }).map(({ rule }) => rule);
const noExceptions: Exceptions = { exports: {}, files: {}, packages: {} };
const unfinished = ["TO", "DO"].join("");

describe("the import table", () => {
  const places = folderRules.filter(({ at }) => !isTest(`${at}/x.ts`));
  const inside = (at: string): string => (at.endsWith(".ts") ? at : `${at}/x.ts`);
  const targets = [...places.map(({ at }) => inside(at)), "src/lib/clock.ts"];
  const importing = (from: string, to: string): string =>
    `import { a } from "${"../".repeat(from.split("/").length - 1) || "./"}${to}";\n`;

  it.each(places)("lets $at import its row and nothing else of ours", ({ at, mayImport }) => {
    const from = inside(at);
    for (const to of targets) {
      const allowed = [at, ...mayImport].some(
        (place) => to === place || to.startsWith(`${place}/`),
      );
      const broken = rulesBroken(from, importing(from, to));
      expect(broken, `${from} -> ${to}`).toEqual(allowed ? [] : ["imports"]);
    }
  });

  it.each(places)(
    "keeps packages and Node out of $at where it says so",
    ({ at, packages, node }) => {
      const from = inside(at);
      expect(rulesBroken(from, 'import { z } from "zod";')).toEqual(packages ? [] : ["imports"]);
      expect(rulesBroken(from, 'import { a } from "node:fs";')).toEqual(node ? [] : ["imports"]);
    },
  );

  it("lets nobody but main and the CLI reach everything", () => {
    const wide = folderRules.filter(({ mayImport }) => mayImport.includes("src"));
    expect(wide.map(({ at }) => at)).toEqual([
      "src/cli",
      "src/main.ts",
      "bench",
      "examples",
      "scripts",
      "test",
    ]);
  });

  it.each([
    ["a type", 'import type { A } from "../db/a.ts";'],
    ["what is passed on", 'export { a } from "../db/a.ts";'],
    ["everything", 'import * as db from "../db/a.ts";'],
    ["an effect", 'import "../db/a.ts";'],
    ["several lines", 'import {\n  a,\n  b,\n} from "../db/a.ts";'],
    ["later", 'const a = await import("../db/a.ts");'],
    ["a type in place", 'let a: import("../db/a.ts").A;'],
    ["a process", 'childEntry(import.meta.url, "../db/a");'],
  ])("sees the import of %s", (_, text) => {
    expect(rulesBroken("src/http/x.ts", text)).toEqual(["imports"]);
  });

  it("refuses a test as a part of the product, and a folder without a row", () => {
    expect(rulesBroken("src/db/x.ts", 'import { a } from "./a.test.ts";')).toEqual(["imports"]);
    expect(rulesBroken("src/db/x.ts", 'import { a } from "../../test/a.ts";')).toEqual(["imports"]);
    expect(rulesBroken("src/newcomer/x.ts", "")).toEqual(["imports"]);
  });

  it("leaves tests alone", () => {
    expect(rulesBroken("src/core/x.test.ts", 'import { a } from "../db/a.ts";')).toEqual([]);
  });
});

describe("the fences", () => {
  it.each([
    ["src/services/x.ts", "const a = Math.random();"],
    ["src/core/x.ts", "const a = Date.now();"],
    ["src/worker/x.ts", "const a = new Date();"],
    ["web/src/x.ts", "const a = [Date.now()];"],
    ["src/worker/settings.ts", "const a = process.env.HOME;"],
    ["src/providers/x.ts", "const a = { ...process.env };"],
  ])("stop %s from saying %s", (path, text) => {
    expect(rulesBroken(path, text)).toEqual(["fence"]);
  });

  it.each([
    ["src/lib/x.ts", "Math.random(); Date.now();"],
    ["src/cli/x.ts", "Date.now(); process.env;"],
    ["src/worker/main.ts", "process.env;"],
    ["src/core/x.ts", "const a = new Date(0); // not Date.now()"],
    ["src/core/x.ts", 'const a = "Date.now()";'],
    ["src/core/x.test.ts", "Date.now();"],
  ])("let %s say %s", (path, text) => {
    expect(rulesBroken(path, text)).toEqual([]);
  });
});

describe("SQL", () => {
  it.each([
    "await sql`select 1`",
    "await db<Row[]>`anything`",
    'const text = "select id from leases";',
    "const text = `insert into tasks (id) values (1)`;",
    "const text = `update pipelines set state = 1`;",
    "const text = `delete from ready`;",
    "const text = `create table a (b int)`;",
  ])("is seen outside src/db: %s", (text) => {
    expect(rulesBroken("src/services/x.ts", text)).toEqual(["sql"]);
    expect(rulesBroken("src/db/x.ts", text)).toEqual([]);
  });

  it.each([
    "const a = `Select one of these.`;",
    'const a = "Could not update the set.";',
    "// select a from b",
  ])("is not seen in a sentence: %s", (text) => {
    expect(rulesBroken("src/services/x.ts", text)).toEqual([]);
  });
});

describe("words, paths and length", () => {
  it("report what is not finished", () => {
    expect(rulesBroken("src/db/x.ts", `// ${unfinished}: later`)).toEqual(["words"]);
    expect(rulesBroken("src/db/x.ts", `const ${unfinished} = 1;`)).toEqual(["words"]);
  });

  it.each(["it.only", "describe.skip", "test.todo", "it.concurrent.only", "it.fails"])(
    "report %s, so that no test is left out",
    (call) => {
      expect(rulesBroken("src/db/x.test.ts", `${call}("a", () => {});`)).toEqual(["words"]);
    },
  );

  it("let a test depend on data that may be missing", () => {
    expect(rulesBroken("src/db/x.test.ts", 'it.skipIf(!there)("a", () => {});')).toEqual([]);
  });

  it.each(["home/ada/code", "root/x", "Users/ada/x", "work/x/src"])(
    "report the path /%s in any text",
    (path) => {
      expect(rulesBroken("docs/x.md", `See \`/${path}\`.`)).toEqual(["paths"]);
      expect(rulesBroken("src/db/x.ts", `const a = "/${path}";`)).toEqual(["paths"]);
    },
  );

  it("do not take an address for a path", () => {
    expect(rulesBroken("docs/x.md", "https://example.org/home/ada and ../home/x")).toEqual([]);
  });

  it("report the first line too many", () => {
    expect(rulesBroken("src/db/x.ts", "a();\n".repeat(linesMax))).toEqual([]);
    expect(rulesBroken("src/db/x.ts", "a();\n".repeat(linesMax + 1))).toEqual(["length"]);
  });
});

describe("what nobody uses", () => {
  const file = (path: string, text: string) => ({ path, text });
  const names = (found: readonly { path: string; message: string }[]): string[] =>
    found.map(({ path, message }) => `${path} ${message.split(" ")[0]}`);

  it("is found among exports, also when only a test imports it", () => {
    const files = [
      file(
        "src/db/a.ts",
        "export const used = 1;\nexport const dead = 2;\nexport function tried() {}",
      ),
      file("src/db/b.ts", 'import { used } from "./a.ts"; used();'),
      file("src/db/a.test.ts", 'import { tried } from "./a.ts"; tried();'),
    ];
    expect(names(unusedExports(files, noExceptions))).toEqual([
      "src/db/a.ts dead",
      "src/db/a.ts tried",
    ]);
    const excused = { ...noExceptions, exports: { "src/db/a.ts#dead": "a reason" } };
    expect(names(unusedExports(files, excused))).toEqual(["src/db/a.ts tried"]);
  });

  it("is no part that its file uses and a test looks at", () => {
    const files = [
      file(
        "src/db/a.ts",
        "export const part = 1;\nexport const whole = part;\nexport const alone = part;",
      ),
      file("src/db/b.ts", 'import { whole, alone } from "./a.ts";'),
      file("src/db/a.test.ts", 'import { part } from "./a.ts";'),
    ];
    expect(unusedExports(files, noExceptions)).toEqual([]);
    expect(names(unusedExports(files.slice(0, 2), noExceptions))).toEqual(["src/db/a.ts part"]);
  });

  it("is no type that names part of something else, unless nothing speaks of it", () => {
    const text = "export interface A {}\nexport interface B {}\nexport const make = (): A => ({});";
    const files = [
      file("src/db/a.ts", text),
      file("src/db/b.ts", 'import { make } from "./a.ts";'),
    ];
    expect(names(unusedExports(files, noExceptions))).toEqual(["src/db/a.ts B"]);
  });

  it("is found among files, and a child process is no such file", () => {
    const files = [
      file("src/pdf/parent.ts", 'childEntry(import.meta.url, "./child");'),
      file("src/pdf/child.ts", "go();"),
      file("src/pdf/alone.ts", "go();"),
      file("src/pdf/alone.test.ts", 'import "./alone.ts";'),
    ];
    const excused = { ...noExceptions, files: { "src/pdf/parent.ts": "a reason" } };
    expect(unusedFiles(files, excused).map(({ path }) => path)).toEqual(["src/pdf/alone.ts"]);
  });

  it("is found among packages, and so is what is missing or in the wrong list", () => {
    const list = { dependencies: { zod: "1", idle: "1" }, devDependencies: { vitest: "1" } };
    const text =
      'import { z } from "zod";\nimport { it } from "vitest";\nimport a from "absent/sub";';
    const found = packageFindings([file("src/db/a.ts", text)], list, noExceptions);
    expect(found.map(({ message }) => message)).toEqual([
      "vitest is needed at run time, so it belongs into dependencies",
      "absent is not in package.json",
      "idle is listed, and nothing imports it",
    ]);
    expect(packageFindings([file("src/db/a.test.ts", text)], list, noExceptions)).toHaveLength(2);
    // It has a list of its own, so it neither misses nor uses anything of this one.
    const beside = packageFindings([file("bench/peers/a.mjs", text)], list, noExceptions);
    expect(beside.map(({ message }) => message)).toContain("zod is listed, and nothing imports it");
    expect(beside.map(({ message }) => message)).not.toContain("absent is not in package.json");
  });

  it("is found among exceptions", () => {
    const list = { dependencies: {}, devDependencies: {} };
    const old = {
      exports: { "src/a.ts#gone": "a reason" },
      files: { "src/gone.ts": "a reason" },
      packages: { gone: "a reason" },
    };
    expect(staleExceptions([], list, old)).toEqual(["src/a.ts#gone", "src/gone.ts", "gone"]);
  });

  it("counts a package by its name alone", () => {
    expect(packageOf("@fastify/static/x")).toBe("@fastify/static");
    expect(packageOf("vitest/config")).toBe("vitest");
    expect([packageOf("node:fs"), packageOf("./x.ts")]).toEqual([null, null]);
  });
});

describe("reading TypeScript", () => {
  it("tells code from comments, strings, templates and patterns", () => {
    const text = `const a = "//no"; // yes\nconst b = /["\`]/.test(\`x \${f("}")} y\`); /* z */`;
    expect(
      piecesOf(text)
        .filter(({ kind }) => kind !== "code")
        .map(({ kind, text }) => [kind, text]),
    ).toEqual([
      ["string", "//no"],
      ["comment", "// yes"],
      ["pattern", '["`]'],
      ["template", "x "],
      ["string", "}"],
      ["template", " y"],
      ["comment", "/* z */"],
    ]);
  });

  it("tells a division from a pattern", () => {
    const kinds = piecesOf("const a = b / c; const d = (e) / f / 2;").map(({ kind }) => kind);
    expect(kinds).toEqual(["code"]);
  });

  it("keeps lines and offsets when it blanks what is not code", () => {
    const text = `a(\`one\n\${b({})}\ntwo\`); // three\n`;
    const code = codeOf(text);
    expect(code).toHaveLength(text.length);
    expect(code.split("\n")).toHaveLength(text.split("\n").length);
    expect(code).toContain("b({})");
    expect(code).not.toMatch(/one|two|three/);
  });

  it("names what is imported and exported", () => {
    const text =
      'import d, { a, type B as C } from "./x.ts";\nimport * as ns from "./y.ts";\nexport { p as q, type R };\nexport async function f() {}\nexport { z } from "./z.ts";';
    expect(importsOf(text).map(({ from, names }) => [from, names])).toEqual([
      ["./x.ts", ["a", "B", "default"]],
      ["./y.ts", ["*"]],
      ["./z.ts", ["z"]],
    ]);
    expect(exportsOf(text).map(({ name, kind }) => [name, kind])).toEqual([
      ["f", "value"],
      ["q", "value"],
      ["R", "type"],
    ]);
  });
});
