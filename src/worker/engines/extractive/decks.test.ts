import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { extractions, type SlideAnalysis, slideAnalysis } from "../../../contract/results.ts";
import { openPdf } from "../../../pdf/index.ts";
import { createExtractiveEngine } from "./engine.ts";

const folder = fileURLToPath(new URL("../../../../../shared/data/decks/", import.meta.url));
const present = existsSync(`${folder}truth.json`);
const never = new AbortController().signal;

interface Truth {
  readonly file: string;
  readonly startup_name: readonly string[] | null;
  readonly is_healthcare: boolean;
  readonly funding_amount: {
    readonly amount: readonly [number, number];
    readonly currency: string;
  } | null;
  readonly deck_date: string | null;
  readonly text_layer: string;
}

const fold = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

/** Which of the four checked fields are right. */
async function right(engine: ReturnType<typeof createExtractiveEngine>, truth: Truth) {
  const document = await openPdf(`${folder}${truth.file}`);
  const slides: SlideAnalysis[] = [];
  try {
    for (let page = 1; page <= document.pages; page++) {
      const { facts, ...rest } = await document.render(page, 480);
      const place = { slide: page, slides: document.pages, prompt: "", schema: {} };
      const request = { task: "visual_analysis", facts, ...rest, ...place } as const;
      slides.push(slideAnalysis.parse((await engine.see(request, never)).value));
    }
  } finally {
    await document.close();
  }
  const request = { ask: { kind: "extractions" }, slides, prompt: "", schema: {} } as const;
  const found = extractions.parse((await engine.think(request, never)).value);
  const name = found.startup_name.value;
  const money = found.funding_amount.value;
  const both = money && (Array.isArray(money.amount) ? money.amount : [money.amount, money.amount]);
  const date = found.deck_date.value;
  return {
    name:
      truth.startup_name === null
        ? name === null
        : truth.startup_name.some((one) => name !== null && fold(one) === fold(name)),
    healthcare: found.healthcare.value?.is_healthcare === truth.is_healthcare,
    funding:
      truth.funding_amount === null
        ? money === null
        : JSON.stringify(both) === JSON.stringify(truth.funding_amount.amount) &&
          money?.currency === truth.funding_amount.currency,
    date: truth.deck_date === null ? date === null : (date?.startsWith(truth.deck_date) ?? false),
    grounded: Object.values(found).every(({ evidence }) => evidence.every((one) => one.grounded)),
  };
}

it.skipIf(!present)(
  "gets most fields right on real decks that have a text layer",
  async () => {
    const truths = (JSON.parse(readFileSync(`${folder}truth.json`, "utf8")) as Truth[]).filter(
      ({ text_layer }) => text_layer === "yes",
    );
    // Words inside pictures are left out here: reading them takes a minute and has its own test.
    const ocr = { read: async () => [], forget: () => {}, close: async () => {} };
    const clock = { nowMs: () => Date.parse("2026-11-23") };
    const engine = createExtractiveEngine({ clock, ocr });
    const results: Awaited<ReturnType<typeof right>>[] = [];
    try {
      for (const truth of truths) results.push(await right(engine, truth));
    } finally {
      await engine.close();
    }
    const share = (field: keyof (typeof results)[number]): number =>
      results.filter((result) => result[field]).length / results.length;
    expect(share("grounded")).toBe(1);
    for (const field of ["name", "healthcare", "funding", "date"] as const) {
      expect(share(field), field).toBeGreaterThanOrEqual(0.75);
    }
  },
  60_000,
);
