import fc from "fast-check";
import { expect, it } from "vitest";
import { isStale, reviewedValue } from "./overlay.ts";
import { claimPaths, contentMark, presentPath } from "./paths.ts";
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
    [`specialized_clinical.claim_${contentMark("It heals")}`, "claim", null],
    [`slide_feedback.slide_3.tiny_${contentMark("Small")}`, "finding", null],
    [`slide_feedback.deck.tiny_${contentMark("Small")}`, "finding", null],
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

const claims = fc.uniqueArray(fc.string({ minLength: 1, unit: "binary" }), { maxLength: 12 });

it("names a claim by what it says, wherever it stands, and no two alike", () => {
  fc.assert(
    fc.property(claims, fc.nat(), (said, seed) => {
      const all = said.map((claim) => ({ claim }));
      const paths = claimPaths("t", all);
      expect(new Set(paths).size).toBe(paths.length);
      const [first] = all.splice(seed % Math.max(1, all.length), 1);
      const alone = first === undefined ? [] : claimPaths("t", [first]);
      for (const path of alone) expect(paths).toContain(path);
    }),
  );
  const [one, same] = claimPaths("t", [{ claim: "31 % fewer." }, { claim: "31 % Fewer" }]);
  expect(same).toBe(`${one}_2`);
});

it("finds the present path of a review that went by the number", () => {
  const seen = { claim: "It heals", status: "stated" };
  const [path] = claimPaths("specialized_clinical", [seen]);
  expect(presentPath("specialized_clinical.claim_1", seen)).toBe(path);
  expect(presentPath(path ?? "", seen)).toBe(path);
  expect(presentPath("template.claim_1", "Clinics")).toBe("template.claim_1");
});
