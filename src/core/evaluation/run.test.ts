import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DeckRun, type FieldRun, figuresOf, microUsdPerDeck } from "./run.ts";
import { scoreField } from "./score.ts";
import type { Verdict } from "./truth.ts";

const verdicts: readonly Verdict[] = ["right", "wrong", "missed", "invented", "silent"];

const field = (verdict: Verdict, truth: string | null): FieldRun => ({
  ...{ verdict, truth, said: null, confidence: 0.5, quotes: [] },
});
const deck = (parts: Partial<DeckRun>): DeckRun => ({
  file: "a.pdf",
  sha256: "0",
  pages: 3,
  problems: [],
  fields: {},
  offering: { said: null, truth: null },
  quotes: { all: 4, grounded: 3 },
  seconds: { vision: 9, text: 1 },
  tokens: null,
  ...parts,
});

describe("scoreField", () => {
  it("counts recall over what is stated and precision over what is given", () => {
    const score = scoreField(["right", "right", "wrong", "missed", "invented", "silent", "silent"]);
    expect([score.recall.hits, score.recall.of]).toEqual([2, 4]);
    expect([score.precision.hits, score.precision.of]).toEqual([2, 4]);
    expect([score.invented.hits, score.invented.of]).toEqual([1, 3]);
  });

  it("puts each verdict into its shares and no other", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...verdicts)), (list) => {
        const { recall, precision, invented } = scoreField(list);
        expect(recall.of + invented.of).toBe(list.length);
        expect(recall.hits).toBe(precision.hits);
        expect(precision.of - invented.hits).toBeLessThanOrEqual(recall.of);
      }),
    );
  });
});

describe("figuresOf", () => {
  it("tells the recall of both answers about healthcare apart", () => {
    const decks = [
      deck({ fields: { healthcare: field("right", "yes") } }),
      deck({ fields: { healthcare: field("wrong", "yes") } }),
      deck({ fields: { healthcare: field("right", "no") }, problems: ["a task failed"] }),
    ];
    const figures = figuresOf({ decks });
    expect(figures.healthcare.yes.share).toBe(0.5);
    expect(figures.healthcare.no.share).toBe(1);
    expect(figures.grounding.share).toBe(0.75);
    expect(figures).toMatchObject({ failed: 1, secondsPerDeck: 10, tokensPerDeck: null });
  });

  it("counts invented values over all fields", () => {
    const fields = { name: field("invented", null), date: field("invented", null) };
    expect(figuresOf({ decks: [deck({ fields }), deck({})] }).invented).toBe(2);
  });
});

it("a deck costs the busy time of each pool at its price", () => {
  const decks = [
    deck({ seconds: { vision: 3600, text: 1800 } }),
    deck({ seconds: { vision: 0, text: 0 } }),
  ];
  expect(microUsdPerDeck({ decks }, { vision: 500_000, text: 800_000 })).toBe(450_000);
});
