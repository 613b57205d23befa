import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conflictsWith, isSameDate, isSameName } from "./conflicts.ts";
import { amountStands, amountsIn, nameStands, yearStands } from "./support.ts";

describe("amountStands", () => {
  it.each([
    ["Raising $1.5M for 18 months", [1_500_000]],
    ["we raise 500K - 1M", [500_000, 1_000_000]],
    ["1.5 to 2 million dollars", [1_500_000, 2_000_000]],
    ["Kapitalbedarf: 2,5 Mio. €", [2_500_000]],
    ["EUR 4.500.000", [4_500_000]],
    ["USD 1'000'000", [1_000_000]],
    ["levée de 3 millions d'euros", [3_000_000]],
    ["buscamos 250 mil euros", [250_000]],
    ["dos millones de euros", [2_000_000]],
    ["₹ 1 crore", [10_000_000]],
    ["two million dollars", [2_000_000]],
    ["$ 300,000", [300_000]],
    ["TEUR 500", [500_000]],
    ["we need 500 TEUR", [500_000]],
    ["T€ 500", [500_000]],
    ["2MEUR", [2_000_000]],
    ["kCHF 750", [750_000]],
    ["₹12,50,000", [1_250_000]],
  ])("finds what %s states", (quote, bounds) => {
    expect(amountStands(bounds, [quote])).toBe(true);
  });

  it.each([
    ["Raising $1.5M", [15_000_000]],
    ["2 million", [2_000_000_000]],
    ["seed round", [1_000_000]],
    ["500K", [500_000, 1_000_000]],
    ["12,500 customers", [2_500]],
  ])("does not take %s for another amount", (quote, bounds) => {
    expect(amountStands(bounds, [quote])).toBe(false);
  });

  it("reads any whole amount however its thousands are grouped, and never with one digit changed", () => {
    const value = fc.integer({ min: 1_000, max: 999_999_999 });
    const sign = fc.constantFrom(",", ".", "'", "\u202f");
    fc.assert(
      fc.property(value, sign, fc.nat(), (amount, separator, seed) => {
        const text = `raising EUR ${amount.toLocaleString("en-US").replaceAll(",", separator)} now`;
        expect(amountStands([amount], [text])).toBe(true);
        const digits = String(amount);
        const at = seed % digits.length;
        const changed =
          digits.slice(0, at) + ((Number(digits[at]) + 1) % 10) + digits.slice(at + 1);
        expect(amountStands([Number(changed)], [text])).toBe(false);
      }),
    );
  });

  it("never fails on any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(amountsIn(text).every((one) => Number.isFinite(one))).toBe(true);
      }),
    );
  });
});

describe("nameStands", () => {
  it("looks past case, blanks and marks, and into addresses", () => {
    expect(nameStands("Salt & Pepper", ["welcome to SALT&PEPPER"])).toBe(true);
    expect(nameStands("Aurelia Cardio", ["hello@aurelia-cardio.example"])).toBe(true);
    expect(nameStands("Aurelia", ["Loop ships crates"])).toBe(false);
    expect(nameStands("Aurelia", [])).toBe(false);
  });

  it("does not find a short name within another word", () => {
    expect(nameStands("Eli", ["we believe in care"])).toBe(false);
    expect(nameStands("A.I.", ["retail chains"])).toBe(false);
    expect(nameStands("Eli", ["hello@eli.example", "nothing"])).toBe(true);
    expect(nameStands("A.I.", ["the AI company"])).toBe(true);
    expect(nameStands("Öre", ["ÖRE pays"])).toBe(true);
  });
});

describe("yearStands", () => {
  it.each([["May 2026"], ["05/26"], ["Q3 '26"], ["Oct 26"], ["2026-05-04"]])(
    "finds 2026 in %s",
    (quote) => {
      expect(yearStands("2026-05", [quote])).toBe(true);
    },
  );
  it.each([["May 2025"], ["20261"], ["26 customers"]])("finds no 2026 in %s", (quote) => {
    expect(yearStands("2026", [quote])).toBe(false);
  });
});

describe("conflictsWith", () => {
  const stated = (value: string, grounded = true) => ({
    value,
    evidence: [{ grounded, of: value }],
  });
  const same = (one: string, other: string): boolean => one === other;

  it("keeps other values that stand on a slide, each once", () => {
    const readings = [stated("a"), stated("b"), stated("b"), stated("c", false), stated("d")];
    const values = conflictsWith("a", readings, same).map(({ value }) => value);
    expect(values).toEqual(["b", "d"]);
  });

  it("holds nothing for the same, and everything found where no answer was given", () => {
    expect(conflictsWith(null, [stated("a")], same)).toHaveLength(1);
    expect(isSameName("Acme", "ACME Robotics Inc.")).toBe(true);
    expect(isSameName("Acme", "Loop")).toBe(false);
    expect(isSameDate("2026", "2026-05")).toBe(true);
    expect(isSameDate("2025", "2026-05")).toBe(false);
  });

  it("never tells two that are the same, nor the answer, nor one without a quote", () => {
    const letter = fc.constantFrom("a", "b", "c", "d");
    fc.assert(
      fc.property(letter, fc.array(fc.tuple(letter, fc.boolean())), (answer, list) => {
        const found = conflictsWith(
          answer,
          list.map(([value, grounded]) => stated(value, grounded)),
          same,
        );
        const values = found.map(({ value }) => value);
        expect(new Set(values).size).toBe(values.length);
        expect(values).not.toContain(answer);
        for (const value of new Set(list.filter(([, grounded]) => grounded).map(([one]) => one))) {
          expect(values.includes(value)).toBe(value !== answer);
        }
      }),
    );
  });
});
