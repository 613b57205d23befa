import { z } from "zod";
import { slideAnalysis } from "../../contract/results.ts";
import type { PackField } from "../../contract/worker-protocol.ts";
import { AppError } from "../../errors/app-error.ts";
import { fieldSchema } from "../steps/field-schema.ts";
import { deckSlot } from "./deck-text.ts";
import type { Engine } from "./engine.ts";
import { createOllamaEngine } from "./ollama/engine.ts";
import { createOpenaiEngine } from "./openai/engine.ts";

export interface AskerSettings {
  readonly engine: "ollama" | "openai";
  readonly model: string;
  readonly ollamaHost: string;
  readonly openaiUrl: string | null;
  readonly openaiApiKey: string | null;
}

const answerMax = 900;

/** As a pack's field: the engine then shows it the deck as it shows it any, in pieces where it is long. */
const fieldOf = (question: string): PackField => ({
  ...{ name: "answer", title: "Answer", type: "text", item: null, required: false, choices: [] },
  description: question,
  hints: {
    ...{ labels: {}, sections: [], patterns: [], near: [], yes: [], no: [], where: [] },
    prominent: null,
  },
});

/** The question is a person's, and written as a JSON string: what stands in it ends nothing. */
const promptOf = (question: string, slides: number): string =>
  [
    `You read one pitch deck of ${slides} slides and answer one question about it, from nothing but its slides.`,
    `The question: ${JSON.stringify(question.replaceAll("{{", "{ {"))}`,
    "Answer in one to three short sentences. Give one to four quotes, each copied word for word from one slide, with its number.",
    "If no slide answers the question, value is null and evidence is empty. Never guess, and use nothing you know from elsewhere.",
    deckSlot,
    `Answer as JSON: {"answer": {"value": string or null, "confidence": 0 to 1, "evidence": [{"slide": number, "quote": string}], "conflicts": [], "note": null}}`,
  ].join("\n\n");

const said = z.object({
  answer: z.object({
    value: z.string().nullable(),
    evidence: z.array(z.object({ slide: z.int().min(1), quote: z.string() })).catch([]),
  }),
});

/**
 * A text model of a server that is reachable from here, loaded when it is first asked. Nothing is pulled: it answers
 * only with a model the server has.
 */
export function createDeckAsker(settings: AskerSettings) {
  const ending = new AbortController();
  let loading: Promise<Engine> | null = null;
  const engineOf = (): Promise<Engine> => {
    loading ??= load(settings, ending.signal);
    // The next question tries again.
    loading.catch(() => {
      loading = null;
    });
    return loading;
  };
  return {
    engine: { name: settings.engine, model: settings.model },
    async ask(question: string, slides: readonly unknown[], signal: AbortSignal) {
      const engine = await until(engineOf(), signal);
      const read = z.array(slideAnalysis).parse(slides);
      const fields = [fieldOf(question)];
      const prompt = promptOf(question, read.length);
      const { value } = await engine.think(
        { ask: { kind: "fields", fields }, slides: read, prompt, schema: fieldSchema(fields) },
        signal,
      );
      const parsed = said.safeParse(value);
      if (!parsed.success) throw new AppError("MODEL_OUTPUT_INVALID");
      const { value: answer, evidence } = parsed.data.answer;
      const words = answer?.trim().slice(0, answerMax) ?? "";
      return { answer: words === "" ? null : words, quotes: evidence };
    },
    async close(): Promise<void> {
      ending.abort(new AppError("DRAINING", "Questions are not taken any more."));
      await loading?.then((engine) => engine.close()).catch(() => undefined);
    },
  };
}

/** Who waits may leave; the load goes on for the next. */
const until = <T>(promise: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason);
    if (signal.aborted) leave();
    signal.addEventListener("abort", leave, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
  });

async function load(settings: AskerSettings, signal: AbortSignal): Promise<Engine> {
  const { model, engine: name, ollamaHost, openaiUrl, openaiApiKey: apiKey } = settings;
  const common = { model, sees: false, slots: 1 };
  if (name === "openai" && openaiUrl === null) throw new AppError("ENGINE_UNREACHABLE");
  const engine =
    name === "openai"
      ? createOpenaiEngine({ ...common, url: openaiUrl ?? "", apiKey, contextTokens: null })
      : createOllamaEngine({ ...common, host: ollamaHost, pull: false, requireGpu: false });
  try {
    await engine.load(() => undefined, signal);
    return engine;
  } catch (error) {
    await engine.close();
    throw error;
  }
}
