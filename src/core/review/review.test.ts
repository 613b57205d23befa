import fc from "fast-check";
import { expect, it } from "vitest";
import { isStale, reviewedValue } from "./overlay.ts";
import { reviewables } from "./reviewable.ts";

const field = (value: unknown, grounded: boolean) => ({
  ...{ value, confidence: 1, note: null, conflicts: [{ value: "other", evidence: [] }] },
  evidence: [{ slide: 1, quote: "q", grounded }],
});

it("is stale when another value is read, unless it is the corrected one", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (seen, read) => {
      const isOther = JSON.stringify(seen) !== JSON.stringify(read);
      fc.pre(isOther);
      expect(isStale({ verdict: "verified", seen, corrected: null }, seen)).toBe(false);
      expect(isStale({ verdict: "corrected", seen, corrected: read }, read)).toBe(false);
    }),
  );
  expect(
    isStale({ verdict: "verified", seen: { a: 1, b: [2] }, corrected: null }, { b: [2], a: 1 }),
  ).toBe(false);
  expect(isStale({ verdict: "verified", seen: { a: 1 }, corrected: null }, { a: 2 })).toBe(true);
  expect(isStale({ verdict: "flagged", seen: "x", corrected: null }, null)).toBe(true);
});

it("stands for what was verified or corrected, and for nothing that was flagged", () => {
  const judged = { seen: 1, corrected: 2 };
  expect(reviewedValue({ ...judged, verdict: "verified" })).toBe(1);
  expect(reviewedValue({ ...judged, verdict: "corrected" })).toBe(2);
  expect(reviewedValue({ ...judged, verdict: "flagged" })).toBeUndefined();
});

it("finds fields, answers, claims and findings, each under a path of its own", () => {
  const question = { id: "who", question: "Who?", answer: "Clinics", evidence: [] };
  const found = reviewables({
    extractions_and_template: {
      extractions: { startup_name: field("A", false) },
      template: { chapters: [{ questions: [question] }] },
    },
    paper: { fields: [{ ...field(["x"], true), name: "authors", title: "Authors", type: "list" }] },
    specialized_clinical: { claims: [{ claim: "It heals", status: "stated", evidence: [] }] },
    slide_feedback: {
      slides: [{ slide: 3, findings: [{ rule: "tiny", what: "Small", evidence: [] }] }],
      deck: [{ rule: "tiny", what: "Small", evidence: [] }],
    },
  });
  expect(found.map(({ path, kind, type }) => [path, kind, type])).toEqual([
    ["extractions.startup_name", "field", "text"],
    ["template.who", "answer", null],
    ["paper.authors", "field", "list"],
    ["specialized_clinical.claim_1", "claim", null],
    ["slide_feedback.slide_3.finding_1", "finding", null],
    ["slide_feedback.deck.finding_1", "finding", null],
  ]);
  expect(found[0]).toMatchObject({ grounded: false, conflicts: 1 });
  expect(found[3]).toMatchObject({ grounded: null });
});

it("survives results of any shape", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (results) => {
      expect(Array.isArray(reviewables(results))).toBe(true);
    }),
  );
});
