import { describe, expect, it } from "vitest";
import { charge } from "./charge.ts";
import { dollars } from "./money.ts";
import { prdPriceBook, priceIn, usualGpu, verdaPriceBook } from "./price-books.ts";

const one = { pool: "vision", gpu: "L40S", spot: false };

describe("the price book of the request", () => {
  it("has a price for each pool, whatever the machine", () => {
    expect(priceIn(prdPriceBook, one)).toBe(500_000);
    expect(priceIn(prdPriceBook, { ...one, pool: "text", spot: true })).toBe(800_000);
    expect(priceIn(prdPriceBook, { ...one, pool: "audio" })).toBe("unpriced");
  });

  it("comes to 800 dollars for a month of the server", () => {
    const price = priceIn(prdPriceBook, { ...one, pool: "dedicated" });
    const month = { fromMs: 0, untilMs: 730 * 3_600_000, quantumMs: 0 };
    const { microUsd } = charge({ ...month, microUsdPerHour: Number(price) });
    expect(dollars(microUsd)).toBe("$800.00");
  });
});

describe("the price book of a provider", () => {
  it("has a price for each machine, whatever the pool, and half of it for spot", () => {
    const usual = { ...one, gpu: usualGpu };
    expect(priceIn(verdaPriceBook, usual)).toBe(1_510_000);
    expect(priceIn(verdaPriceBook, { ...usual, pool: "text" })).toBe(1_510_000);
    expect(priceIn(verdaPriceBook, { ...usual, spot: true })).toBe(750_000);
    expect(priceIn(verdaPriceBook, { ...usual, gpu: "A100" })).toBe("unpriced");
    expect(verdaPriceBook.quantumMs).toBe(600_000);
  });
});

describe("dollars", () => {
  it("shows cents, and more digits below one", () => {
    expect([0, 1_510_000, 4_200, 750_000].map(dollars)).toEqual([
      "$0.00",
      "$1.51",
      "$0.0042",
      "$0.75",
    ]);
  });
});
