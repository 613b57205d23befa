import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type FieldsResult, fieldsResult, templateAnalysis } from "../../src/contract/results.ts";
import { type RunReport, runReport } from "../../src/contract/run.ts";
import { builtInPacksDir } from "../../src/packs/read-pack.ts";
import { smallDeck } from "../support/decks.ts";
import { type Home, makeHome } from "../support/home.ts";
import { invoiceFacts, invoiceFields, invoicePdf } from "../support/invoice.ts";
import { example, runCli, startCli } from "../support/product.ts";
import { withStack } from "../support/stack.ts";

const valuesOf = ({ fields }: FieldsResult): Record<string, unknown> =>
  Object.fromEntries(fields.map(({ name, value }) => [name, value]));

async function inHome(test: (home: Home) => Promise<void>): Promise<void> {
  const home = await makeHome();
  try {
    await test(home);
  } finally {
    await home.remove();
  }
}

/** A pack made from the one for papers by nothing but other files. */
async function makeInvoicePack(home: Home): Promise<string> {
  const packs = join(home.dir, "packs");
  const folder = join(packs, "bills");
  await mkdir(packs);
  await cp(join(builtInPacksDir(), "scientific-paper"), folder, { recursive: true });
  const manifest = join(folder, "pack.yaml");
  const text = await readFile(manifest, "utf8");
  await writeFile(
    manifest,
    text.replace("name: scientific-paper", "name: bills").replace("study_facts\n", "bill_facts\n"),
  );
  await writeFile(join(folder, "fields/study.yaml"), invoiceFields);
  return packs;
}

const reportOf = (out: string): RunReport => runReport.parse(JSON.parse(out));

it("reads papers with the pack for them: every expected value, each quote on its page", () =>
  inHome(async (home) => {
    const known = JSON.parse(await readFile(example("expected-papers.json"), "utf8")) as {
      file: string;
      fields: Record<string, unknown>;
    }[];
    const files = known.map(({ file }) => example(file));
    const run = await runCli(home, ["run", "--pack", "scientific-paper", ...files, "--json"]);
    expect(run.code, run.said).toBe(0);
    const { documents } = reportOf(run.out);
    for (const [index, { fields }] of known.entries()) {
      const document = documents[index];
      expect(document).toMatchObject({
        ...{ state: "done", engine: "extractive" },
        pack: { name: "scientific-paper", version: 1, hash: /^[0-9a-f]{8}$/ },
      });
      const facts = fieldsResult.parse(document?.results.study_facts);
      expect(valuesOf(facts)).toMatchObject(fields);
      const quotes = facts.fields.flatMap(({ evidence }) => evidence);
      expect(quotes.filter(({ grounded }) => !grounded)).toEqual([]);
      const appraisal = templateAnalysis.parse(document?.results.appraisal);
      expect(appraisal.chapters.map(({ id }) => id)).toEqual(["design", "results", "openness"]);
    }
  }));

it("takes a new type of document from a folder, and a wrong one stops nothing", () =>
  inHome(async (home) => {
    const packs = await makeInvoicePack(home);
    await mkdir(join(packs, "wrong"));
    await writeFile(join(packs, "wrong/pack.yaml"), "name: wrong\n");
    const file = join(home.dir, "bill.pdf");
    await writeFile(file, await invoicePdf());
    const words = ["run", "--pack", "bills", file];
    const run = await startCli(home, [...words, "--json"], { PILOTLIGHT_PACKS_DIR: packs }).ended;
    expect(run.code, run.said).toBe(0);
    expect(run.said).toMatch(/packs\/wrong is left out/);
    const [document] = reportOf(run.out).documents;
    expect(document?.pack).toMatchObject({ name: "bills", version: 1 });
    const facts = fieldsResult.parse(document?.results.bill_facts);
    expect(valuesOf(facts)).toEqual(invoiceFacts);
    const told = await startCli(home, words, { PILOTLIGHT_PACKS_DIR: packs }).ended;
    expect(told.out).toMatch(/Total\s+EUR 1,249\.5 \(slide 1\)/);
    expect(told.out).toMatch(/Pack\s+bills@1 \([0-9a-f]{8}\)/);
  }));

it("serves a new version from the same containers, and goes back", async () => {
  const overrides = { text_container_scaling: { scale_down_delay: "600s" } };
  await withStack({ overrides }, async (stack) => {
    const cli = async (...words: string[]) => {
      const ended = await runCli(stack.home, [...words, "--url", stack.url, "--json"]);
      expect(ended.code, ended.said).toBe(0);
      return JSON.parse(ended.out);
    };
    let decks = 0;
    const read = async (pack?: string) => {
      decks += 1;
      const file = join(stack.home.dir, `deck-${decks}.pdf`);
      await writeFile(file, await smallDeck(`Company ${decks}`));
      const sent = await cli("submit", file, ...(pack === undefined ? [] : ["--pack", pack]));
      const { id } = await stack.api.ended(sent.documents[0].document);
      return stack.api.results(id);
    };
    const first = await read();
    expect(first.pack).toMatchObject({ name: "pitch-deck", version: 1 });
    const before = stack.containers("text").map(({ pid }) => pid);

    // Another prompt.
    const shown = await cli("pack", "show", "pitch-deck", "--part", "prompts/clinical.md");
    const file = join(stack.home.dir, "clinical.md");
    await writeFile(file, `${shown.text}\nName the number of patients first.\n`);
    const set = ["--set", `prompts/clinical.md=@${file}`, "--note", "asks for n"];
    const draft = await cli("pack", "edit", "pitch-deck", ...set);
    expect(draft).toMatchObject({
      existing: false,
      version: { version: 2, state: "draft", parent: 1 },
    });
    expect((await read()).pack.version).toBe(1);
    expect((await read("pitch-deck@2")).pack.version).toBe(2);
    const part = ["pack", "edit", "pitch-deck", "--set", `prompts/clinicl.md=@${file}`];
    const unread = await runCli(stack.home, [...part, "--url", stack.url]);
    expect(unread.code).toBe(2);
    expect(unread.said).toContain("no task of the pack reads prompts/clinicl.md");
    const diff = await cli("pack", "diff", "pitch-deck@2");
    expect(diff.parts.map(({ path }: { path: string }) => path)).toEqual([
      "pack.yaml",
      "prompts/clinical.md",
    ]);
    expect(diff.parts[1].patch).toContain("+Name the number of patients first.");
    await cli("pack", "activate", "pitch-deck@2");
    const second = await read();
    expect(second.pack).toMatchObject({ version: 2, hash: draft.version.hash });

    // A pack with a task of a name that no container has heard of.
    const packs = await makeInvoicePack(stack.home);
    await cli("pack", "import", join(packs, "bills"), "--activate");
    const bill = join(stack.home.dir, "bill.pdf");
    await writeFile(bill, await invoicePdf());
    const sent = await cli("submit", bill, "--pack", "bills");
    const { id } = await stack.api.ended(sent.documents[0].document);
    const { results } = await stack.api.results(id);
    expect(valuesOf(fieldsResult.parse(results.bill_facts))).toEqual(invoiceFacts);
    const after = stack.containers("text").map(({ pid }) => pid);
    expect(after).toEqual(expect.arrayContaining(before));

    await cli("pack", "rollback", "pitch-deck");
    expect((await read()).pack.version).toBe(1);
    const types = stack.api.heard.map(({ type }) => type);
    expect(types.filter((type) => type === "pack.activated")).toHaveLength(5);
  });
});
