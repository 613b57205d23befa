import { expect, it } from "vitest";
import { pinball } from "./quality.ts";

it("loses least at the quantile itself", () => {
  const actual = Array.from({ length: 99 }, (_, i) => i + 1);
  const loss = (predicted: number) =>
    actual.reduce((sum, seconds) => sum + pinball(0.9, predicted, seconds), 0);
  for (const predicted of [80, 85, 95, 99]) expect(loss(predicted)).toBeGreaterThan(loss(90));
});

it("weighs a truth above the quantile by its share, and one below by the rest", () => {
  expect(pinball(0.1, 10, 60)).toBeCloseTo(5);
  expect(pinball(0.1, 10, 5)).toBeCloseTo(4.5);
});
