import { describe, expect, it } from "vitest";
import {
  type LoadChange,
  playScript,
  scriptBase,
  textLoad as text,
} from "../../../../test/support/scripted-pools.ts";
import { runpodDefaults, runpodPolicy } from "./runpod.ts";

const { idleMs, delayMs, perWorker } = runpodDefaults;
const play = (script: readonly LoadChange[], kind: "queue-delay" | "request-count") => {
  const scaling =
    kind === "queue-delay" ? ({ kind, delayMs } as const) : ({ kind, perWorker } as const);
  return playScript(runpodPolicy(scriptBase, { idleMs, scaling }), script, {
    untilMs: 3_600_000,
  }).steps.map(({ atMs, action, replica }) => `${atMs / 1_000} ${action} ${replica}`);
};

describe("RunPod, by queue delay", () => {
  it("adds a worker after 4 s of waiting, and stops it after 5 idle seconds", () => {
    expect(play([text(100, 1), text(204, 0, 1), text(300, 0)], "queue-delay")).toEqual([
      "104 start text-1",
      "305 stop text-1",
    ]);
  });

  it("adds another one each 4 s while more wait than there is room for", () => {
    // Three slots a worker: 8 wait, and 3, 6 and 9 have room. One that is idle at 250 goes at 255.
    const script = [text(100, 8), text(220, 0, 8), text(250, 0, 2), text(300, 0)];
    expect(play(script, "queue-delay")).toEqual([
      "104 start text-1",
      "108 start text-2",
      "112 start text-3",
      "255 stop text-1",
      "305 stop text-3",
      "305 stop text-2",
    ]);
  });

  it("adds nobody for what waited less", () => {
    expect(play([text(100, 1), text(103, 0)], "queue-delay")).toEqual([]);
  });
});

describe("RunPod, by request count", () => {
  it("has a worker for each request at once, and stops what is idle and too many", () => {
    expect(
      play([text(100, 2), text(220, 0, 2), text(300, 0, 1), text(400, 0)], "request-count"),
    ).toEqual(["100 start text-1", "100 start text-2", "305 stop text-1", "405 stop text-2"]);
  });
});
