import fc from "fast-check";
import { expect, it } from "vitest";
import { slideOf } from "../../../../../test/support/slides.ts";
import type { TextBlock } from "../../../../contract/results.ts";
import type { PackField } from "../../../../contract/worker-protocol.ts";
import { deckOf } from "../deck.ts";
import { answerFields } from "./answer-fields.ts";
import { findPattern } from "./patterns.ts";

type Hints = Partial<PackField["hints"]>;
const field = (
  type: PackField["type"],
  hints: Hints,
  more: Partial<PackField> = {},
): PackField => ({
  ...{ name: "f", title: "F", type, item: null, required: false, description: "f", choices: [] },
  hints: {
    ...{ labels: {}, sections: [], patterns: [], near: [], yes: [], no: [], where: [] },
    ...{ prominent: null, ...hints },
  },
  ...more,
});

interface Said {
  readonly value: unknown;
  readonly confidence: number;
  readonly conflicts: readonly { readonly value: unknown }[];
  readonly evidence: readonly { readonly slide: number; readonly quote: string }[];
}
const ask = (one: PackField, ...pages: string[]): Said =>
  answerFields(deckOf(pages.map((text, index) => slideOf(index + 1, text))), [one]).f as Said;

const block = (text: string, x: number, y: number, size = 0.012): TextBlock => ({
  ...{ text, x, y, width: text.length * 0.008, height: size, size },
});
const labels = (...words: string[]): Hints => ({ labels: { en: words } });

it.each<[string, PackField, string, unknown]>([
  ["behind a colon", field("text", labels("Order number")), "Order number: A-17", "A-17"],
  ["with its stop left out", field("text", labels("Order No.")), "Order no: A-17", "A-17"],
  ["typed, with nothing between", field("date", labels("Date")), "Date 3 March 2026", "2026-03-03"],
  [
    "within a line",
    field("date", labels("Paid")),
    "Sent: 1 May 2026; Paid: 4 May 2026",
    "2026-05-04",
  ],
  ["in the line below", field("text", labels("Buyer")), "Buyer\nAurelia Ltd", "Aurelia Ltd"],
  [
    "as money",
    field("money", labels("Total")),
    "Total: 1.249,50 €",
    { amount: 1249.5, currency: "EUR" },
  ],
  ["as a number", field("number", labels("Units")), "Units: 1,204", 1204],
  [
    "as a list",
    field("list", labels("Tags"), { item: "text" }),
    "Tags: a1; b2; c3",
    ["a1", "b2", "c3"],
  ],
  ["but not of a longer label", field("date", labels("Date")), "Due date: 3 March 2026", null],
  ["but not in prose", field("text", labels("Order")), "Order is half of life", null],
])("finds a value by its label %s", (_, one, text, value) => {
  expect(ask(one, text).value).toEqual(value);
});

it("takes the cell to the right before the one below", () => {
  const blocks = [block("Number", 0.1, 0.1), block("A-17", 0.4, 0.1), block("Street 4", 0.1, 0.12)];
  const text = blocks.map((one) => one.text).join("\n");
  const deck = deckOf([slideOf(1, text, { blocks })]);
  expect(answerFields(deck, [field("text", labels("Number"))]).f).toMatchObject({ value: "A-17" });
});

it("tells of two values under one label, and prefers the label named first", () => {
  const total = field("money", labels("Total due", "Total"));
  const two = ask(total, "Total due: EUR 20", "Total due: EUR 30");
  expect(two.conflicts.map(({ value }) => value)).toEqual([{ amount: 30, currency: "EUR" }]);
  expect(two.confidence).toBeLessThanOrEqual(0.6);
  const ranked = ask(total, "Total: EUR 10", "Total due: EUR 20");
  expect(ranked).toMatchObject({ value: { amount: 20 }, conflicts: [] });
});

it.each([
  ["Units: 12", "Units: 45", [45]],
  ["Units: 5", "Units: 900", [900]],
  ["Units: 12", "Units: 12", []],
])("tells of two numbers under one label, however short (%s, %s)", (one, other, conflicts) => {
  const said = ask(field("number", labels("Units")), one, other);
  expect(said.conflicts.map(({ value }) => value)).toEqual(conflicts);
});

it("takes the text of a section up to the next heading, not that of the references", () => {
  const funding = field("text", { sections: ["Funding"] });
  const pages = [
    "1 RESULTS\nGood.\nFUNDING\nThe council paid.\nREFERENCES\nFunding\nAnother paid.",
  ];
  expect(ask(funding, ...pages).value).toBe("The council paid.");
  expect(ask(funding, "Funding: The council paid.").value).toBe("The council paid.");
});

it("lets words of no beat words of yes, and says nothing where neither stands", () => {
  const ethics = field("boolean", { yes: ["approved"], no: ["approval was waived"] });
  expect(ask(ethics, "It was approved. For two sites approval was waived.").value).toBe(false);
  expect(ask(ethics, "It was approved.").value).toBe(true);
  expect(ask(ethics, "It was disapproved of by many.").value).toBe(null);
});

it("knows texts by their form, and those with check digits by their sum", () => {
  expect(findPattern("doi", "see https://doi.org/10.5555/a.2026.1, and")).toEqual([
    "10.5555/a.2026.1",
  ]);
  expect(findPattern("iban", "DE89 3704 0044 0532 0130 00")).toEqual([
    "DE89 3704 0044 0532 0130 00",
  ]);
  expect(findPattern("iban", "DE88 3704 0044 0532 0130 00")).toEqual([]);
  expect(findPattern("isbn", "978-3-16-148410-0 or 978-3-16-148410-1")).toEqual([
    "978-3-16-148410-0",
  ]);
  expect(findPattern("sample_size", "cells (n = 1,204) and n=7")).toEqual(["1,204", "7"]);
});

it("quotes only what stands on the page, whatever the page says", () => {
  const one = field("text", { ...labels("Name"), sections: ["Name"], near: ["name"] });
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: "grapheme", maxLength: 30 }), { maxLength: 8 }),
      (lines) => {
        const text = ["Name: x", ...lines].join("\n");
        const { evidence } = ask(one, text);
        for (const { quote } of evidence) expect(text).toContain(quote);
      },
    ),
    { numRuns: 100 },
  );
});
