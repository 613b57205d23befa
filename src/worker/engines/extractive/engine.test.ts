import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  extractions,
  type SlideAnalysis,
  slideAnalysis,
  slideFindings,
  specializedAnalysis,
} from "../../../contract/results.ts";
import { openPdf } from "../../../pdf/index.ts";
import type { RenderedPage } from "../../../pdf/types.ts";
import type { ThinkRequest } from "../engine.ts";
import { createExtractiveEngine } from "./engine.ts";

const examples = fileURLToPath(new URL("../../../../examples/", import.meta.url));
const never = new AbortController().signal;
const engine = createExtractiveEngine({ clock: { nowMs: () => Date.parse("2026-11-23") } });

const look = async (
  task: "visual_analysis" | "slide_feedback",
  page: RenderedPage,
  slides: number,
) => {
  const { jpeg, widthPixels, heightPixels, facts } = page;
  const request = { task, slide: page.page, slides, jpeg, widthPixels, heightPixels, facts };
  return (await engine.see({ ...request, prompt: "", schema: {} }, never)).value;
};
const think = async (ask: ThinkRequest["ask"], slides: readonly SlideAnalysis[]) =>
  (await engine.think({ ask, slides, prompt: "", schema: {} }, never)).value;

async function readDeck(file: string) {
  const document = await openPdf(`${examples}${file}`);
  const slides: SlideAnalysis[] = [];
  const findings: unknown[] = [];
  try {
    for (let page = 1; page <= document.pages; page++) {
      const rendered = await document.render(page, 1600);
      slides.push(slideAnalysis.parse(await look("visual_analysis", rendered, document.pages)));
      findings.push(slideFindings.parse(await look("slide_feedback", rendered, document.pages)));
    }
  } finally {
    await document.close();
  }
  return { slides, findings };
}

beforeAll(() => engine.load(() => {}, never));
afterAll(() => engine.close());

describe("the extractive engine", () => {
  it("reads a deck with a text layer and answers every question in the contract's shape", async () => {
    const { slides } = await readDeck("aurelia-cardio.pdf");
    const fields = extractions.parse(await think({ kind: "extractions" }, slides));
    expect(fields.startup_name.value).toBe("Aurelia Cardio");
    expect(fields.healthcare.value?.is_healthcare).toBe(true);
    expect(fields.funding_amount.value).toEqual({
      amount: 4_500_000,
      currency: "EUR",
      round: "Series A",
    });
    expect(fields.deck_date.value).toBe("2026-10");
    for (const kind of ["clinical", "regulatory", "science"] as const) {
      const analysis = specializedAnalysis.parse(await think({ kind }, slides));
      expect(analysis.applicable).toBe(true);
      expect(analysis.claims.length).toBeGreaterThan(1);
    }
  });

  it("reads a deck of pictures", async () => {
    const { slides } = await readDeck("tessera-pictures.pdf");
    expect(new Set(slides.map(({ text_source }) => text_source))).toEqual(new Set(["ocr"]));
    const fields = extractions.parse(await think({ kind: "extractions" }, slides));
    expect(fields.startup_name.value).toBe("Tessera");
    expect(fields.funding_amount.value).toMatchObject({ amount: 800_000, currency: "GBP" });
    expect(fields.deck_date.value).toBe("2026-06");
  });

  it("says the same of a deck whatever it has read before", async () => {
    const { slides, findings } = await readDeck("loopfreight.pdf");
    const first = await think({ kind: "extractions" }, slides);
    const again = await readDeck("loopfreight.pdf");
    expect(again).toEqual({ slides, findings });
    expect(await think({ kind: "extractions" }, again.slides)).toEqual(first);
  });

  it("proves that it reads and thinks before it is ready, and only what its pool asks for", async () => {
    const shown: Buffer[] = [];
    const ocrOf = (text: string) => ({
      read: async (jpeg: Buffer) => {
        shown.push(jpeg);
        return [
          {
            text,
            confidence: 90,
            doubtful: [],
            x: 0,
            y: 0,
            width: 1,
            height: 1,
            size: 1,
            bold: false,
          },
        ];
      },
      forget: () => undefined,
      close: async () => undefined,
    });
    const phases: string[] = [];
    const load = (text: string, options: { sees?: boolean; thinks?: boolean } = {}) =>
      createExtractiveEngine({ ocr: ocrOf(text), ...options }).load(
        ({ phase }) => phases.push(phase),
        never,
      );
    await load("417");
    expect(phases).toEqual(["loading", "canary"]);
    await expect(load("471")).rejects.toMatchObject({
      code: "OCR_FAILED",
      detail: 'It read "471" from a picture of 417.',
    });
    await load("nothing to see", { sees: false });
    expect(shown).toHaveLength(2);
  });

  it("does nothing for a caller that has gone, and nothing after its end", async () => {
    const request = { ask: { kind: "extractions" }, slides: [], prompt: "", schema: {} } as const;
    await expect(engine.think(request, AbortSignal.abort())).rejects.toThrow();
    const other = createExtractiveEngine();
    expect(await other.healthy()).toEqual({ ok: true, detail: null });
    await other.close();
    expect((await other.healthy()).ok).toBe(false);
    await expect(other.think(request, never)).rejects.toMatchObject({ code: "DRAINING" });
  });
});
