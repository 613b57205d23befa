import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import picocolors from "picocolors";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { BatchDetail } from "../contract/batches.ts";
import type { Api } from "./api-client.ts";
import { batchName, openBatches, planBatches } from "./batch-plan.ts";
import { fileEntries } from "./entries.ts";
import { readManifest } from "./manifest.ts";
import { batchListText, batchText } from "./report/batch.ts";

let dir = "";
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "pilotlight-batch-"));
  await mkdir(join(dir, "decks"));
  for (const name of ["a.pdf", "b.pdf"]) await writeFile(join(dir, "decks", name), "%PDF-1.7");
});
afterAll(() => rm(dir, { recursive: true, force: true }));
const { signal } = new AbortController();

/** Batches as a server would make them. */
function server() {
  const made: { name: string | undefined; key: string }[] = [];
  const create = async ({ name }: { name?: string | undefined }, key: string) => {
    made.push({ name, key });
    return { batch: { id: `b_${made.length}` } };
  };
  return { made, api: { batches: { create } } as unknown as Pick<Api, "batches"> };
}

it("several files of one command make one batch, named after their folder", async () => {
  const entries = fileEntries({ cwd: dir }, ["decks/a.pdf", "decks/b.pdf", "decks/gone.pdf"]);
  const { made, api } = server();
  await openBatches(api, entries, signal);
  await openBatches(api, entries, signal);
  expect(made).toEqual([{ name: "decks, 3 files", key: entries[0]?.plan?.key }]);
  expect(entries.map(({ plan }) => plan?.id)).toEqual(["b_1", "b_1", "b_1"]);
});

it("one file, or one that is there, makes none", async () => {
  const { made, api } = server();
  await openBatches(api, fileEntries({ cwd: dir }, ["decks/a.pdf"]), signal);
  await openBatches(api, fileEntries({ cwd: dir }, ["decks/a.pdf", "gone.pdf", "decks"]), signal);
  expect(made).toEqual([]);
});

it("more than a batch can hold are several batches", () => {
  const plans = planBatches(Array.from({ length: 2001 }, (_, n) => `/decks/${n}.pdf`));
  expect([...new Set(plans)].map((plan) => plan?.name)).toEqual([
    ...["decks, 1000 files", "decks, 1000 files", "decks, 1 file"],
  ]);
  expect(plans[999]).not.toBe(plans[1000]);
  expect(batchName(["/a/1.pdf", "/b/2.pdf"])).toBe("2 files");
});

it("a manifest names one document a line, relative to itself", async () => {
  const path = join(dir, "decks", "october.jsonl");
  const lines = [
    '{"file": "a.pdf", "name": "Alpha"}',
    "",
    `{"sha256": "${"a".repeat(64)}", "key": "k"}\r`,
    '{"sourceUri": "file:///b.pdf"}',
  ];
  await writeFile(path, lines.join("\n"));
  expect(await readManifest(path)).toEqual([
    { file: join(dir, "decks", "a.pdf"), name: "Alpha" },
    { sha256: "a".repeat(64), key: "k" },
    { sourceUri: "file:///b.pdf" },
  ]);
});

it.each([
  ["no JSON", "a.pdf"],
  ["no document", '{"name": "a"}'],
  ["two at once", '{"file": "a.pdf", "sourceUri": "file:///a"}'],
  ["an unknown word", '{"file": "a.pdf", "colour": "red"}'],
  ["an empty name", '{"file": "a.pdf", "name": ""}'],
])("a manifest's line with %s is told with its number", async (_title, line) => {
  const path = join(dir, "wrong.jsonl");
  await writeFile(path, `{"file": "a.pdf"}\n${line}\n`);
  const error = await readManifest(path).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: "USAGE" });
  expect((error as { detail: string }).detail).toMatch(/wrong\.jsonl:2: \S/);
});

it("a manifest that is not there is told", async () => {
  await expect(readManifest(join(dir, "none.jsonl"))).rejects.toMatchObject({ code: "USAGE" });
});

const style = { colors: picocolors.createColors(false), unicode: true };
const batch: BatchDetail = {
  ...{ id: "b_7K2", workspace: "default", name: "October\u001b[2J", documents: 12, percent: 62 },
  ...{ createdAt: "2026-11-23T12:04:07.000Z", cancelledAt: null, finishedAt: null },
  status: { type: "running", name: "Running", sentence: "4 of 12 documents to go; 8 done." },
  counts: { fetching: 0, active: 4, done: 8, done_with_gaps: 0, failed: 0, cancelled: 0 },
  failures: [
    {
      document: "d_1",
      name: "aurora.pdf",
      failure: {
        code: "PDF_DAMAGED",
        title: "The PDF is damaged or cut off.",
        detail: null,
        next: "Export it again.",
      },
    },
  ],
};

it("says where a batch stands and what failed first", () => {
  expect(batchText(batch, style, true).split("\n")).toEqual([
    "October [2J  b_7K2, 12 documents",
    "State       Running: 4 of 12 documents to go; 8 done.",
    "Progress    62 %",
    "Accepted    2026-11-23 12:04:07Z",
    "",
    "d_1  aurora.pdf [PDF_DAMAGED]",
    "    The PDF is damaged or cut off. Export it again.",
  ]);
  const ended = { ...batch, percent: 100, finishedAt: "2026-11-23T12:05:07.000Z", failures: [] };
  expect(batchText(ended, style, true)).toContain("12:04:07Z, ended after 1 min");
});

it("lists batches, a line each, cut to the terminal", () => {
  const list = batchListText([batch], style, { utc: true, width: 80 }).split("\n");
  expect(list[0]).toMatch(/^BATCH +STATE +DOCUMENTS +ACCEPTED +NAME$/);
  expect(list[1]).toBe("b_7K2    62 % Running       12        2026-11-23 12:04:07Z October [2J");
  const long = batchListText([{ ...batch, name: "o".repeat(99) }], style, { utc: true, width: 80 });
  for (const line of long.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
});
