import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Results, SlideAnalysis } from "../../src/contract/results.ts";
import { openPdf } from "../../src/pdf/index.ts";
import type { RenderedPage } from "../../src/pdf/types.ts";
import { createExtractiveEngine } from "../../src/worker/engines/extractive/engine.ts";
import { runStep, type StepInput } from "../../src/worker/steps/run-step.ts";
import { tinyPack } from "../support/worker-parts.ts";

/** As the worker draws pages. */
const longEdgePixels = 1280;
const tasks = [
  "extractions_and_template",
  "specialized_clinical",
  "specialized_regulatory",
  "specialized_science",
] as const;

export type Reader = Readonly<{
  read: (file: string) => Promise<Results>;
  close: () => Promise<void>;
}>;

/** Reads documents as a container does, task by task, with the rules built in. */
export function createReader(): Reader {
  const engine = createExtractiveEngine();
  const { signal } = new AbortController();
  const context = { engine, pack: tinyPack, signal, onProgress: () => undefined };

  async function read(file: string): Promise<Results> {
    const document = await openPdf(file);
    const pages = new Map<number, Promise<RenderedPage>>();
    const page = (slide: number): Promise<RenderedPage> => {
      const known = pages.get(slide) ?? document.render(slide, longEdgePixels);
      pages.set(slide, known);
      return known;
    };
    const results: Record<string, unknown> = {};
    const slides = (): readonly SlideAnalysis[] =>
      (results.visual_analysis as { slides: SlideAnalysis[] }).slides;
    const onSlideFailed = async (slide: number): Promise<void> => {
      throw new Error(`Slide ${slide} of ${file} could not be read.`);
    };
    const input = (): StepInput => ({
      vision: async () => ({ pages: document.pages, finished: {}, page, onSlideFailed }),
      onSlide: async () => undefined,
      visualResults: async () => slides(),
      upstream: (results as Results).extractions_and_template,
    });
    try {
      for (const task of ["visual_analysis", "slide_feedback", ...tasks]) {
        results[task] = (await runStep(task, context, input())).result;
      }
    } finally {
      await document.close();
    }
    return results as Results;
  }

  return { read, close: () => engine.close() };
}

/** Reads a document that is in memory. */
export async function readBytes(reader: Reader, name: string, pdf: Buffer): Promise<Results> {
  const file = join(tmpdir(), `pilotlight-${process.pid}-${name}.pdf`);
  await writeFile(file, pdf);
  return await reader.read(file);
}
