import { describe, expect, it } from "vitest";
import type { ThinkRequest } from "../engine.ts";
import { mergeAnswers } from "./merge.ts";

/** Each answer is to one slide more. */
const merged = (ask: ThinkRequest["ask"], values: readonly unknown[]) =>
  mergeAnswers(
    ask,
    values.map((value, at) => ({ slides: [at + 1], value })),
  );

const extractions = { kind: "extractions" } as const;
const clinical = { kind: "clinical" } as const;
const question = (id: string) => ({
  id,
  question: "",
  strong: "",
  adequate: "",
  weak: "",
  hints: [],
  slides: [],
});
const chapter: ThinkRequest["ask"] = {
  kind: "template",
  chapter: {
    id: "market",
    title: "Market",
    weight: 1,
    questions: [question("size"), question("growth")],
  },
};

describe("the answers to parts of a deck", () => {
  it("stay untouched when there is one", () => {
    expect(merged(clinical, ["as it came"])).toBe("as it came");
  });

  it("take the most confident value of each field", () => {
    const first = {
      startup_name: { value: "Aurelia", confidence: 0.9 },
      deck_date: { value: null, confidence: 1 },
      funding_amount: { value: { amount: 1 }, confidence: 0.4 },
    };
    const second = {
      startup_name: { value: "Hospital X", confidence: 0.3 },
      deck_date: { value: "2026-10", confidence: 0.2 },
      funding_amount: { value: { amount: 2 }, confidence: 0.8 },
    };
    expect(merged(extractions, [first, second])).toEqual({
      startup_name: first.startup_name,
      deck_date: second.deck_date,
      funding_amount: second.funding_amount,
    });
  });

  it("take the best score of each question, in the chapter's order", () => {
    const growth = { id: "growth", answer: null, score: 0 };
    const parts = [
      { questions: [growth, { id: "size", answer: "2 bn", score: 2 }] },
      {
        questions: [
          { id: "size", answer: "2 bn, by IQVIA", score: 4 },
          { ...growth, score: null },
        ],
      },
    ];
    expect(merged(chapter, parts)).toEqual({
      questions: [{ id: "size", answer: "2 bn, by IQVIA", score: 4 }, growth],
    });
  });

  it("put claims together, each once, with what each part says in short", () => {
    const claim = (text: string) => ({ claim: text });
    const parts = [
      { applicable: true, summary: "one", score: 1, claims: [claim("A"), claim("B")], missing: [] },
      {
        applicable: true,
        summary: "two",
        score: 3,
        claims: [claim("a "), claim("C"), claim("D")],
        missing: [],
      },
    ];
    expect(merged(clinical, parts)).toEqual({
      applicable: true,
      summary: "Slide 1: one\nSlide 2: two",
      score: 3,
      claims: [claim("A"), claim("B"), claim("C"), claim("D")],
      missing: [],
    });
  });

  it("let a part that applies decide over parts that do not", () => {
    const no = {
      applicable: false,
      reason: "nothing clinical",
      summary: null,
      score: null,
      claims: [],
      missing: [],
    };
    const yes = {
      applicable: true,
      reason: null,
      summary: "a trial",
      score: 2,
      claims: [{ claim: "A" }],
      missing: [],
    };
    expect(merged(clinical, [no, yes])).toEqual(yes);
    expect(merged(clinical, [no, no])).toEqual(no);
  });

  it("are refused as a whole when one is no object", () => {
    expect(merged(extractions, [{ startup_name: {} }, [1]])).toBeNull();
  });
});
