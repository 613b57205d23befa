import { describe, expect, it } from "vitest";
import {
  type LoadChange,
  playWords,
  scriptBase,
  textLoad,
} from "../../../../test/support/scripted-pools.ts";
import { hybridHistogramDefaults, hybridHistogramPolicy } from "./hybrid-histogram.ts";

/** Work of one minute at each of these seconds. */
const workAt = (...seconds: readonly number[]): readonly LoadChange[] =>
  seconds.flatMap((atS) => [textLoad(atS, 1), textLoad(atS + 60, 0)]);
const play = (script: readonly LoadChange[], variationMin = 2) =>
  playWords(
    hybridHistogramPolicy(scriptBase, { ...hybridHistogramDefaults, variationMin }),
    script,
    200_000_000,
  );

describe("the hybrid histogram", () => {
  it("keeps for the whole range before it knows anything", () => {
    expect(play(workAt(100))).toEqual([
      "100 start text-1 work-ready",
      // Idle from 160 on, and 4 h of it.
      "14560 stop text-1 idle",
    ]);
  });

  it("stops at once and is back at the head, until the tail", () => {
    // One idle time of 600 s, from 160 to 760: bin 10. Head 10 min less 10 %, tail 11 min and 10 %.
    expect(play(workAt(100, 760))).toEqual([
      "100 start text-1 work-ready",
      "820 stop text-1 idle",
      `${820 + 540} start text-1 pre-warm-idle`,
      `${820 + 726} stop text-1 idle`,
    ]);
  });

  it("keeps for the whole range while the bins say nothing", () => {
    // A single count among 240 bins varies by sqrt(240) = 15.5.
    expect(play(workAt(100, 760), 15.6)).toEqual([
      "100 start text-1 work-ready",
      `${820 + 14_400} stop text-1 idle`,
    ]);
  });

  it("forecasts where half of the idle times are beyond the range", () => {
    // Idle for 18,000 s, from 160 to 18160. Again idle from 18220 on: back 15 % before, gone 15 % after.
    expect(play(workAt(100, 18_160)).slice(2)).toEqual([
      "18160 start text-1 work-ready",
      "18220 stop text-1 idle",
      `${18_220 + 15_300} start text-1 pre-warm-idle`,
      `${18_220 + 20_700} stop text-1 idle`,
    ]);
  });
});
