import { expect, it } from "vitest";
import type { Json } from "../../decision.ts";
import { emptyCalibration, learnOutcome } from "../../forecast/calibration.ts";
import { predictionsIn } from "./quality.ts";

it("reads how good forecasts were from a memory that went through JSON", () => {
  const summary = Array.from({ length: 11 }, (_, at) => 10 * (at + 1));
  let calibration = emptyCalibration;
  for (const seconds of [5, 40, 60, 500]) {
    calibration = learnOutcome(calibration, "25-50 %", summary, seconds);
  }
  const stored = JSON.parse(JSON.stringify({ version: 1, calibration })) as Json;
  const found = predictionsIn(stored);
  expect(found?.map(({ bucket, n }) => [bucket, n])).toContainEqual(["25-50 %", 4]);
  expect(found?.find(({ bucket }) => bucket === "25-50 %")?.quantiles[1]?.coverage.hits).toBe(2);
});

it("finds none in the memory of a policy that foretells nothing", () => {
  expect(predictionsIn(null)).toBeNull();
  expect(predictionsIn({ lastPollMs: 3 })).toBeNull();
  expect(predictionsIn({ calibration: { "0-25 %": null } })).toBeNull();
});
