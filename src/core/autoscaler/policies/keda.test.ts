import { describe, expect, it } from "vitest";
import {
  type LoadChange,
  playScript,
  playWords,
  scriptBase,
  textLoad as text,
} from "../../../../test/support/scripted-pools.ts";
import { kedaDefaults, kedaPolicy } from "./keda.ts";

const policy = kedaPolicy(scriptBase, kedaDefaults);
const play = (script: readonly LoadChange[], hours = 1) =>
  playWords(policy, script, hours * 3_600_000);

describe("KEDA with the HPA", () => {
  it("starts at the next poll, and stops at the first one more than the cool-down after the last that saw work", () => {
    // Polls at 90, 120, ..: the task of 100 s is seen at 120. It ends at 400, so the poll at 390 is the
    // last that saw it; 690 is not more than 300 s later (strictly `>`), 720 is.
    expect(play([text(100, 1), text(220, 0, 1), text(400, 0)])).toEqual([
      "120 start text-1 work-ready",
      "720 stop text-1 idle",
    ]);
  });

  it("sees nothing of a task that comes and goes between two polls", () => {
    expect(play([text(91, 1), text(119, 0)])).toEqual([]);
  });

  it("does at a poll what was due right before it", () => {
    expect(play([text(120, 1), text(300, 0)])[0]).toBe("150 start text-1 work-ready");
  });

  it("adds replicas at the next sync of the HPA, and takes them away when 300 s recommended fewer", () => {
    // A = 3 slots: 7 tasks want ceil(7/3) = 3. KEDA starts one at 30; the HPA, which sleeps at 0, syncs at
    // the same instant after it. At 100 one task remains: d = 1 from 105 on; the last d = 3 was at 90,
    // which is not within 300 s any more at 390.
    expect(play([text(10, 7), text(100, 0, 1), text(1_000, 0)])).toEqual([
      "30 start text-1 work-ready",
      "30 start text-2 work-ready",
      "30 start text-3 work-ready",
      "390 stop text-3 surplus",
      "390 stop text-2 surplus",
      // Last seen at work at 990; 1290 is not more than 300 s later.
      "1320 stop text-1 idle",
    ]);
  });

  it("leaves alone what misses the target by no more than the tolerance", () => {
    const near = kedaPolicy(scriptBase, { ...kedaDefaults, target: 100 });
    const starts = (waiting: number) =>
      playScript(near, [text(0, waiting)], { untilMs: 600_000 }).steps.length;
    // 109 / 100 - 1 is within 0.1, 111 / 100 - 1 is not.
    expect([starts(109), starts(111)]).toEqual([1, 2]);
  });

  it("asks to be asked no more once nothing can change", () => {
    const { asks, state } = playScript(policy, [text(100, 1), text(400, 0)], {
      untilMs: 1_000_000_000,
    });
    // The beginning, two changes of the load, the start, `ready`, the stop; and twice `decide` looks after its command.
    expect(asks).toBe(8);
    expect(JSON.stringify(state).length).toBeLessThan(1_200);
  });
});
