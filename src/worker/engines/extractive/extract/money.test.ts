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
    ["USD1.2M", 1_200_000, "USD"],
    ["US$ 1.2 M", 1_200_000, "USD"],
    ["1.2M USD", 1_200_000, "USD"],
    ["$750,000", 750_000, "USD"],
    ["$1,500K", 1_500_000, "USD"],
    ["$1,125M", 1_125_000_000, "USD"],
    ["$1.125M", 1_125_000, "USD"],
    ["$2M USD", 2_000_000, "USD"],
    ["$ 500.000.000 COP", 500_000_000, "COP"],
    ["2M€", 2_000_000, "EUR"],
    ["2,5 M€", 2_500_000, "EUR"],
    ["€ 1,5 Mio", 1_500_000, "EUR"],
    ["1,5 Millionen Euro", 1_500_000, "EUR"],
    ["2 MEUR", 2_000_000, "EUR"],
    ["300 TEUR", 300_000, "EUR"],
    ["MSEK 15", 15_000_000, "SEK"],
    ["NOK 10 mill.", 10_000_000, "NOK"],
    ["12 MNOK", 12_000_000, "NOK"],
    ["2 millones de euros", 2_000_000, "EUR"],
    ["2 millions d’euros", 2_000_000, "EUR"],
    ["1,5 million d'euros", 1_500_000, "EUR"],
    ["3 millones de dólares", 3_000_000, "USD"],
    ["2 milioni di euro", 2_000_000, "EUR"],
    ["Rs. 50,00,000", 5_000_000, "INR"],
    ["Rs 2.5 Cr", 25_000_000, "INR"],
    ["50 lakhs", 5_000_000, "INR"],
    ["3 crore", 30_000_000, "INR"],
    ["₹75L", 7_500_000, "INR"],
    ["£1.2m", 1_200_000, "GBP"],
    ["SGD 1.5 million", 1_500_000, "SGD"],
    ["AED 3.6M", 3_600_000, "AED"],
    ["EUR 750.000,00", 750_000, "EUR"],
    ["$1,250,000.00", 1_250_000, "USD"],
    ["1'200'000.- CHF", 1_200_000, "CHF"],
    ["1 million dollars", 1_000_000, "USD"],
    ["$1-million", 1_000_000, "USD"],
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
    ["between $1M and $2M", 1_000_000, 2_000_000, "USD"],
    ["zwischen 1 und 2 Mio. €", 1_000_000, 2_000_000, "EUR"],
    ["entre 500.000 y 750.000 €", 500_000, 750_000, "EUR"],
    ["de 1 à 1,5 M€", 1_000_000, 1_500_000, "EUR"],
    ["€300k–500k", 300_000, 500_000, "EUR"],
    ["$2 - 3M", 2_000_000, 3_000_000, "USD"],
    ["£250,000 to £400,000", 250_000, 400_000, "GBP"],
    ["₹2-3 Cr", 20_000_000, 30_000_000, "INR"],
  ])("joins the range %s", (text, low, high, currency) => {
    expect(only(text)).toEqual({ low, high, currency });
  });

  it("keeps upper and lower bounds", () => {
    expect(moneyIn("Up to $500K", "en")[0]).toMatchObject({ bound: "up_to", low: null });
    expect(moneyIn("Minimum round size: $500k", "en")[0]).toMatchObject({ bound: "at_least" });
  });

  it("does not join a round with its valuation, nor two things with an and", () => {
    expect(moneyIn("$2M - $40M pre-money", "en").map(({ high }) => high)).toEqual([2e6, 4e7]);
    expect(moneyIn("$1M and $2M", "en")).toHaveLength(2);
  });

  it("takes a bare number with a letter only when it is told to", () => {
    expect(moneyIn("Raising 2M", "en")).toEqual([]);
    expect(moneyIn("Raising 2M", "en", { bare: true })).toMatchObject([
      { high: 2_000_000, currency: null },
    ]);
    expect(moneyIn("2M users", "en", { bare: true })).toEqual([]);
  });

  it.each(["5 try 7", "all 3 of us", "10 won 4", "10 million users", "4 crates", "A380", "S/N 12"])(
    "takes no word of %s for a currency",
    (text) => expect(moneyIn(text, "en")).toEqual([]),
  );

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
          expect(numberOf(grouped, { scale: "", english: false })).toBe(value);
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
