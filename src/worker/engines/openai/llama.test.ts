import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import {
  hasLlama,
  type LlamaServer,
  llamaModelFile,
  startLlama,
} from "../../../../test/support/llama.ts";
import { deckQuestion, never, pictureQuestion } from "../../../../test/support/ollama-engine.ts";
import { slideOf } from "../../../../test/support/slides.ts";
import { systemClock } from "../../../lib/clock.ts";
import { systemRandom } from "../../../lib/random.ts";
import { askFor } from "../../steps/step.ts";
import type { Engine, JsonSchema } from "../engine.ts";
import { waitFor } from "../model-common/busy.ts";
import { exchange } from "../model-common/transport.ts";
import { createClient, defaultDeadlines } from "./client.ts";
import { createOpenaiEngine, type OpenaiOptions } from "./engine.ts";
import { openaiUrl } from "./url.ts";

/** Every bound is small; `minimum` is one that no grammar knows. */
const schemaFrom = (minimum: number | null, name: object = { maxLength: 24 }): JsonSchema => ({
  type: "object",
  additionalProperties: false,
  required: ["name", "healthcare", "usd"],
  properties: {
    name: { type: "string", ...name },
    healthcare: { type: "boolean" },
    usd: { type: "integer", ...(minimum === null ? {} : { minimum }) },
  },
});
const unbounded = schemaFrom(null);

const prompt = "Once upon a time\n\n{{deck}}\n\n";
const slides = [slideOf(1, "A girl named Lily"), slideOf(2, "She loved to play outside")];

// Needs `npm run test:llama` once, and the model in ../shared/data/models.
describe.skipIf(!hasLlama)("the openai engine on a real llama.cpp", { timeout: 120_000 }, () => {
  let server: LlamaServer;
  let engine: Engine;
  const create = (given: Partial<OpenaiOptions> = {}): Engine =>
    createOpenaiEngine({
      ...{ url: server.url, apiKey: null, model: llamaModelFile },
      ...{ sees: false, slots: 1, outputTokens: 200, ...given },
    });
  const notes: (string | null)[] = [];
  beforeAll(async () => {
    server = await startLlama({ contextTokens: 2_048 });
    engine = create();
    await engine.load((step) => notes.push(step.note), never);
  });
  afterAll(async () => {
    await engine?.close();
    await server?.stop();
  });
  const ask = (given: JsonSchema) =>
    engine.think({ ...deckQuestion([]), slides, prompt, schema: given }, never);

  it("learns its context and how many tokens its words make", () => {
    expect(notes[0]).toBe(`${llamaModelFile}, context 2048 tokens`);
  });

  it("gets an answer in pieces, as they are made", async () => {
    const url = openaiUrl(server.url);
    const lines: string[] = [];
    const reply = await exchange(url, {
      path: "chat/completions",
      body: { messages: [{ role: "user", content: "Once upon a time" }], max_tokens: 30 },
      signal: never,
      deadlineMs: 20_000,
      onLine: (line) => lines.push(line),
    });
    expect(reply.status).toBe(200);
    expect(lines.length).toBeGreaterThan(20);
    const client = createClient({
      ...{ url, apiKey: null, deadlines: defaultDeadlines },
      ...{ clock: systemClock, random: systemRandom, sleep: waitFor },
    });
    expect(await client.countTokens(llamaModelFile, "Once upon a time", never)).toBe(4);
  });

  it("gets JSON of the asked shape, the same one each time, with its tokens counted", async () => {
    const first = await ask(unbounded);
    expect(first.value).toEqual({
      name: expect.any(String),
      healthcare: expect.any(Boolean),
      usd: expect.any(Number),
    });
    expect(first.promptTokens).toBeGreaterThan(100);
    expect(first.outputTokens).toBeGreaterThan(10);
    expect((await ask(unbounded)).value).toEqual(first.value);
  });

  /** A schema that forbids the very number this model answers with, and that the grammar cannot tell. */
  async function forbidding(): Promise<{ schema: JsonSchema; wrong: string }> {
    const { usd } = (await ask(unbounded)).value as { usd: number };
    return { schema: schemaFrom(usd + 1), wrong: `usd: must be >= ${usd + 1}.` };
  }

  it("refuses a number below the schema's minimum, which the grammar lets through", async () => {
    const { schema, wrong } = await forbidding();
    const code = "MODEL_OUTPUT_INVALID";
    await expect(ask(schema)).rejects.toMatchObject({ code, detail: wrong });
  });

  it("tells an answer that was cut from one that is wrong", async () => {
    const endless = schemaFrom(null, { minLength: 900, maxLength: 1_000 });
    await expect(ask(endless)).rejects.toMatchObject({ code: "MODEL_OUTPUT_TRUNCATED" });
  });

  it("is asked exactly once more after an answer that could not be used, told why", async () => {
    const { schema, wrong } = await forbidding();
    const prompts: string[] = [];
    const asked = askFor(
      { engine, signal: never },
      {
        prompt,
        schema: z.object({ usd: z.number() }),
        complete: (given) => given,
        ask: (text) => {
          prompts.push(text);
          return engine.think({ ...deckQuestion([]), slides, prompt: text, schema }, never);
        },
      },
    );
    const ended = await asked.catch((error: unknown) => error);
    expect(prompts).toEqual([prompt, expect.stringContaining(wrong)]);
    // Told so, it may answer rightly or not: what counts is that nobody asks a third time.
    expect(ended).toEqual(
      ended instanceof Error
        ? expect.objectContaining({ code: "MODEL_OUTPUT_INVALID" })
        : { usd: expect.any(Number) },
    );
  });

  it("splits a deck that is too long, and says in how many calls", async () => {
    const long = Array.from(
      { length: 8 },
      (_, at) => `Day ${at}\n${"She saw a big red ball. ".repeat(24)}`,
    );
    const answer = await engine.think({ ...deckQuestion(long), prompt }, never);
    expect(answer.calls).toBeGreaterThan(1);
  });

  it("learns from the server that a prompt is too long where the guess was too low", async () => {
    // Letters this tokenizer knows only byte by byte cost twice what was guessed.
    const odd = "\u0414\u0443\u0448\u0430 ".repeat(300);
    const whole = { ...deckQuestion([odd]), schema: unbounded };
    const answer = await engine.think({ ...whole, prompt: "List.\n{{deck}}\n" }, never);
    expect(answer.calls).toBe(2);
    const inOne = engine.think({ ...whole, prompt: `List.\n${odd}` }, never);
    await expect(inOne).rejects.toMatchObject({
      code: "MODEL_CONTEXT_OVERFLOW",
      detail: expect.stringContaining("exceeds the available context size"),
    });
  });

  it("says that it cannot see", async () => {
    const seeing = create({ sees: true });
    const loading = seeing.load(() => undefined, never);
    await expect(loading).rejects.toMatchObject({ code: "MODEL_NOT_VISION" });
    await expect(engine.see(pictureQuestion(), never)).rejects.toMatchObject({
      code: "MODEL_NOT_VISION",
    });
    await seeing.close();
  });
});
