import { execFile } from "node:child_process";
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { ownScripts } from "./completion-scripts.ts";

const call = promisify(execFile);

// Where nothing of it is on PATH, under a name with all that a shell might take for its own.
let dir = "";
let launcher = "";
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "pilotlight-completion-"));
  launcher = join(dir, "it's $HOME (1) pilotlight");
  const lines = [
    "#!/bin/bash",
    `printf '%s\\0' "$@" >> '${join(dir, "asked")}'`,
    `cat '${join(dir, "answer")}'`,
  ];
  await writeFile(launcher, lines.join("\n"));
  await chmod(launcher, 0o755);
});
beforeEach(() => writeFile(join(dir, "asked"), ""));
afterAll(() => rm(dir, { recursive: true, force: true }));

/** What bash offers for these words, as it has them: not expanded, the last one under way. */
async function offered(words: readonly string[], answer = "status\tone look\n:4\n") {
  await writeFile(join(dir, "answer"), answer);
  await writeFile(join(dir, "script"), ownScripts.bash(launcher));
  const quoted = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  const steps = [
    "set -eu",
    `source '${join(dir, "script")}'`,
    `COMP_WORDS=(${quoted})`,
    `COMP_CWORD=${words.length - 1}`,
    "_pilotlight",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is bash's
    'for one in "${COMPREPLY[@]+"${COMPREPLY[@]}"}"; do printf "%s\\n" "$one"; done',
    "complete -p pilotlight >&2",
  ];
  const options = { cwd: dir, env: { PATH: process.env.PATH ?? "" } };
  const { stdout, stderr } = await call("bash", ["--norc", "-c", steps.join("\n")], options);
  const asked = (await readFile(join(dir, "asked"), "utf8")).split("\0").slice(0, -1);
  return { lines: stdout.split("\n").filter((line) => line !== ""), asked, told: stderr };
}

it("offers in bash what the program answers, and leaves the rest to names of files", async () => {
  const some = await offered(["./pilotlight", "sta"]);
  expect(some).toMatchObject({ lines: ["status"], asked: ["complete", "--", "sta"] });
  expect(some.told).toMatch(/^complete -o bashdefault -o default -F _pilotlight pilotlight\n$/);
  const none = await offered(["pilotlight", "run", ""], ":4\n");
  expect(none).toMatchObject({ lines: [] });
});

it("evaluates nothing that is typed or answered", async () => {
  const typed = ["$(touch x)", "`touch x`", "a;touch x", "'my deck", "*", "~", "$HOME", "a b"];
  const { asked } = await offered(["pilotlight", "status", ...typed]);
  expect(asked).toEqual(["complete", "--", "status", ...typed]);
  const { lines } = await offered(["pilotlight", "status", ""], "$(touch x)\t\n*\t\n:4\n");
  expect(lines).toEqual(["$(touch x)", "*"]);
  expect(await readdir(dir)).not.toContain("x");
});

it.each([
  [">", "report.md"],
  [">>", "report.md"],
  ["2>", "report.md"],
  [">report.md"],
  ["<", "key.txt"],
])("asks nobody behind a redirection: %s %s", async (...words) => {
  await writeFile(join(dir, "report.md"), "kept");
  const { lines, asked } = await offered(["pilotlight", "results", "d_1", ...words]);
  expect([lines, asked]).toEqual([[], []]);
  expect(await readFile(join(dir, "report.md"), "utf8")).toBe("kept");
  await rm(join(dir, "report.md"));
});

it("puts a flag and its value together again, which bash takes apart", async () => {
  const { asked } = await offered(["pilotlight", "ls", "--progress", "=", "pl"]);
  expect(asked.slice(2)).toEqual(["ls", "--progress=pl"]);
  await writeFile(join(dir, "asked"), "");
  const begun = await offered(["pilotlight", "ls", "--progress", "=", "pl", "--utc", ""]);
  expect(begun.asked.slice(2)).toEqual(["ls", "--progress=pl", "--utc", ""]);
});

it("runs in every shell the launcher by its whole path, as one word", () => {
  expect(ownScripts.zsh("/a b/it's")).toContain(`'/a b/it'\\''s' complete -- `);
  expect(ownScripts.fish("/a b/it's")).toContain("'/a b/it\\'s' complete -- ");
});
