import { expect, it } from "vitest";
import { builtPdf } from "../../bench/pdf/built-pdf.ts";
import { fuzz } from "../fuzz/run.ts";
import { complaintsOf, hostileDir, hostileFiles, isHostileDataHere } from "../hostile/catalogue.ts";
import { createHostileRun } from "../hostile/run.ts";
import { makeHome } from "../support/home.ts";
import { startLoneWorker } from "../support/lone-worker.ts";

/** One of each kind of harm; `npm run hostile` plays them all. */
const worst = [
  "pdfjs_operator_list_cycle.pdf",
  "pdfjs_bug_jpx.pdf",
  "pdfjs_bomb_giant.pdf",
  "pdfjs_Pages-tree-refs.pdf",
  "derived_hello_world_mediabox-14400.pdf",
  "pdfjs_poppler-85140-0.pdf",
  "qpdf_shared-unnamed-field.pdf",
];

it.skipIf(!isHostileDataHere)("outlives files made to harm it", async () => {
  const home = await makeHome();
  try {
    const worker = await startLoneWorker(home);
    const run = await createHostileRun(worker);
    for (const entry of hostileFiles().filter(({ file }) => worst.includes(file))) {
      const row = await run.play(`${hostileDir}${entry.file}`);
      expect([...complaintsOf(entry, row.outcome), ...row.faults], entry.file).toEqual([]);
    }
    run.stop();
    expect(await worker.stop()).toBe(0);
    expect(await home.leftovers()).toEqual([]);
  } finally {
    await home.remove();
  }
});

it("reads or refuses 60 broken files without a crash or a hang", async () => {
  const { openPdf } = await builtPdf();
  const { counts, faults } = await fuzz({ files: 60, seed: 7, parallel: 2, open: openPdf });
  expect(faults).toEqual([]);
  expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(60);
  // Mutations that all end in the same refusal would try nothing.
  expect(counts.read).toBeGreaterThan(5);
});
