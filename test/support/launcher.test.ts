import { type SpawnOptions, spawn } from "node:child_process";
import {
  appendFile,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";

// A small checkout of its own with the real launcher, whose compilers only note that they ran.
const here = fileURLToPath(new URL("../../", import.meta.url));
let dir = "";
let clone = "";

const cli = `
if (process.argv[2] === "stay") {
  process.on("SIGTERM", () => process.exit(7));
  setInterval(() => {}, 1000);
}
process.stdout.write(JSON.stringify({ words: process.argv.slice(2), cwd: process.cwd() }) + "\\n");
process.exitCode = process.argv[2] === "fail" ? 5 : 0;
`;

const compiler = (name: string, result: string): string => `
const fs = require("node:fs"), path = require("node:path");
const into = path.join(process.argv[process.argv.indexOf("--outDir") + 1], ${JSON.stringify(result)});
fs.appendFileSync(${JSON.stringify(join(dir, "ran"))}, ${JSON.stringify(`${name}\n`)});
fs.mkdirSync(path.dirname(into), { recursive: true });
fs.copyFileSync(${JSON.stringify(join(clone, "cli-source"))}, into);
`;

async function put(name: string, text: string): Promise<void> {
  await mkdir(dirname(join(clone, name)), { recursive: true });
  await writeFile(join(clone, name), text);
}

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "pilotlight-launcher-"));
  clone = join(dir, "a clone with blanks");
  await mkdir(clone, { mode: 0o700 });
  await cp(join(here, "scripts"), join(clone, "scripts"), { recursive: true });
  await cp(join(here, "pilotlight"), join(clone, "pilotlight"));
  const lock = JSON.stringify({ packages: { "": {}, "node_modules/a": { version: "1.0.0" } } });
  await put("package.json", '{ "type": "module" }');
  await put("package-lock.json", lock);
  await put("node_modules/.package-lock.json", lock);
  await put("cli-source", cli);
  const server = join("cli", "main.js");
  await put("node_modules/package.json", '{ "type": "commonjs" }');
  await put("node_modules/typescript/bin/tsc", compiler("server", server));
  await put("node_modules/vite/bin/vite.js", compiler("web", "index.html"));
  for (const name of ["src/contract/a.ts", "src/core/a.ts", "src/errors/a.ts", "src/lib/a.ts"]) {
    await put(name, "");
  }
  for (const name of ["web/index.html", "tsconfig.json", "tsconfig.build.json"])
    await put(name, "");
});
afterEach(() => rm(dir, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly said: string;
}

function run(file: string, args: readonly string[], options: SpawnOptions = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let [out, said] = ["", ""];
    child.stdout?.on("data", (chunk: Buffer) => {
      out += String(chunk);
      if (args[0] === "stay") child.kill("SIGTERM");
    });
    child.stderr?.on("data", (chunk: Buffer) => {
      said += String(chunk);
    });
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, out, said }));
  });
}

const pilotlight = (...words: string[]): Promise<Ended> => run(join(clone, "pilotlight"), words);

async function builds(): Promise<string[]> {
  const text = await readFile(join(dir, "ran"), "utf8").catch(() => "");
  return text.split("\n").filter((line) => line !== "");
}

it("builds once, keeps standard output for the command, and does nothing the second time", async () => {
  const first = await pilotlight("ls", "two words", "");
  expect(first.said).toMatch(/^Building server and web .*\n$/);
  expect(JSON.parse(first.out).words).toEqual(["ls", "two words", ""]);
  const second = await pilotlight("ls");
  expect(second.said).toBe("");
  expect(await builds()).toEqual(["server", "web"]);
  expect(await readdir(join(clone, ".setup"))).toEqual(["server.stamp", "web.stamp"]);
});

it("runs through a symbolic link, in the folder of the caller", async () => {
  await symlink(join("a clone with blanks", "pilotlight"), join(dir, "linked"));
  const { out } = await run(join(dir, "linked"), ["ls"], { cwd: "/" });
  expect(JSON.parse(out).cwd).toBe("/");
});

it("hands on exit codes and signals", async () => {
  expect((await pilotlight("fail")).code).toBe(5);
  expect((await pilotlight("stay")).code).toBe(7);
});

it("builds again only the half whose sources changed, and not for tests", async () => {
  await pilotlight("ls");
  await put("src/services/a.test.ts", "1");
  await pilotlight("ls");
  await put("web/src/a.tsx", "1");
  await pilotlight("ls");
  await put("src/services/a.ts", "1");
  await pilotlight("ls");
  expect(await builds()).toEqual(["server", "web", "web", "server"]);
  expect((await readdir(join(clone, "dist"))).sort()).toEqual(["cli", "web"]);
});

it("is set up once when two start at the same time", async () => {
  const both = await Promise.all([pilotlight("a"), pilotlight("b"), pilotlight("c")]);
  expect(both.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(await builds()).toEqual(["server", "web"]);
});

it("takes over the set-up lock of a dead process, whatever it holds", async () => {
  for (const text of ['[{"pid":4999999,"birth":"1"}]', "{", ""]) {
    await put(".setup/lock", text);
    await appendFile(join(clone, "web", "index.html"), "x");
    expect((await pilotlight("ls")).code).toBe(0);
  }
});

it("says in one sentence that a build failed, and tries again next time", async () => {
  await put("node_modules/typescript/bin/tsc", "process.exit(2)");
  const failed = await pilotlight("ls");
  expect(failed).toMatchObject({ code: 1, out: "" });
  expect(failed.said).toContain("The server could not be built");
  await put("node_modules/typescript/bin/tsc", compiler("server", join("cli", "main.js")));
  expect((await pilotlight("ls")).code).toBe(0);
});

it("starts the stack for npm start, and with arguments that command, where the person is", async () => {
  const start = (...words: string[]): Promise<Ended> =>
    run(process.execPath, [join(clone, "scripts", "start.mjs"), ...words], {
      env: { ...process.env, INIT_CWD: "/" },
    });
  expect(JSON.parse((await start()).out)).toEqual({ words: ["up", "--sample"], cwd: "/" });
  expect(JSON.parse((await start("run", "x", "--json")).out).words).toEqual(["run", "x", "--json"]);
});

it("refuses an old Node with one sentence", async () => {
  const preload = join(dir, "old.cjs");
  await writeFile(
    preload,
    `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "18.20.1" } });`,
  );
  const main = join(clone, "scripts", "pilotlight.mjs");
  const { code, out, said } = await run(process.execPath, ["--require", preload, main, "ls"]);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(said).toBe(
    "Pilotlight needs Node 20.19 or newer, and this is 18.20.1: see https://nodejs.org\n",
  );
});

it("says so when there is no Node at all", async () => {
  const { code, said } = await run(join(clone, "pilotlight"), ["ls"], {
    env: { PATH: join(dir, "nothing") },
  });
  expect({ code, said }).toEqual({
    code: 2,
    said: "Pilotlight needs Node 20.19 or newer and finds no node in PATH: see https://nodejs.org\n",
  });
});
