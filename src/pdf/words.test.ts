import fc from "fast-check";
import { expect, it } from "vitest";
import { pixelSize } from "./draw.ts";
import { cleanText } from "./words.ts";

it("takes ligatures apart and drops what no database can store", () => {
  expect(cleanText("\ufb01nance\u0000 \ud800now\u00ad")).toBe("finance now");
});

it("keeps pairs of surrogates that make one character", () => {
  expect(cleanText("growth 🚀")).toBe("growth 🚀");
});

it("draws a page as large as asked, but never above the pixel limit", () => {
  expect(pixelSize(960, 540, 1920, 12_000_000)).toEqual({ width: 1920, height: 1080 });
  expect(pixelSize(1, 20_000, 2000, 12_000_000)).toEqual({ width: 1, height: 2000 });
  const points = fc.double({ min: 1, max: 100_000, noNaN: true });
  fc.assert(
    fc.property(points, points, fc.integer({ min: 1, max: 50_000 }), (width, height, edge) => {
      const size = pixelSize(width, height, edge, 12_000_000);
      expect(Math.min(size.width, size.height)).toBeGreaterThanOrEqual(1);
      expect(Math.max(size.width, size.height)).toBeLessThanOrEqual(Math.max(edge, 1) + 1);
      // A sliver keeps one pixel across, so its long side alone bounds it.
      if (Math.min(size.width, size.height) > 1) {
        expect(size.width * size.height).toBeLessThanOrEqual(12_000_000);
      }
    }),
  );
});
