import { describe, expect, it } from "vitest";
import { type Prediction, pinball, predictionQuality } from "./quality.ts";

const prediction = (actualSeconds: number): Prediction => ({
  bucket: "0-25 %",
  q10Seconds: 10,
  q50Seconds: 50,
  q90Seconds: 90,
  actualSeconds,
});

describe("prediction quality", () => {
  it("counts by bucket how often the truth lay at or below a quantile, and what it missed it by", () => {
    const all = [5, 10, 20, 60, 100].map(prediction);
    const quality = predictionQuality([...all, { ...prediction(1), bucket: "75-100 %" }]);
    expect(quality.map(({ bucket, n }) => [bucket, n])).toEqual([
      ["not started", 0],
      ["0-25 %", 5],
      ["25-50 %", 0],
      ["50-75 %", 0],
      ["75-100 %", 1],
    ]);
    const [low, middle, high] = quality[1]?.quantiles ?? [];
    expect(low?.coverage).toMatchObject({ hits: 2, of: 5, share: 0.4 });
    expect(middle?.coverage.share).toBe(0.6);
    expect(high?.coverage.share).toBe(0.8);
    // 0.9 * 5, 0, 0.1 * 10, 0.1 * 50, 0.1 * 90
    expect(low?.pinballSeconds).toBeCloseTo((4.5 + 0 + 1 + 5 + 9) / 5);
    expect(quality[0]?.quantiles[0]).toEqual({
      level: 0.1,
      coverage: { hits: 0, of: 0, share: null, low: 0, high: 1 },
      pinballSeconds: null,
    });
  });

  it("loses least at the quantile itself", () => {
    const actual = Array.from({ length: 99 }, (_, i) => i + 1);
    const loss = (predicted: number) =>
      actual.reduce((sum, seconds) => sum + pinball(0.9, predicted, seconds), 0);
    for (const predicted of [80, 85, 95, 99]) expect(loss(predicted)).toBeGreaterThan(loss(90));
  });
});
