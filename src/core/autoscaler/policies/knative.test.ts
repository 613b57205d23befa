import { describe, expect, it } from "vitest";
import {
  type LoadChange,
  playWords,
  scriptBase,
  textLoad as text,
} from "../../../../test/support/scripted-pools.ts";
import { type KnativeSettings, knativeDefaults, knativePolicy } from "./knative.ts";

/** Three slots: the target is 3 x 70 % = 2.1 in flight a pod. Cold starts last 100 s. */
const play = (script: readonly LoadChange[], settings: Partial<KnativeSettings> = {}) =>
  playWords(knativePolicy(scriptBase, { ...knativeDefaults, ...settings }), script, 7_200_000);

describe("Knative's pod autoscaler", () => {
  it("starts with the request itself, and ends a grace period after a window without any", () => {
    // The window of 60 s is empty at the tick of 360; the grace period of 30 s follows.
    expect(play([text(100, 1), text(300, 0)])).toEqual([
      "100 start text-1 work-ready",
      "390 stop text-1 idle",
    ]);
  });

  it("takes the mean of what it has seen since there was nothing, and panics at twice what runs", () => {
    // ceil(3 / 2.1) = 2, twice the one pod that counts at least: panic, and two pods at once. The mean over
    // 6 s is (4 x 3) / 6 = 2 at the tick of 112: one pod, over no more. The last tick over was 110, so
    // panic ends at the first tick more than 60 s later. From there on nothing is wanted.
    expect(play([text(100, 3), text(110, 0)])).toEqual([
      "100 start text-1 work-ready",
      "100 start text-2 work-ready",
      "172 stop text-2 surplus",
      "202 stop text-1 idle",
    ]);
  });

  it("follows the mean over 6 s up in a panic", () => {
    // Last 6 s: at 202 (4 x 1 + 2 x 5) / 6 = 2.33, two pods for one that is ready: panic; at 204
    // (2 x 1 + 4 x 5) / 6 = 3.67, two; at 206 5 / 2.1, three.
    expect(play([text(100, 1), text(200, 5)])).toEqual([
      "100 start text-1 work-ready",
      "202 start text-2 backlog",
      "206 start text-3 backlog",
    ]);
  });

  it("follows the mean over 60 s where nothing bursts", () => {
    // With one pod ready two are wanted once (60 - x) + 3 x > 2.1 x 60, at x = 34: the mean is 2.13. The
    // mean over 6 s of 3 asks for two pods, which is twice what runs, hence panic from 204 on: at 204
    // (2 x 1 + 4 x 3) / 6 = 2.33. A higher threshold leaves it to the stable window.
    expect(play([text(100, 1), text(200, 3)], { panicThreshold: 10 })).toEqual([
      "100 start text-1 work-ready",
      "234 start text-2 backlog",
    ]);
    expect(play([text(100, 1), text(200, 3)])[1]).toBe("204 start text-2 backlog");
  });

  it("goes down as the mean over 60 s does", () => {
    // 9 in flight until 300: at 332 the mean is 9 x 28 / 60 = 4.2, two pods; at 346 9 x 14 / 60 = 2.1, one;
    // at 360 nothing.
    expect(play([text(100, 9), text(300, 0)]).slice(3)).toEqual([
      "332 stop text-3 surplus",
      "346 stop text-2 surplus",
      "390 stop text-1 idle",
    ]);
  });

  it("halves at most in one tick", () => {
    // Over at 200 for the last time, when none of the three is seen ready: (5 x 9) / 6 = 7.5, four pods for
    // one. Panic ends at 262, when the window is empty: floor(3 / 2) = 1, and 0 only at 264.
    expect(play([text(100, 9), text(199, 0)]).slice(3)).toEqual([
      "262 stop text-3 surplus",
      "262 stop text-2 surplus",
      "294 stop text-1 idle",
    ]);
  });

  it("keeps the last pod for its retention, and all for the scale-down delay", () => {
    // From 360 on, when nothing is wanted any more.
    expect(play([text(100, 1), text(300, 0)], { retentionMs: 600_000 })[1]).toBe(
      "960 stop text-1 idle",
    );
    // One was last wanted at the tick of 358; it counts for 600 s, and then comes the grace period.
    expect(play([text(100, 1), text(300, 0)], { downDelayMs: 600_000 })[1]).toBe(
      "988 stop text-1 idle",
    );
  });

  it("takes the mean over a whole window for a request soon after the last pod", () => {
    // The pod of 100 ends at 390. At 400 the figures of its window still count: three tasks make a mean of
    // next to nothing at first. Stable: x s of 3 over 60 ask for two from x = 44 on; the 6 s window earlier:
    // 4.2 s, hence at 406.
    expect(play([text(100, 1), text(300, 0), text(400, 3)]).slice(2)).toEqual([
      "400 start text-1 work-ready",
      "406 start text-2 backlog",
    ]);
  });
});
