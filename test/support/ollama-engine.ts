import sharp from "sharp";
import type { SeeRequest, ThinkRequest } from "../../src/worker/engines/engine.ts";
import { createOllamaEngine, type OllamaOptions } from "../../src/worker/engines/ollama/engine.ts";
import { type DoubleOptions, type OllamaDouble, startOllamaDouble } from "./ollama-double.ts";
import { pageFacts } from "./page-facts.ts";
import { slideOf } from "./slides.ts";

/** A double with an engine on it. Pauses cost no time and are written down. */
export async function startEngine(
  doubleOptions: DoubleOptions = {},
  engineOptions: Partial<OllamaOptions> = {},
) {
  const double = await startOllamaDouble(doubleOptions);
  const pauses: number[] = [];
  const sees = engineOptions.sees ?? true;
  const engine = createOllamaEngine({
    host: double.url,
    model: sees ? "llava:13b" : "gemma3:27b",
    sees,
    slots: 2,
    serverTries: 1,
    sleep: async (ms, signal) => {
      signal.throwIfAborted();
      pauses.push(ms);
    },
    ...engineOptions,
  });
  return {
    double,
    engine,
    pauses,
    async stop(): Promise<void> {
      await engine.close();
      await double.stop();
    },
  };
}

/** Loads it, then switches the faults on: what a model does after a good start. */
export async function startReady(
  faults: OllamaDouble["faults"] = {},
  doubleOptions: DoubleOptions = {},
  engineOptions: Partial<OllamaOptions> = {},
) {
  const started = await startEngine(doubleOptions, engineOptions);
  await started.engine.load(() => undefined, new AbortController().signal);
  Object.assign(started.double.faults, faults);
  Object.assign(started.double.calls, { questions: 0, peak: 0, hungUp: 0, bodies: [] });
  return started;
}

const titleSchema = {
  type: "object",
  properties: { title: { type: "string", maxLength: 100 } },
  required: ["title"],
};

/** A white page, in the size a model of this family is sent, so that it goes on untouched. */
const page = await sharp({
  create: { width: 597, height: 336, channels: 3, background: "white" },
})
  .jpeg()
  .toBuffer();

/** A question about a picture. */
export const pictureQuestion = (
  slide = 3,
  prompt = `This is slide ${slide} of 9.`,
): SeeRequest => ({
  task: "visual_analysis",
  slide,
  slides: 9,
  jpeg: page,
  widthPixels: 597,
  heightPixels: 336,
  facts: pageFacts({ page: slide }),
  prompt,
  schema: titleSchema,
});

/** A question over slides with these texts. */
export const deckQuestion = (texts: readonly string[]): ThinkRequest => ({
  ask: { kind: "clinical" },
  slides: texts.map((text, at) => slideOf(at + 1, text)),
  prompt: "List the claims.\n{{deck}}\nAnswer.",
  schema: {
    type: "object",
    properties: {
      applicable: { type: "boolean" },
      claims: {
        type: "array",
        maxItems: 20,
        items: {
          type: "object",
          properties: { claim: { type: "string", maxLength: 200 }, slide: { type: "integer" } },
        },
      },
      missing: { type: "array", maxItems: 0, items: { type: "object", properties: {} } },
    },
  },
});

export const never = new AbortController().signal;

/** A promise to be kept by the test. */
export function latch(): { readonly opened: Promise<void>; open(): void } {
  let resolveOpened: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    resolveOpened = resolve;
  });
  return { opened, open: () => resolveOpened() };
}
