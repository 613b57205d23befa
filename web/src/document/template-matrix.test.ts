import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TemplateAnalysis } from "../api/types.ts";
import { longestRise, sectionsOf } from "./template-matrix.ts";

const chapter = (
  title: string,
  slides: readonly (readonly number[])[],
  score: number | null = 4,
): TemplateAnalysis["chapters"][number] => ({
  ...{ id: title, title, score },
  questions: slides.map((own, index) => ({
    ...{ id: `${title}${index}`, question: "?", answer: own.length === 0 ? null : "Yes", score },
    ...{ reason: "", missing: null },
    evidence: own.map((slide) => ({ slide, quote: "q", grounded: true })),
  })),
});
const of = (...chapters: TemplateAnalysis["chapters"]) =>
  sectionsOf({ template: "general", score: 3, chapters });

describe("expected sections", () => {
  it("are present, thin or missing, with the two slides that say most of them", () => {
    const sections = of(
      chapter("Problem", [[2, 3], [3], [9]]),
      chapter("Market", [[4], [], []]),
      chapter("Ask", [[5]], 1),
      chapter("Team", [[], []], 0),
    );
    expect(sections.map(({ title, state }) => [title, state])).toEqual([
      ...[
        ["Problem", "present"],
        ["Market", "thin"],
        ["Ask", "thin"],
        ["Team", "missing"],
      ],
    ]);
    expect(sections[0]).toMatchObject({ slides: [2, 3, 9], look: [2, 3], answered: 3 });
    expect(sections.every(({ outOfOrder }) => outOfOrder === null)).toBe(true);
  });

  it("name what they should not come before or after", () => {
    const [problem, team, ask] = of(
      chapter("Problem", [[2]]),
      chapter("Team", [[12]]),
      chapter("Ask", [[9]]),
    );
    expect([problem?.outOfOrder, team?.outOfOrder, ask?.outOfOrder]).toEqual([
      ...[null, null, "earlier than Team"],
    ]);
  });
});

it("keeps a run that never falls, and all of one that rises", () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat(30)), { maxLength: 12 }), (places) => {
      const kept = [...longestRise(places)].sort((a, b) => a - b);
      const own = kept.flatMap((index) => places[index] ?? []);
      expect(own).toEqual([...own].sort((a, b) => a - b));
      const sorted = [...places].sort((a, b) => (a ?? -1) - (b ?? -1));
      expect(longestRise(sorted).size).toBe(places.length);
    }),
  );
});
