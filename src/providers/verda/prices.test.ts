import { describe, expect, it } from "vitest";
import { pricesOf } from "./prices.ts";
import { computeResourcesAnswer, containerTypesAnswer } from "./schemas.ts";

const type = (model: string, gpus: number, rest: Record<string, unknown>) => ({
  model,
  name: `${model} to show`,
  gpu: { number_of_gpus: gpus },
  cpu: { number_of_cores: 16 },
  gpu_memory: { size_in_gigabytes: 48 * gpus },
  currency: "usd",
  ...rest,
});
const prices = (resources: unknown, types: unknown) =>
  pricesOf(computeResourcesAnswer.parse(resources), containerTypesAnswer.parse(types), "FIN-01");

describe("prices of Verda", () => {
  it("are found by model and size, and taken as they stand in the row", () => {
    const resources = [
      { name: "RTX PRO 6000", size: 1, is_available: true },
      { name: "RTX PRO 6000", size: 8, is_available: false },
    ];
    const types = [
      type("RTX PRO 6000", 8, { serverless_price: "16.63", serverless_spot_price: "8.31" }),
      type("RTX PRO 6000", 1, { serverless_price: 2.08, serverless_spot_price: 1.04 }),
    ];
    const told = prices(resources, types);
    expect(told.map((one) => [one.gpus, one.spot, one.microUsdPerHour, one.isAvailable])).toEqual([
      [1, false, 2_080_000, true],
      [1, true, 1_040_000, true],
      [8, false, 16_630_000, false],
      [8, true, 8_310_000, false],
    ]);
    expect(told[2]).toMatchObject({ gpu: "RTX PRO 6000", region: "FIN-01", vramGb: 384 });
  });

  it.each([
    ["no row", []],
    ["a row of another size", [type("L40S", 2, { serverless_price: 3.02 })]],
    ["a row whose show name fits", [type("other", 1, { name: "L40S", serverless_price: 1.51 })]],
    ["a price of 0", [type("L40S", 1, { serverless_price: "0.0", serverless_spot_price: 0 })]],
    ["a price that rounds to 0", [type("L40S", 1, { serverless_price: 1e-9 })]],
    ["a price below 0", [type("L40S", 1, { serverless_price: -1, serverless_spot_price: -1 })]],
    ["no price in its row", [type("L40S", 1, { serverless_price: null })]],
    ["a word for a price", [type("L40S", 1, { serverless_price: "ask us" })]],
    [
      "a price in euro",
      [type("L40S", 1, { serverless_price: 2, serverless_spot_price: 1, currency: "eur" })],
    ],
  ])("are unpriced with %s", (_, types) => {
    const told = prices([{ name: "L40S", size: 1, is_available: true }], types);
    expect(told.map((one) => one.microUsdPerHour)).toEqual(["unpriced", "unpriced"]);
  });

  it("leave out machines without a GPU, whose size counts cores", () => {
    const resources = [
      { name: "CPU Node", size: 16, is_available: true },
      { name: "Compute", size: 16, is_available: true },
    ];
    expect(prices(resources, [type("Compute", 0, { serverless_price: 0.12 })])).toEqual([]);
  });

  it("tell a machine that is listed twice once, and say when availability is not told", () => {
    const told = prices(
      [
        { name: "L40S", size: "1" },
        { name: "L40S", size: 1 },
      ],
      [],
    );
    expect(told.map((one) => [one.spot, one.isAvailable])).toEqual([
      [false, null],
      [true, null],
    ]);
  });
});
