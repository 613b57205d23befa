import { readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Evidence, Results, SpecializedAnalysis } from "../../src/contract/results.ts";
import { type RunReport, runReport } from "../../src/contract/run.ts";
import { deckOf, smallDeck } from "../support/decks.ts";
import { type Home, makeHome } from "../support/home.ts";
import { type CliRun, example, runCli, startCli } from "../support/product.ts";

interface Expected {
  readonly file: string;
  readonly startup_name: string;
  readonly is_healthcare: boolean;
  readonly funding_amount: unknown;
  readonly deck_date: string;
  readonly pages: number;
}

let home: Home;
beforeEach(async () => {
  home = await makeHome();
});
afterEach(() => home.remove());

const taskNames = [
  "extractions_and_template",
  "slide_feedback",
  "specialized_clinical",
  "specialized_regulatory",
  "specialized_science",
  "visual_analysis",
];

const specialised = (results: Results): (SpecializedAnalysis | undefined)[] => [
  results.specialized_clinical,
  results.specialized_regulatory,
  results.specialized_science,
];

/** Every piece of evidence in any result. */
function evidenceIn(value: unknown): Evidence[] {
  if (typeof value !== "object" || value === null) return [];
  const own = "quote" in value && "grounded" in value ? [value as Evidence] : [];
  return [...own, ...Object.values(value).flatMap(evidenceIn)];
}

/** Letters and figures alone: how words are set on the slide does not matter. */
const bare = (text: string): string =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "");

function expectFacts(document: RunReport["documents"][number], expected: Expected): void {
  const { results } = document;
  expect(document).toMatchObject({ state: "done", engine: "extractive", error: null });
  expect(document.pages).toBe(expected.pages);
  expect(Object.keys(results).sort()).toEqual(taskNames);
  expect(results.visual_analysis?.slides.map(({ slide }) => slide)).toEqual(
    Array.from({ length: expected.pages }, (_, index) => index + 1),
  );
  const facts = results.extractions_and_template?.extractions;
  expect({
    startup_name: facts?.startup_name.value,
    is_healthcare: facts?.healthcare.value?.is_healthcare,
    funding_amount: facts?.funding_amount.value,
    deck_date: facts?.deck_date.value,
  }).toEqual({
    startup_name: expected.startup_name,
    is_healthcare: expected.is_healthcare,
    funding_amount: expected.funding_amount,
    deck_date: expected.deck_date,
  });
}

it("runs the sample decks and prints one report with what stands in them", async () => {
  const known = JSON.parse(await readFile(example("expected.json"), "utf8")) as Expected[];
  const { code, out, said } = await runCli(home, [
    "run",
    ...known.map(({ file }) => example(file)),
    "--json",
  ]);
  expect({ code, said }).toMatchObject({ code: 0 });
  // One object, one line, nothing else.
  expect(out).toMatch(/^\{.*\}\n$/);
  const report = runReport.parse(JSON.parse(out));
  expect(report.documents.map(({ name }) => name)).toEqual(known.map(({ file }) => file));
  for (const [index, expected] of known.entries()) {
    const document = report.documents[index] as RunReport["documents"][number];
    expectFacts(document, expected);
    for (const one of specialised(document.results)) {
      expect(one?.applicable).toBe(expected.is_healthcare);
      if (!expected.is_healthcare) {
        expect(one?.reason?.length).toBeGreaterThan(10);
        expect(one?.claims).toEqual([]);
      }
    }
    const slides = document.results.visual_analysis?.slides ?? [];
    const grounded = evidenceIn(document.results).filter((one) => one.grounded);
    expect(grounded.length).toBeGreaterThan(5);
    for (const { slide, quote } of grounded) {
      const text = slides.find((one) => one.slide === slide)?.text ?? "";
      expect({ slide, quote, stands: bare(text).includes(bare(quote)) }).toMatchObject({
        stands: true,
      });
    }
  }
  expect(await home.leftovers()).toEqual([]);
});

it("reports refused files with code 3 and still finishes the deck between them", async () => {
  await writeFile(join(home.dir, "broken.pdf"), "not a deck");
  await writeFile(join(home.dir, "locked.pdf"), await deckOf(["Secret"], { password: "abc" }));
  await writeFile(join(home.dir, "deck.pdf"), await smallDeck("Velmora"));
  // Larger than allowed on the disk's word alone: nothing is written for it.
  await truncate(await created(join(home.dir, "huge.pdf")), 201 * 1024 ** 2);
  const files = ["broken.pdf", "locked.pdf", "deck.pdf", "huge.pdf", "missing.pdf", "."];
  const { code, out } = await runCli(home, ["run", ...files, "--json"]);
  expect(code).toBe(3);
  const { documents } = runReport.parse(JSON.parse(out));
  const seen = documents.map(({ state, error }) => ({ state, code: error?.code ?? null }));
  expect(seen).toEqual([
    { state: "rejected", code: "NOT_A_PDF" },
    { state: "rejected", code: "PDF_ENCRYPTED" },
    { state: "done", code: null },
    { state: "rejected", code: "FILE_TOO_LARGE" },
    { state: "rejected", code: "FILE_UNREADABLE" },
    { state: "rejected", code: "FILE_UNREADABLE" },
  ]);
  expect(documents[2]?.results.extractions_and_template?.extractions.startup_name.value).toBe(
    "Velmora",
  );
  expect(await home.leftovers()).toEqual([]);
});

async function created(path: string): Promise<string> {
  await writeFile(path, "%PDF-1.7\n");
  return path;
}

it("lets several runs share one clone: whoever owns the stack ends it, the others go on", async () => {
  for (const name of ["Ostrava", "Pellworm"]) {
    await writeFile(join(home.dir, `${name}.pdf`), await smallDeck(name));
  }
  // Two at the same moment: one starts the stack. The third takes longer than both.
  const [first, second] = ["Ostrava.pdf", "Pellworm.pdf"].map((file) =>
    startCli(home, ["run", file, "--json"]),
  ) as [CliRun, CliRun];
  await Promise.race([first.heard(/accepted/), second.heard(/accepted/)]);
  const third = startCli(home, ["run", example("tessera-pictures.pdf"), "--json"]);
  const ended = await Promise.all([first.ended, second.ended, third.ended]);
  const names = ["Ostrava.pdf", "Pellworm.pdf", "tessera-pictures.pdf"];
  for (const [index, { code, out, said }] of ended.entries()) {
    expect({ code, said }).toMatchObject({ code: 0 });
    const { documents } = runReport.parse(JSON.parse(out));
    expect(documents.map(({ name, state }) => ({ name, state }))).toEqual([
      { name: names[index], state: "done" },
    ]);
  }
  expect(ended[2]?.said).toContain("going on with another one");
  expect(await home.leftovers()).toEqual([]);
});

it("ends with 130 at Ctrl-C in the middle of a deck and leaves no process", async () => {
  const run = startCli(home, ["run", example("tessera-pictures.pdf")]);
  await run.heard(/% visual_analysis/);
  run.child.kill("SIGINT");
  const { code, out } = await run.ended;
  expect({ code, out }).toEqual({ code: 130, out: "" });
  expect(await home.leftovers()).toEqual([]);
});
