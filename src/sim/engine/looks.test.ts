import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLooks } from "./looks.ts";

const never = Number.POSITIVE_INFINITY;

describe("without a pace the scaler", () => {
  it("looks when something happens, and when it was asked to", () => {
    const looks = createLooks(undefined);
    expect(looks.nextMs()).toBe(never);
    looks.happened(70);
    expect(looks.nextMs()).toBe(70);
    looks.looked(70, 200.5, true);
    expect(looks.nextMs()).toBe(201);
    looks.happened(90);
    expect(looks.nextMs()).toBe(90);
    looks.looked(90, null, true);
    expect(looks.nextMs()).toBe(never);
  });

  it("never looks twice in one instant", () => {
    const looks = createLooks(undefined);
    looks.looked(70, 70, true);
    expect(looks.nextMs()).toBe(71);
  });
});

describe("with a pace it", () => {
  const pace = { pauseMs: 250, everyMs: 1_000, delayMs: 0 };

  it("looks at once after a rest, and after the pause when it has just looked", () => {
    const looks = createLooks(pace);
    looks.looked(0, null, true);
    looks.happened(100);
    expect(looks.nextMs()).toBe(250);
    looks.looked(250, null, true);
    looks.happened(900);
    expect(looks.nextMs()).toBe(900);
  });

  it("goes round while there is something to look at, and rests when nothing is", () => {
    const looks = createLooks(pace);
    looks.looked(500, null, true);
    expect(looks.nextMs()).toBe(1_500);
    looks.looked(1_500, 1_600, false);
    expect(looks.nextMs()).toBe(2_500);
    looks.looked(2_500, null, false);
    expect(looks.nextMs()).toBe(never);
    looks.happened(9_000);
    expect(looks.nextMs()).toBe(9_000);
  });

  it("is woken late, and by the first of what happens", () => {
    const looks = createLooks({ ...pace, delayMs: 80 });
    looks.looked(0, null, true);
    looks.happened(400);
    looks.happened(450);
    expect(looks.nextMs()).toBe(480);
    looks.looked(480, null, true);
    looks.happened(500);
    expect(looks.nextMs()).toBe(730);
  });

  it("keeps both bounds, whenever things happen", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1_500 })), (gaps) => {
        const looks = createLooks(pace);
        let nowMs = 0;
        let lastMs = 0;
        looks.looked(0, null, true);
        for (const gapMs of gaps) {
          const happensMs = nowMs + gapMs;
          while (looks.nextMs() < happensMs) {
            nowMs = looks.nextMs();
            expect(nowMs - lastMs).toBeGreaterThanOrEqual(250);
            expect(nowMs - lastMs).toBeLessThanOrEqual(1_000);
            lastMs = nowMs;
            looks.looked(nowMs, null, true);
          }
          nowMs = happensMs;
          looks.happened(nowMs);
        }
      }),
    );
  });
});
