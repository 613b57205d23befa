import { describe, expect, it } from "vitest";
import type { Extractions, SlideAnalysis } from "../../contract/results.ts";
import type { Engine } from "../engines/engine.ts";
import { withSecondReading } from "./second-reading.ts";
import { withSupport } from "./supported.ts";

const none = { value: null, confidence: 0, evidence: [], note: null, conflicts: [] };
const quoted = (quote: string, grounded = true) => [{ slide: 1, quote, grounded }];
const usd = (amount: number) => ({ amount, currency: "USD", round: null });
const found: Extractions = {
  startup_name: { ...none, value: "Loop", confidence: 0.9, evidence: quoted("Loop ships crates") },
  company_offering: { ...none, value: "Crates", confidence: 0.8, evidence: quoted("x", false) },
  healthcare: { ...none, value: { is_healthcare: false, sector: null }, confidence: 0.9 },
  funding_amount: { ...none, value: usd(2e6), confidence: 0.9, evidence: quoted("We raise $1.5M") },
  deck_date: { ...none, value: "2026-05", confidence: 0.8, evidence: quoted("May 2026", false) },
};

describe("withSupport", () => {
  it("halves the confidence of a value that no quote on its slide contains, and leaves the others", () => {
    const judged = withSupport(found);
    expect(judged.startup_name).toMatchObject({ supported: true, confidence: 0.9 });
    expect(judged.company_offering).toMatchObject({ supported: false, confidence: 0.4 });
    expect(judged.healthcare).toMatchObject({ supported: true, confidence: 0.9 });
    expect(judged.funding_amount).toMatchObject({ supported: false, confidence: 0.45 });
    expect(judged.deck_date).toMatchObject({ supported: false, confidence: 0.4 });
  });

  it("has nothing to say where there is no value", () => {
    expect(withSupport({ ...found, deck_date: none }).deck_date).toEqual(none);
  });
});

describe("withSecondReading", () => {
  const texts = [
    "LoopFreight\nRoute planning for small carriers\nSeed deck, May 2026",
    "The ask\nLoopFreight is raising a seed round of USD 2 million for 18 months",
  ];
  const slides: SlideAnalysis[] = texts.map((text, at) => ({
    ...{ slide: at + 1, title: text.split("\n")[0] ?? null, text, description: "" },
    ...{ kind: at === 0 ? "cover" : "ask", text_source: "text_layer", words: 9 },
    ...{ visuals: [], blocks: [], language: "en" },
  }));
  const by = (name: "ollama" | "extractive") => ({
    engine: { ref: { name, model: name === "ollama" ? "m" : null } } as Engine,
    signal: new AbortController().signal,
  });
  const model: Extractions = {
    ...found,
    startup_name: { ...none, value: "LoopFreight Inc", confidence: 0.9 },
    funding_amount: { ...none, value: usd(9e6), confidence: 0.9 },
  };

  it("tells what else stands on the slides, with its quote, and keeps a model's answer", async () => {
    const read = await withSecondReading(model, slides, by("ollama"));
    expect(read.funding_amount.value).toEqual(usd(9e6));
    expect(read.funding_amount.conflicts).toHaveLength(1);
    expect(read.funding_amount.conflicts[0]).toMatchObject({
      value: { amount: 2e6, currency: "USD" },
      evidence: [{ slide: 2, grounded: true }],
    });
    expect(read.startup_name.conflicts).toEqual([]);
  });

  it("does not read the rules' own answers twice", async () => {
    expect(await withSecondReading(model, slides, by("extractive"))).toBe(model);
  });
});
