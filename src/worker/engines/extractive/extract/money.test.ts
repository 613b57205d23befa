import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { moneyIn, numberOf } from "./money.ts";

const only = (text: string, language = "en") => {
  const found = moneyIn(text, language);
  expect(found).toHaveLength(1);
  const money = found[0];
  return { low: money?.low, high: money?.high, currency: money?.currency };
};

describe("amounts of money", () => {
  it.each([
    ["$500K", 500_000, "USD"],
    ["USD 2 million", 2_000_000, "USD"],
    ["EUR 4.5M", 4_500_000, "EUR"],
    ["1,5 Mio. EUR", 1_500_000, "EUR"],
    ["1.500.000 €", 1_500_000, "EUR"],
    ["1 500 000 €", 1_500_000, "EUR"],
    ["CHF 3'000'000", 3_000_000, "CHF"],
    ["£800,000", 800_000, "GBP"],
    ["500 k€", 500_000, "EUR"],
    ["750 T€", 750_000, "EUR"],
    ["₹ 1,50,00,000", 15_000_000, "INR"],
    ["INR 4 Cr", 40_000_000, "INR"],
    ["$42MM", 42_000_000, "USD"],
    ["€1.2bn", 1_200_000_000, "EUR"],
    ["R$ 2 milhões", 2_000_000, "BRL"],
  ])("reads %s", (text, high, currency) => {
    expect(only(text)).toEqual({ low: high, high, currency });
  });

  it("reads the Spanish mil as thousand and the English one as million", () => {
    expect(only("100 mil €", "es").high).toBe(100_000);
    expect(only("$2 mil", "en").high).toBe(2_000_000);
  });

  it.each([
    ["$500k-$1m", 500_000, 1_000_000, "USD"],
    ["$1.5M - $2M seed", 1_500_000, 2_000_000, "USD"],
    ["2-3 Mio. €", 2_000_000, 3_000_000, "EUR"],
    ["750K–1.5M EUR", 750_000, 1_500_000, "EUR"],
    ["Raise $4~5M", 4_000_000, 5_000_000, "USD"],
    ["between $1 to 2 million", 1_000_000, 2_000_000, "USD"],
  ])("joins the range %s", (text, low, high, currency) => {
    expect(only(text)).toEqual({ low, high, currency });
  });

  it("keeps upper and lower bounds", () => {
    expect(moneyIn("Up to $500K", "en")[0]).toMatchObject({ bound: "up_to", low: null });
    expect(moneyIn("Minimum round size: $500k", "en")[0]).toMatchObject({ bound: "at_least" });
  });

  it.each(["80K", "15%", "2018", "33 M Americans", "2 months", "Series 5", "Q3 2026", "3 KB"])(
    "finds no money in %s",
    (text) => expect(moneyIn(text, "en")).toEqual([]),
  );

  it("reads back every whole amount however its thousands are grouped", () => {
    const separators = [",", ".", "'", " ", "\u202f"];
    fc.assert(
      fc.property(
        fc.integer({ min: 1_000_000, max: 999_999_999 }),
        fc.constantFrom(...separators),
        (value, separator) => {
          const grouped = String(value).replace(/\B(?=(\d{3})+(?!\d))/g, separator);
          expect(numberOf(grouped, false)).toBe(value);
          expect(moneyIn(`${grouped} €`, "de")[0]?.high).toBe(value);
        },
      ),
    );
  });

  it("never throws and never gives an amount outside the text", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200, unit: "binary" }), (text) => {
        for (const money of moneyIn(text, "en")) {
          expect(money.high).toBeGreaterThan(0);
          expect(money.to).toBeLessThanOrEqual(text.length);
        }
      }),
    );
  });
});
