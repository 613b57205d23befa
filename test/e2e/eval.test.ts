import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Home, makeHome } from "../support/home.ts";
import { example, runCli } from "../support/product.ts";

let home: Home;
beforeAll(async () => {
  home = await makeHome();
});
afterAll(() => home.remove());

it("reads the samples all right, and says so beside what was kept before", async () => {
  const base = join(home.dir, "base.json");
  const page = join(home.dir, "report.html");
  const goals =
    "name=1,ask=1,date=1,healthcare.yes=1,healthcare.no=1,invented=0,failed=0,grounding=1";
  const files = ["--save", base, "--html", page];
  const samples = ["eval", "--decks", example(""), "--goal", goals, ...files, "--json"];
  const first = await runCli(home, samples);
  expect(first.code, first.said).toBe(0);
  const { runs } = JSON.parse(first.out);
  expect(runs[0].decks).toHaveLength(3);
  expect(runs[0].goals.every(({ met }: { met: boolean }) => met)).toBe(true);
  expect(await readFile(page, "utf8")).toContain("Readings of 3 decks");

  // One deck that was right is known to be another: the same reading is a regression then.
  const decks = join(home.dir, "decks");
  await mkdir(decks);
  await cp(example("loopfreight.pdf"), join(decks, "loopfreight.pdf"));
  await writeFile(
    join(decks, "truth.json"),
    JSON.stringify([{ file: "loopfreight.pdf", startup_name: "Another" }]),
  );
  const words = ["eval", "--decks", decks, "--against", base, "--goal", "failed=0"];
  const second = await runCli(home, words);
  expect(second.code, second.said).toBe(3);
  expect(second.out).toContain("name regressed: right before and not now in loopfreight.pdf.");
});

it("says what is wrong with a truth before it reads anything", async () => {
  const decks = join(home.dir, "wrong");
  await mkdir(decks);
  await writeFile(join(decks, "truth.json"), '[{"file":"a.pdf","deck_date":"May"}]');
  const { code, said } = await runCli(home, ["eval", "--decks", decks]);
  expect(code).toBe(2);
  expect(said).toContain("truth.json: a.pdf: deck_date: must be a year, year-month or date");
});

it("refuses a place for its results that cannot be written before it reads anything", async () => {
  const save = join(home.dir, "nowhere", "runs.json");
  const { code, said } = await runCli(home, ["eval", "--decks", example(""), "--save", save]);
  expect(code).toBe(2);
  expect(said).toContain(`--save: ${join(home.dir, "nowhere")} cannot be written to (ENOENT)`);
  expect(said).not.toContain("loopfreight");
});
