import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readPackFolders } from "./read-folders.ts";
import { builtInPacksDir } from "./read-pack.ts";

let home = "";
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "packs-"));
});
afterEach(() => rm(home, { recursive: true, force: true }));

it("puts the first of one's own in the place of the one built in, and tells what it leaves out", async () => {
  const folders = ["a", "b", "c"].map((name) => join(home, name));
  for (const folder of folders) {
    await cp(join(builtInPacksDir(), "pitch-deck"), folder, { recursive: true });
    await writeFile(join(folder, "prompts/science.md"), `${folder} {{deck}}`);
  }
  const [a = "", b = "", c = ""] = folders;
  await rm(join(c, "pack.yaml"));
  const notices: string[] = [];
  const read = await readPackFolders(home, (sentence) => notices.push(sentence));
  expect(read.map(({ pack }) => pack.name).sort()).toEqual(["pitch-deck", "scientific-paper"]);
  const own = read.find(({ pack }) => pack.name === "pitch-deck");
  expect(own?.pack.prompts.science).toBe(`${a} {{deck}}`);
  expect(notices).toEqual([
    expect.stringContaining(`The pack in ${b} is left out.`),
    expect.stringContaining(`The pack in ${c} is left out.`),
  ]);
  expect(notices[0]).toContain(`${a} is pitch-deck as well.`);
  expect(notices[1]).toContain("pack.yaml: there is no such file");
});
