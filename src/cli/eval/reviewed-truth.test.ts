import fc from "fast-check";
import { expect, it } from "vitest";
import { deckTruth } from "../../contract/evaluation.ts";
import type { ReviewableView, ReviewView } from "../../contract/reviews.ts";
import { joinedTruth, reviewedTruth } from "./reviewed-truth.ts";

const paths = ["startup_name", "company_offering", "healthcare", "funding_amount", "deck_date"];
const item = (field: string, verdict: ReviewView["verdict"], reviewed: unknown): ReviewableView => {
  const path = `extractions.${field}`;
  const task = "extractions_and_template";
  const value = { read: reviewed, seen: reviewed, reviewed };
  const review = { path, task, verdict, ...value, stale: false, note: null, by: "ada", at: "" };
  return {
    ...{ path, task, kind: "field", title: field, type: "text", read: reviewed, grounded: true },
    ...{ conflicts: 0, review: { ...review, generation: 1 } },
  };
};

it("stands for what was verified or corrected, and leaves a doubt open", () => {
  const items = [
    item("startup_name", "verified", "Aurelia"),
    item("deck_date", "corrected", null),
    item("company_offering", "flagged", "A patch"),
    item("healthcare", "verified", { is_healthcare: true, sector: "diagnostics" }),
  ];
  expect(reviewedTruth(items).truth).toMatchObject({ startup_name: "Aurelia", deck_date: null });
  expect(Object.keys(reviewedTruth(items).truth)).not.toContain("offering");
});

it("leaves a currency open that is no code, and keeps the amount", () => {
  const ask = { amount: 5, currency: "US$", round: null };
  expect(reviewedTruth([item("funding_amount", "verified", ask)]).truth).toEqual({
    funding_amount: { amount: 5, currency: null, round: null },
  });
});

it("is always a truth that an evaluation set may hold, whatever a model had said", () => {
  const asks = fc.record({
    amount: fc.oneof(fc.double(), fc.tuple(fc.integer(), fc.integer())),
    currency: fc.string(),
    round: fc.option(fc.string()),
  });
  const care = fc.record({ is_healthcare: fc.boolean(), sector: fc.option(fc.string()) });
  const words = fc.option(fc.string());
  const values = fc.tuple(words, words, fc.option(care), fc.option(asks), words);
  fc.assert(
    fc.property(values, (given) => {
      const items = given.map((value, at) => item(paths[at] ?? "", "verified", value));
      const entry = { file: "deck.pdf", ...reviewedTruth(items).truth };
      expect(deckTruth.safeParse(entry).success).toBe(true);
    }),
  );
});

it("takes of two documents of one file the newer word, a doubt too", () => {
  const older = reviewedTruth([
    item("startup_name", "verified", "Old"),
    item("deck_date", "verified", "2025"),
    item("company_offering", "verified", "A patch"),
  ]);
  const newer = reviewedTruth([
    item("startup_name", "corrected", "New"),
    item("deck_date", "flagged", "2025"),
  ]);
  expect(joinedTruth(newer, older).truth).toEqual({ startup_name: "New", offering: "A patch" });
});
