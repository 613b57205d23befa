import { join } from "node:path";
import { expect, it } from "vitest";
import { never, startReady } from "../../../../test/support/ollama-engine.ts";
import { slideOf } from "../../../../test/support/slides.ts";
import { fieldsResult, templateAnalysis } from "../../../contract/results.ts";
import { taskPackOf } from "../../../packs/pack.ts";
import { builtInPacksDir, readPack } from "../../../packs/read-pack.ts";
import { runStep } from "../../steps/run-step.ts";

const pages = [
  slideOf(1, "Warm mist for chronic cough\nMarit Halden and Ada Okoye"),
  slideOf(2, "Methods\nParticipants were randomly assigned (n = 212)"),
  slideOf(3, "Funding\nThe Norvik Research Council paid for this work"),
];
const longer = pages.map((page) => slideOf(page.slide, `${page.text}\n${"word ".repeat(2_500)}`));

async function run(task: string, slides = pages, contextTokens?: number) {
  const pack = await readPack(join(builtInPacksDir(), "scientific-paper"));
  const size = contextTokens === undefined ? {} : { contextTokens };
  const { engine, double, stop } = await startReady({}, {}, { sees: false, ...size });
  try {
    const part = taskPackOf(pack, task);
    const context = { engine, pack: part, signal: never, onProgress: () => undefined };
    const { result } = await runStep(task, context as never, {
      vision: () => Promise.reject(new Error("no page is looked at")),
      onSlide: async () => undefined,
      visualResults: async () => slides,
      upstream: undefined,
    });
    return { pack, result, questions: double.calls.questions };
  } finally {
    await stop();
  }
}

it("asks a model for all fields in one call, and every quote stands on its page", async () => {
  const { pack, result, questions } = await run("study_facts");
  const { fields } = fieldsResult.parse(result);
  expect(questions).toBe(1);
  expect(fields.map(({ name }) => name)).toEqual(
    pack.fields?.study?.fields.map(({ name }) => name),
  );
  const quotes = fields.flatMap(({ evidence }) => evidence);
  expect(quotes.length).toBeGreaterThan(5);
  expect(quotes.every(({ grounded }) => grounded)).toBe(true);
});

it("asks in parts where the context is small, and puts the answers together", async () => {
  const { result, questions } = await run("study_facts", longer, 8_192);
  expect(questions).toBeGreaterThan(1);
  expect(fieldsResult.parse(result).fields).toHaveLength(14);
});

it("answers the appraisal, one call a chapter", async () => {
  const { result, questions } = await run("appraisal");
  expect(questions).toBe(3);
  expect(templateAnalysis.parse(result).chapters).toHaveLength(3);
});
