import { slideAnalysis, type VisualAnalysis, visualAnalysis } from "../../contract/results.ts";
import type { RenderedPage } from "../../pdf/types.ts";
import { eachSlide } from "./each-slide.ts";
import { blocksOf, wordsIn, wordsOfSlide } from "./page-words.ts";
import {
  askFor,
  asRecord,
  promptOf,
  type SlidePorts,
  type StepContext,
  type StepResult,
  schemaOf,
} from "./step.ts";

export interface VisionPorts<T> extends SlidePorts<T> {
  readonly page: (slide: number) => Promise<RenderedPage>;
}

/** What every slide says and shows. */
export async function analyseSlides(
  context: StepContext,
  ports: VisionPorts<VisualAnalysis["slides"][number]>,
): Promise<StepResult<VisualAnalysis>> {
  const { slides, gaps } = await eachSlide(context, ports, {
    schema: slideAnalysis,
    read: async (slide) => analyseSlide(context, await ports.page(slide), ports.pages),
  });
  return { result: visualAnalysis.parse({ slides }), gaps, applicable: true, reason: null };
}

async function analyseSlide(context: StepContext, page: RenderedPage, slides: number) {
  const { engine, pack, signal } = context;
  const slots = { slide: String(page.page), slides: String(slides) };
  return await askFor(context, {
    prompt: promptOf(pack, "see_slide", slots),
    schema: slideAnalysis,
    complete: (value) => completeAnalysis(asRecord(value), page),
    ask: (prompt) =>
      engine.see(
        {
          task: "visual_analysis",
          slide: page.page,
          slides,
          jpeg: page.jpeg,
          widthPixels: page.widthPixels,
          heightPixels: page.heightPixels,
          facts: page.facts,
          prompt,
          schema: schemaOf(pack, "slide_analysis"),
        },
        signal,
      ),
  });
}

/** Adds what is measured on the page where the engine did not measure it itself. */
function completeAnalysis(given: Record<string, unknown>, page: RenderedPage) {
  const { facts } = page;
  const words =
    given.text_source === undefined
      ? wordsOfSlide(typeof given.text === "string" ? given.text : "", facts)
      : { text: given.text, source: given.text_source };
  return {
    title: null,
    language: null,
    visuals: [],
    blocks: blocksOf(facts),
    words: typeof words.text === "string" ? wordsIn(words.text) : 0,
    ...given,
    text: words.text,
    text_source: words.source,
    slide: page.page,
  };
}
