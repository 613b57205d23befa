import { expect, it } from "vitest";
import { microUsdWords, quantumWords, rateWords } from "./words.ts";

it("tells money as finely as it matters", () => {
  expect(
    [0, 4_200, 43_000, 999_600, 1_500_000, 1_412_300_000, -3_200_000].map(microUsdWords),
  ).toEqual([...["$0.00", "$0.0042", "$0.043", "$1.000", "$1.50", "$1,412.30", "-$3.20"]]);
});

it("tells a price, and what is none", () => {
  expect(rateWords(800_000)).toBe("$0.800 an hour");
  expect(rateWords(null)).toBe("nobody charges");
  expect(rateWords("unpriced")).toBe("price unknown");
  expect([quantumWords(0), quantumWords(600)]).toEqual([
    ...["to the millisecond", "in whole pieces of 10 min"],
  ]);
});
