import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { never, pictureQuestion, startReady } from "../../../../test/support/ollama-engine.ts";
import { slideOf } from "../../../../test/support/slides.ts";
import { resultSchemas } from "../../../contract/results.ts";
import { taskPackOf } from "../../../packs/pack.ts";
import { builtInPacksDir, readPack } from "../../../packs/read-pack.ts";
import type { RenderedPage } from "../../../pdf/types.ts";
import { runStep } from "../../steps/run-step.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const slides = [
  slideOf(1, "Aurelia Cardio\nPitch deck 2026-10", { kind: "cover" }),
  slideOf(2, "The problem\nHospital patients wait 40 days for a diagnosis"),
  slideOf(3, "Our trial\n212 patients, 94 % sensitivity", { kind: "clinical" }),
];

const page = async (slide: number): Promise<RenderedPage> => {
  const { jpeg, widthPixels, heightPixels, facts } = pictureQuestion(slide);
  return { page: slide, jpeg, widthPixels, heightPixels, facts, drawnBy: "pdfium" };
};

const longer = slides.map((slide) => slideOf(slide.slide, `${slide.text}\n${"word ".repeat(240)}`));

async function run(task: keyof typeof resultSchemas, sees: boolean, contextTokens?: number) {
  const size = contextTokens === undefined ? {} : { contextTokens };
  const { engine, double, stop } = await startReady({}, {}, { sees, ...size });
  stops.push(stop);
  const pack = taskPackOf(await readPack(join(builtInPacksDir(), "pitch-deck")), task);
  const context = { engine, pack, signal: never, onProgress: () => undefined };
  const failed: unknown[] = [];
  const onSlideFailed = async (_: number, failure: unknown) => void failed.push(failure);
  const done = await runStep(task, context as never, {
    vision: async () => ({ pages: 3, finished: {}, page, onSlideFailed }),
    onSlide: async () => undefined,
    visualResults: async () => (contextTokens === undefined ? slides : longer),
    upstream: undefined,
  });
  expect(failed).toEqual([]);
  return {
    done,
    result: resultSchemas[task].parse(done.result),
    questions: double.calls.questions,
  };
}

describe("the built-in pack with a model", () => {
  it.each(["visual_analysis", "slide_feedback"] as const)("%s reads every slide", async (task) => {
    const { done, questions } = await run(task, true);
    expect(done.gaps).toEqual([]);
    expect(done.result.slides).toHaveLength(3);
    expect(questions).toBe(3);
  });

  it("extractions_and_template stand on the slides, one call a chapter", async () => {
    const { result, questions } = await run("extractions_and_template", false);
    expect(questions).toBe(8);
    expect(result).toMatchObject({
      extractions: { startup_name: { value: "Aurelia Cardio", evidence: [{ grounded: true }] } },
    });
  });

  it.each(["specialized_clinical", "specialized_regulatory", "specialized_science"] as const)(
    "%s takes one call, or several when the context is small",
    async (task) => {
      const large = await run(task, false);
      expect(large.questions).toBe(1);
      const small = await run(task, false, 3_400);
      expect(small.questions).toBeGreaterThan(1);
      expect(small.done.applicable).toBe(true);
    },
  );
});
