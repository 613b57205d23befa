import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { deckOf } from "../../test/support/decks.ts";
import { openPdf, unlockPdf } from "./index.ts";

let folder: string;
let locked: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pilotlight-unlock-"));
  locked = join(folder, "locked.pdf");
  await writeFile(locked, await deckOf(["Raising now", "The team"], { password: "størk-42" }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("writes a copy that needs no password and says the same", async () => {
  const target = join(folder, "open.pdf");
  expect(await unlockPdf(locked, target, "størk-42")).toBe(true);
  expect((await readFile(target)).includes("/Encrypt")).toBe(false);
  const document = await openPdf(target);
  const facts = await document.read(1).finally(() => document.close());
  expect([document.pages, facts.lines[0]?.text]).toEqual([2, "Raising now"]);
});

it("refuses a wrong password with a code, and without the password in it", async () => {
  const refused = unlockPdf(locked, join(folder, "none.pdf"), "not it");
  await expect(refused).rejects.toMatchObject({ code: "PDF_PASSWORD_WRONG" });
  await expect(refused).rejects.not.toThrow("not it");
  expect(await readdir(folder)).not.toContain("none.pdf");
});

it("leaves alone what needs none", async () => {
  const file = join(folder, "plain.pdf");
  await writeFile(file, await deckOf(["Hello"]));
  expect(await unlockPdf(file, join(folder, "same.pdf"), "any")).toBe(false);
  expect(await readdir(folder)).not.toContain("same.pdf");
});
