import { expect, it } from "vitest";
import { judgeGoals } from "../../core/evaluation/goals.ts";
import { type EvaluationRun, figuresOf } from "../../core/evaluation/run.ts";
import { evaluationPage } from "./page.ts";
import { reliabilitySection } from "./reliability.ts";

const hostile = '<img src=x onerror="alert(1)">';
const run: EvaluationRun = {
  ...{ label: hostile, engine: "ollama", models: { vision: "a", text: "b" } },
  pack: { name: "pitch-deck", version: 1, contentHash: "0" },
  decks: [
    {
      ...{ file: hostile, sha256: "0", pages: 7, problems: [hostile], tokens: null },
      fields: {
        name: {
          ...{ verdict: "wrong", said: hostile, truth: "Acme", confidence: 0.75 },
          quotes: [{ slide: 3, quote: hostile, grounded: false }],
        },
      },
      offering: { said: hostile, truth: "Rockets" },
      quotes: { all: 4, grounded: 3 },
      seconds: { vision: 1, text: 1 },
    },
  ],
};
const sample = { deck: "0", field: "startup_name", answer: "given" } as const;
const said = [0.75, 0.75, 0.95].map((confidence, at) => ({ ...sample, confidence, right: at > 0 }));
const page = evaluationPage({
  title: `Readings ${hostile}`,
  facts: [["Decks", hostile]],
  runs: [
    {
      ...{ run, microUsdPerDeck: 4_200, comparison: null },
      goals: judgeGoals([{ name: "name", limit: 0.85 }], figuresOf(run)),
    },
  ],
  sections: [reliabilitySection([{ label: hostile, said, leftOut: said }])],
});

it("names nothing outside itself, runs nothing, and lets no deck's words become markup", () => {
  expect(page).not.toMatch(/<script|<link|<iframe|https?:|@import|url\((?!#)|<img/);
  expect(page).not.toContain(hostile);
});

it("says what was wrong, from which quote, and that the goal is missed", () => {
  expect(page).toContain("Slide 3: &lt;img");
  expect(page).toContain('<span class="failed">missed</span> name at least 85 %: 0 %');
  expect(page).toContain("3/4  75 %");
  expect(page).toContain("$0.0042");
});

it("draws each share of right answers with its count, and says it in words", () => {
  expect(page).toContain("0.75 said, 1 of 2 right; 0.95 said, 1 of 1 right");
  expect(page).toMatch(/<svg [^>]*role="img"[^>]*aria-labelledby/);
});
