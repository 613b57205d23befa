import { describe, expect, it } from "vitest";
import {
  type LoadChange,
  playWords,
  scriptBase,
  textLoad as text,
} from "../../../../test/support/scripted-pools.ts";
import { type RayServeSettings, rayServeDefaults, rayServePolicy } from "./ray-serve.ts";

const play = (script: readonly LoadChange[], settings: Partial<RayServeSettings> = {}) =>
  playWords(rayServePolicy(scriptBase, { ...rayServeDefaults, ...settings }), script, 7_200_000);

describe("Ray Serve", () => {
  it("starts the first replica at once, and stops it after 600 s of decisions to", () => {
    // One task asks for ceil(0.5) = 1. It ends at 300: the mean over 30 s is 0 at the push of 330.
    expect(play([text(101, 1), text(300, 0)])).toEqual([
      "101 start text-1 work-ready",
      "930 stop text-1 idle",
    ]);
  });

  it("goes up after 30 s of decisions for more, and down to 1 and then to 0 after 600 s each", () => {
    // Pushes: at 150 (25 x 1 + 5 x 8) / 30 = 2.2 ongoing, two replicas wanted: up since then. At 180
    // 8 ongoing ask for four, the maximum is three. At 320 10 x 8 / 30 = 2.7 ask for two: down since
    // then; 920 takes it to 1, though 0 is wanted; from there on 600 s more.
    expect(play([text(100, 1), text(145, 8), text(300, 0)])).toEqual([
      "100 start text-1 work-ready",
      "180 start text-2 backlog",
      "180 start text-3 backlog",
      "920 stop text-3 surplus",
      "920 stop text-2 surplus",
      "1520 stop text-1 idle",
    ]);
  });

  it("begins to count anew when one decision says otherwise", () => {
    // Up since the push of 150, as above, but 8 tasks from 145 to 151 are (24 x 1 + 6 x 8) / 30 = 2.4 at
    // 160 and 170, and 1 x 8 + 29 = 1.2 at 180: one replica is enough again.
    const steps = play([text(100, 1), text(145, 8), text(151, 1), text(400, 0)]);
    expect(steps.map((step) => step.split(" ")[1])).toEqual(["start", "stop"]);
  });

  it("has a delay of its own from 1 to 0", () => {
    expect(play([text(101, 1), text(300, 0)], { downscaleToZeroDelayMs: 60_000 })[1]).toBe(
      "390 stop text-1 idle",
    );
  });

  it("adds only a share of what is missing, and takes one away where rounding would keep it", () => {
    // 1 + 0.5 (4 - 1) = 2.5, rounded up to 3, with the maximum out of the way; without the factor 4.
    const up = play([text(100, 8)], { upscalingFactor: 0.3 });
    // At 130, after 30 s of 8: 1 + 0.3 x 3 = 1.9, hence 2. Up since the push of 110.
    expect(up.slice(0, 2)).toEqual(["100 start text-1 work-ready", "140 start text-2 backlog"]);
    // Down from 2: 2 + 0.1 (0.5 - 2) = 1.85 rounds up to 2 while ceil(0.5) = 1 is less: 1.
    const down = play([text(100, 4), text(300, 1)], { downscalingFactor: 0.1 });
    expect(down.filter((step) => step.includes("surplus"))).toHaveLength(1);
  });
});
