import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { fakePdf, pagesOf, quiet, tinyEngine } from "../../test/support/worker-parts.ts";
import { systemClock } from "../lib/clock.ts";
import { builtInPacksDir, readPack } from "../packs/read-pack.ts";
import { createDocumentStore } from "../worker/document-store.ts";
import { deckRunOf } from "./deck-run.ts";
import { readDeck } from "./read-deck.ts";

let workDir = "";
beforeEach(async () => {
  workDir = await mkdtemp(join(tmpdir(), "pilotlight-read-"));
});
afterEach(() => rm(workDir, { recursive: true, force: true }));

async function readingOf(bytes: Buffer) {
  const pack = await readPack(join(builtInPacksDir(), "pitch-deck"));
  const file = join(workDir, "deck.pdf");
  await writeFile(file, bytes);
  const documents = createDocumentStore({ workDir, openPdf: fakePdf().openPdf, log: quiet });
  const engine = tinyEngine();
  try {
    return await readDeck(file, {
      pack: { ...pack, tasks: [...pack.tasks].reverse() },
      readers: { vision: engine, text: engine },
      ...{ documents, clock: systemClock, signal: new AbortController().signal },
    });
  } finally {
    await documents.close();
  }
}

it("does what others wait for first, in whatever order a pack declares its tasks", async () => {
  const { results, failures } = await readingOf(pagesOf("Tiny heals", "Tiny raises money"));
  expect(failures).toEqual([]);
  expect(results.visual_analysis?.slides).toHaveLength(2);
  expect(results.extractions_and_template?.extractions.startup_name.value).toBe("Tiny");
});

it("does not count it as right to say nothing of a deck that could not be read", async () => {
  const reading = await readingOf(Buffer.from("not a pdf"));
  const run = deckRunOf({ file: "deck.pdf", names: ["Tiny"], date: null }, reading);
  expect(run.problems).toEqual(["NOT_A_PDF"]);
  expect(run.fields).toMatchObject({ name: { verdict: "missed" } });
  expect(run.fields.date).toBeUndefined();
});
