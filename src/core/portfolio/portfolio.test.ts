import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cellsOf, comparable } from "./cell.ts";
import { companyKey, nameStem } from "./deck-key.ts";
import {
  documentColumns,
  type FilterOp,
  filterFault,
  filterOps,
  opsOfDocument,
  quantityOf,
  readFilter,
} from "./filter.ts";

const field = (value: unknown) => ({
  ...{ value, confidence: 0.8, note: null, evidence: [] },
  conflicts: [{ value: 1, evidence: [] }],
});
const results = {
  extractions_and_template: {
    extractions: { startup_name: field("Aurora"), deck_date: field(null) },
    template: { chapters: [], score: 3.5 },
  },
  slide_feedback: {
    slides: [{ slide: 1, findings: [{ severity: "major" }, { severity: "note" }] }],
    deck: [],
  },
};

it("tells amounts as numbers of their currency, ranges by both bounds", () => {
  expect(comparable("ask", { amount: [2e6, 3e6], currency: "EUR", round: "Seed" })).toEqual({
    ...{ shown: "2000000 to 3000000 EUR, Seed", number: 2e6, numberTo: 3e6, unit: "EUR" },
  });
  expect(comparable("money", { amount: 5, currency: "USD" })).toMatchObject({ unit: "USD" });
  expect(comparable("healthcare", { is_healthcare: true, sector: "health_data_ai" })).toMatchObject(
    { shown: "yes: health data ai", number: 1 },
  );
  expect(comparable("date", "2026-05")).toMatchObject({ shown: "2026-05", number: null });
  expect(comparable("text", null).shown).toBeNull();
});

it("survives any value, and tells each that is one", () => {
  fc.assert(
    fc.property(fc.string(), fc.jsonValue(), (type, value) => {
      const { shown, number } = comparable(type, value);
      expect(shown === null).toBe(value === null);
      expect(number === null || Number.isFinite(number)).toBe(true);
    }),
  );
});

it("shows what a person said, and no conflict that one has settled", () => {
  const corrected = { path: "extractions.startup_name", seen: "Aurora", corrected: "Aurora Bio" };
  const [name, date, score, serious] = cellsOf(results, [{ ...corrected, verdict: "corrected" }]);
  expect(name).toMatchObject({ value: "Aurora Bio", review: "corrected", conflicts: 0 });
  expect(date).toMatchObject({ value: null, shown: null, review: null, conflicts: 1 });
  expect(score).toMatchObject({ path: "template.score", number: 3.5 });
  expect(serious).toMatchObject({ path: "slide_feedback.serious", number: 1 });
  const [flagged] = cellsOf(results, [{ ...corrected, verdict: "flagged" }]);
  expect(flagged).toMatchObject({ value: "Aurora", review: "flagged", conflicts: 1 });
});

it("knows a company by its name whatever its legal form, case and accents", () => {
  for (const name of ["Aurora Bio", "AURORA-BIO Inc.", "Auróra Bio, Ltd", "Aurora Bio GmbH"]) {
    expect(companyKey(name), name).toBe("aurorabio");
  }
  expect(companyKey("X")).toBeNull();
  expect(companyKey(null)).toBeNull();
});

it.each([
  ["Aurora_Bio-Pitch Deck v3 (1).pdf", "aurora bio"],
  ["2026-11-26 Aurora Bio Series B FINAL.pptx", "aurora bio"],
  ["Pitch Deck.pdf", null],
  ["deck-2.pdf", null],
  ["neuvolution.pdf", "neuvolution"],
])("takes of the file name %s what tells whose it is", (name, stem) => {
  expect(nameStem(name)).toBe(stem);
});

it.each([
  ["2500000", 2.5e6, null],
  ["2.5M", 2.5e6, null],
  ["2,500,000 eur", 2.5e6, "EUR"],
  ["EUR 2.5m", 2.5e6, "EUR"],
  ["800k CHF", 8e5, "CHF"],
  ["2026-05", null, null],
  ["Aurora", null, null],
])("reads %s as a quantity", (text, number, unit) => {
  expect(quantityOf(text)).toEqual({ number, unit });
});

it("reads filters as they are written, and says what is wrong with others", () => {
  expect(readFilter("a.b:from:2M EUR")).toMatchObject({ path: "a.b", op: "from", number: 2e6 });
  expect(readFilter("a.b:missing")).toMatchObject({ op: "missing", text: "" });
  expect(readFilter("a.b:is:x:y")).toMatchObject({ text: "x:y" });
  expect(readFilter("a.b:over:1")).toMatch(/no filter/);
  expect(readFilter("a.b:contains")).toMatch(/nothing to compare/);
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.constantFrom(...filterOps), (text, op) => {
      const read = readFilter(`a.b:${op}:${text}`);
      if (typeof read === "string") return;
      expect(readFilter(`${read.path}:${read.op}:${read.text}`)).toEqual(read);
    }),
  );
});

describe("what a document itself can be asked", () => {
  const types = new Map<string, string>(documentColumns.map(({ path, type }) => [path, type]));
  const faultOf = (written: string): string | null => {
    const filter = readFilter(written);
    return typeof filter === "string" ? filter : filterFault(filter, types.get(filter.path) ?? "");
  };
  const values: Readonly<Record<string, string>> = {
    ...{ "deck.name": "aurora", "deck.submitted": "2026-05-04", "deck.pages": "12" },
    ...{ "deck.state": "done", "deck.version": "newest" },
  };

  it.each(Object.entries(values))("%s takes its own ops, and refuses all others", (path, value) => {
    const own = opsOfDocument(path) ?? [];
    const hasValue = (op: FilterOp) => ["contains", "is", "from", "to"].includes(op);
    const written = (op: FilterOp) => (hasValue(op) ? `${path}:${op}:${value}` : `${path}:${op}`);
    expect(filterOps.filter((op) => faultOf(written(op)) === null).sort()).toEqual([...own].sort());
    for (const op of filterOps.filter((one) => !own.includes(one))) {
      expect(faultOf(written(op))).toContain(`write ${path}:${own[0]}`);
    }
  });

  it.each([
    ...["deck.submitted:is:May", "deck.submitted:to:20260504", "deck.pages:is:many"],
    ...["deck.pages:from:few", "deck.version:is:3"],
  ])("refuses %s", (written) => {
    expect(faultOf(written)).toMatch(/write/);
  });
});
