import { describe, expect, it } from "vitest";
import {
  type LoadChange,
  playWords,
  scriptBase,
  textLoad as text,
} from "../../../../test/support/scripted-pools.ts";
import { type VerdaLoadSettings, verdaLoadDefaults, verdaLoadPolicy } from "./verda-load.ts";

const play = (script: readonly LoadChange[], settings: Partial<VerdaLoadSettings> = {}) =>
  playWords(verdaLoadPolicy(scriptBase, { ...verdaLoadDefaults, ...settings }), script, 3_600_000);

describe("Verda's load of the queue", () => {
  it("counts the down delay from when the load was low, not from when work ended", () => {
    // One task for one replica is not over 3, from 100 on.
    expect(play([text(100, 1), text(200, 0, 1), text(250, 0)])).toEqual([
      "100 start text-1 work-ready",
      "400 stop text-1 idle",
    ]);
  });

  it("adds one after another until the load is not over the threshold", () => {
    // 4 / 1 > 3, 4 / 2 is not. It wants one at 400 and none at 700, but both are at work until 1000.
    expect(play([text(100, 4), text(220, 0, 4), text(1_000, 0)])).toEqual([
      "100 start text-1 work-ready",
      "100 start text-2 work-ready",
      "1000 stop text-2 idle",
      "1000 stop text-1 idle",
    ]);
  });

  it("waits for the up delay before each step", () => {
    // 10 / 1, 10 / 2 and 10 / 3 are all over 3; three is the maximum.
    expect(play([text(100, 10)], { upDelayMs: 20_000 }).slice(0, 3)).toEqual([
      "100 start text-1 work-ready",
      "120 start text-2 backlog",
      "140 start text-3 backlog",
    ]);
  });

  it("never goes to 0 while something waits", () => {
    expect(play([text(100, 1), text(1_050, 0)])).toEqual([
      "100 start text-1 work-ready",
      // The delay begins anew every 300 s: at 1000 for the last time.
      "1300 stop text-1 idle",
    ]);
  });

  it("ends its round also where instants have fractions of a millisecond", () => {
    // (0.3 + 0.6) - 0.3 is less than 0.6 in floating point, and so are such sums of larger numbers.
    for (let at = 0; at < 300; at += 1) {
      const atS = 1_000 + at * 0.123_456_789_1;
      const script = [text(atS, 1), text(atS + 10, 0, 1), text(atS + 20, 0)];
      expect(play(script, { downDelayMs: 300_000 }).at(-1)).toContain("stop text-1");
    }
  });
});
