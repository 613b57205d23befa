import fc from "fast-check";
import { expect, it } from "vitest";
import { slidesOf } from "../../../../test/support/ollama-answers.ts";
import { slideOf } from "../../../../test/support/slides.ts";
import { AppError } from "../../../errors/app-error.ts";
import { deckSlot } from "../deck-text.ts";
import type { ThinkRequest } from "../engine.ts";
import { type LoadedModel, type ModelCall, thinkModel } from "./asking.ts";
import { createCallSlots } from "./call-slots.ts";

const noTimings = { totalMs: 0, loadMs: 0, promptMs: 0, outputMs: 0 };
const { signal } = new AbortController();
const fieldNames = [
  "startup_name",
  "company_offering",
  "healthcare",
  "funding_amount",
  "deck_date",
];
const question = { question: "", strong: "", adequate: "", weak: "", hints: [], slides: [] };
const chapter = { id: "c", title: "C", weight: 1, questions: [{ id: "Q1", ...question }] };

/** A model that quotes every slide it is shown; its server counts more tokens than was guessed. */
function quoting(ask: ThinkRequest["ask"], contextTokens: number, factor: number) {
  const shown: ReturnType<typeof slidesOf> = [];
  const answerTo = (slides: typeof shown): unknown => {
    const evidence = slides.map(({ number, lines }) => ({ slide: number, quote: lines[0] ?? "" }));
    if (ask.kind === "template") {
      return {
        questions: [{ id: "Q1", evidence, answer: "Yes", score: 3, reason: "", missing: null }],
      };
    }
    if (ask.kind === "extractions") {
      const value = `Value ${slides[0]?.number}`;
      const field = { evidence, value, confidence: 0.8, note: null };
      return Object.fromEntries(fieldNames.map((name) => [name, field]));
    }
    const claims = evidence.map((one) => ({
      claim: `Of ${one.slide}: ${one.quote}`,
      evidence: [one],
    }));
    const missing = slides.map(({ number }) => ({ what: "A control", slides: [number] }));
    return { applicable: true, claims, missing, score: 2, summary: `On ${slides[0]?.number}.` };
  };
  const model: LoadedModel = {
    ...{
      model: "m",
      contextTokens,
      outputTokens: 100,
      slots: createCallSlots(1),
      judge: () => undefined,
    },
    async generate({ prompt, outputTokens }: ModelCall) {
      const tokens = Math.ceil((prompt.length / 4) * factor);
      if (tokens + outputTokens > contextTokens) throw new AppError("MODEL_CONTEXT_OVERFLOW");
      const slides = slidesOf(prompt);
      shown.push(...slides);
      const text = JSON.stringify(answerTo(slides));
      return { text, isCut: false, promptTokens: tokens, outputTokens: 9, timings: noTimings };
    },
  };
  return { model, shown };
}

const evidenceIn = (value: unknown): number[] =>
  [...JSON.stringify(value).matchAll(/"slide":(\d+),"quote"/g)].map(([, slide]) => Number(slide));

const decks = fc.array(fc.integer({ min: 1, max: 260 }), { minLength: 1, maxLength: 24 });
const asks = fc.constantFrom<ThinkRequest["ask"]>(
  { kind: "clinical" },
  { kind: "template", chapter },
  { kind: "extractions" },
);

it("shows every word of every slide to the model, and names every slide it answered from", async () => {
  await fc.assert(
    fc.asyncProperty(
      decks,
      asks,
      fc.integer({ min: 700, max: 3_000 }),
      fc.double({ min: 0.5, max: 1.6, noNaN: true }),
      async (lengths, ask, contextTokens, factor) => {
        const slides = lengths.map((words, at) =>
          slideOf(
            at + 1,
            Array.from({ length: words }, (_, word) => `w${at + 1}x${word}`).join(" "),
          ),
        );
        const { model, shown } = quoting(ask, contextTokens, factor);
        const request = { ask, slides, prompt: `Read.\n${deckSlot}\nAnswer.`, schema: {} };
        const { value, calls } = await thinkModel(model, request, signal);
        for (const { slide, text } of slides) {
          const read = shown.filter(({ number }) => number === slide).flatMap(({ lines }) => lines);
          expect(read.join(" ")).toBe(text);
        }
        expect(calls).toBeGreaterThan(0);
        const named = new Set(evidenceIn(value));
        expect([...named].sort((a, b) => a - b)).toEqual(slides.map(({ slide }) => slide));
      },
    ),
    { numRuns: 60, seed: 7 },
  );
});

it("keeps another part's value as a conflict, and puts quotes of one value together", async () => {
  const slides = [1, 2].map((slide) => slideOf(slide, `word ${"more ".repeat(200)}`));
  const { model } = quoting({ kind: "extractions" }, 700, 1);
  const ask = { kind: "extractions" } as const;
  const { value } = await thinkModel(model, { ask, slides, prompt: deckSlot, schema: {} }, signal);
  expect(value).toMatchObject({
    startup_name: { value: "Value 1", conflicts: [{ value: "Value 2", evidence: [{ slide: 2 }] }] },
    company_offering: { value: "Value 1", evidence: [{ slide: 1 }, { slide: 2 }] },
  });
});
