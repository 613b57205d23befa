import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareRuns } from "./compare.ts";
import { defaultGoals, goalNames, judgeGoals } from "./goals.ts";
import { type DeckRun, type EvaluationRun, figuresOf } from "./run.ts";
import { judgedFields, type Verdict } from "./truth.ts";

const deck = (file: string, verdict: Verdict, grounded = 100): DeckRun => ({
  ...{ file, sha256: file, pages: 1, problems: [], tokens: null },
  fields: { ask: { verdict, said: null, truth: null, confidence: 0.5, quotes: [] } },
  offering: { said: null, truth: null },
  quotes: { all: 100, grounded },
  seconds: { vision: 1, text: 1 },
});
const run = (decks: readonly DeckRun[]): EvaluationRun => ({
  ...{ label: "a run", engine: "extractive", models: { vision: null, text: null }, decks },
  pack: { name: "pitch-deck", version: 1, contentHash: "0" },
});

describe("compareRuns", () => {
  const base = run([
    deck("a", "right"),
    deck("b", "silent"),
    deck("c", "wrong"),
    deck("d", "right"),
  ]);

  it("names the field and the decks that got worse, whatever was gained", () => {
    const now = run([deck("a", "missed"), deck("b", "invented"), deck("c", "right")]);
    const { decks, unpaired, changes, regressions } = compareRuns(base, now, 0);
    expect(decks).toBe(3);
    expect(unpaired).toEqual(["d"]);
    expect(changes).toEqual([{ field: "ask", lost: ["a", "b"], gained: ["c"], chance: 1 }]);
    expect(regressions).toEqual(["ask regressed: right before and not now in a, b (gained: c)."]);
  });

  it("names decks that could be read whole before and cannot now", () => {
    const now = run([{ ...deck("a", "right"), problems: ["a task failed"] }]);
    const [sentence, ...more] = compareRuns(base, now, 1).regressions;
    expect(sentence).toBe("Reading regressed: read whole before and not now: a.");
    expect(more).toEqual([]);
    expect(compareRuns(now, now, 1).regressions).toEqual([]);
  });

  it("forgives as many decks of a field as it is told to", () => {
    const now = run([deck("a", "missed"), deck("b", "silent")]);
    expect(compareRuns(base, now, 1).regressions).toEqual([]);
  });

  it("does not take one wrong answer for another as a loss", () => {
    expect(compareRuns(base, run([deck("c", "missed")]), 0).regressions).toEqual([]);
  });

  it("notices that fewer quotes stand on their slide", () => {
    const now = run([deck("a", "right", 97)]);
    expect(compareRuns(base, now, 0).regressions).toEqual([
      "Grounding regressed: 97.0 % of the quotes stand on their slide, before 100.0 %.",
    ]);
  });

  it("does not pass for a comparison when the runs share no deck", () => {
    const { regressions } = compareRuns(base, run([deck("x", "right")]), 1);
    expect(regressions).toEqual(["The two runs have no deck in common, so nothing was compared."]);
  });

  it("finds nothing to say of a run beside itself", () => {
    const verdict = fc.constantFrom<Verdict>("right", "wrong", "missed", "invented", "silent");
    fc.assert(
      fc.property(fc.array(verdict, { minLength: 1 }), (verdicts) => {
        const same = run(verdicts.map((one, at) => deck(String(at), one)));
        const { regressions, unpaired, changes } = compareRuns(same, same, 0);
        expect([regressions, unpaired]).toEqual([[], []]);
        expect(changes.every(({ chance }) => chance === 1)).toBe(true);
      }),
    );
  });

  it("counts five losses and no gain as what chance does in one of sixteen", () => {
    const files = ["a", "b", "c", "d", "e"];
    const before = run(files.map((file) => deck(file, "right")));
    const now = run(files.map((file) => deck(file, "wrong")));
    expect(compareRuns(before, now, 0).changes[0]?.chance).toBe(0.0625);
  });
});

describe("judgeGoals", () => {
  const figures = figuresOf(run([deck("a", "right"), deck("b", "right"), deck("c", "invented")]));

  it("holds shares from below and counts from above", () => {
    const goals = [
      { name: "ask", limit: 1 },
      { name: "ask.precision", limit: 0.7 },
      { name: "invented", limit: 1 },
      { name: "invented", limit: 0 },
    ];
    expect(judgeGoals(goals, figures).map(({ met }) => met)).toEqual([true, false, true, false]);
  });

  it("says nothing of a goal that no deck can tell", () => {
    expect(judgeGoals([{ name: "date", limit: 1 }], figures)[0]).toMatchObject({
      value: null,
      met: null,
    });
  });

  it("knows all its names, and the usual goals have such", () => {
    for (const { name } of defaultGoals) expect(goalNames).toContain(name);
    const unknown = ["name", "healthcare", "sector", "round", "date"];
    for (const { name, value } of judgeGoals(
      goalNames.map((name) => ({ name, limit: 0 })),
      figures,
    )) {
      expect(value === null, name).toBe(unknown.includes(name.split(".")[0] ?? ""));
    }
    expect(judgedFields.every((field) => goalNames.includes(field))).toBe(true);
  });
});
