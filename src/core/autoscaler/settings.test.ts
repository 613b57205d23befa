import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDuration } from "./duration.ts";
import { scalingDefaults, scalingOf, triggerFraction } from "./settings.ts";

describe("parseDuration", () => {
  it.each([
    ["300s", 300_000],
    ["1.5m", 90_000],
    ["250ms", 250],
    ["2h", 7_200_000],
    ["0", 0],
    ["0s", 0],
    [" 15 s ", 15_000],
  ])("reads %s", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(["", "300", "s", "-1s", "1e3s", "1 minute", "5s5", "99999999999999999999d"])(
    "refuses %j",
    (text) => {
      expect(parseDuration(text)).toBeNull();
    },
  );

  it("reads every number of milliseconds and of seconds exactly", () => {
    fc.assert(
      fc.property(fc.nat(10_000_000), (n) => {
        expect(parseDuration(`${n}ms`)).toBe(n);
        expect(parseDuration(`${n}s`)).toBe(1_000 * n);
      }),
    );
  });
});

describe("scalingOf", () => {
  it("turns the defaults into numbers", () => {
    expect(scalingOf(scalingDefaults)).toEqual({
      vision: {
        minReplicas: 0,
        maxReplicas: 2,
        startAtFraction: 0,
        scaleUpDelayMs: 0,
        preWarmDelayMs: null,
        scaleDownDelayMs: 300_000,
        startupTimeoutMs: 180_000,
        slots: 2,
      },
      text: {
        minReplicas: 0,
        maxReplicas: 3,
        startAtFraction: 0.8,
        scaleUpDelayMs: 0,
        preWarmDelayMs: 30_000,
        scaleDownDelayMs: 600_000,
        startupTimeoutMs: 240_000,
        slots: 3,
      },
      maxConcurrentPipelines: 3,
      handoffTimeoutMs: 30_000,
      failureRetryDelayMs: 120_000,
      communicationTimeoutMs: 15_000,
    });
  });

  it("refuses a text that is no duration", () => {
    const vision = { ...scalingDefaults.vision_container_scaling, scale_up_delay: "soon" };
    expect(() => scalingOf({ ...scalingDefaults, vision_container_scaling: vision })).toThrow(
      "soon",
    );
  });
});

describe("triggerFraction", () => {
  it("knows upload and any percentage", () => {
    expect(triggerFraction("document_uploaded")).toBe(0);
    expect(triggerFraction("vision_analysis_80_percent_complete")).toBe(0.8);
    expect(triggerFraction("vision_analysis_101_percent_complete")).toBeNull();
    expect(triggerFraction("full_moon")).toBeNull();
  });
});
