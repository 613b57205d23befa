import { expect, it } from "vitest";
import { inputsOf, valueOfInputs } from "./review-value.ts";

const [ask, health, name] = ["ask", "healthcare", "text"] as const;

it("gives back what was read when nothing is changed", () => {
  for (const [path, value] of [
    [ask, { amount: 2_000_000, currency: "EUR", round: null }],
    [ask, { amount: [2_000_000, 3_000_000], currency: "CHF", round: "Seed" }],
    [health, { is_healthcare: true, sector: "telemedicine" }],
    [health, { is_healthcare: false, sector: null }],
    [name, "Aurelia"],
    ["money", { amount: 12.5, currency: "EUR" }],
    ["boolean", false],
    ["number", 42],
    ["list", ["first", "second"]],
    ["list", [1, 2.5]],
  ] as const) {
    expect(valueOfInputs(path, inputsOf(path, value))).toEqual(value);
  }
});

it("begins empty where nothing was read, and reads figures as people write them", () => {
  expect(inputsOf(name, null)).toEqual({ text: "" });
  const inputs = { ...inputsOf(ask, null), amount: "1,500,000", currency: "usd" };
  expect(valueOfInputs(ask, inputs)).toEqual({ amount: 1_500_000, currency: "USD", round: null });
});

it("has no sector for what is not healthcare", () => {
  expect(valueOfInputs(health, { is: "no", sector: "telemedicine" })).toEqual({
    ...{ is_healthcare: false, sector: null },
  });
});
