import { describe, expect, it } from "vitest";
import { referencePolicy } from "../../core/autoscaler/policies/reference.ts";
import { scalingDefaults, scalingOf } from "../../core/autoscaler/settings.ts";
import type { DocumentOutcome, ReplicaLife } from "../model.ts";
import { simulate } from "../simulate.ts";
import { pitchDeckStage } from "../stages.ts";
import { recordedWorld } from "./recorded-world.ts";
import type { RecordedDocument, Recording } from "./recording.ts";

/** A document whose visual analysis began 6 s after its arrival and had four slides of a second each. */
function documentAt(arrivalMs: number): RecordedDocument {
  const task = (fromMs: number, untilMs: number) => ({
    leasedMs: arrivalMs + fromMs,
    doneMs: arrivalMs + untilMs,
  });
  return {
    arrivalMs,
    endMs: arrivalMs + 16_500,
    slidesDoneMs: [7_500, 8_500, 9_500, 10_300].map((ms) => arrivalMs + ms),
    tasks: {
      visual_analysis: task(6_000, 10_500),
      slide_feedback: task(6_000, 11_000),
      extractions_and_template: task(13_000, 16_000),
      specialized_clinical: task(16_000, 16_500),
      specialized_regulatory: task(16_000, 16_400),
      specialized_science: task(16_000, 16_400),
    },
  };
}

const replica = (pool: string, requestedMs: number, tookMs: number) => ({
  pool,
  requestedMs,
  readyMs: requestedMs + tookMs,
  stoppedMs: requestedMs + 100_000,
  endMs: requestedMs + 101_000,
});

const recording: Recording = {
  documents: [documentAt(0), documentAt(2_000_000)],
  replicas: [
    replica("vision", 0, 6_000),
    replica("text", 9_500, 3_500),
    replica("vision", 2_000_000, 8_000),
    replica("text", 2_009_500, 3_500),
  ],
};

describe("a recorded run, played again", () => {
  it("has the same documents, slide by slide, with all of the lease in their work", () => {
    const [first] = recordedWorld(recording).documents();
    expect(first?.slideMs).toEqual([1_500, 1_000, 1_000, 1_000]);
    expect(first?.taskMs).toEqual([4_500, 5_000, 3_000, 500, 400, 400]);
  });

  it("starts a replica as the recorded start nearest to it did", () => {
    const { start } = recordedWorld(recording);
    expect(start("vision", 400_000).tookMs).toBe(6_000);
    expect(start("vision", 1_600_000).tookMs).toBe(8_000);
    expect(() => start("shared", 0)).toThrow("no start of shared");
  });

  it("keeps a failed start and a lost machine", () => {
    const failed = { pool: "text", requestedMs: 0, readyMs: null, stoppedMs: null, endMs: 700 };
    const lost = { pool: "vision", requestedMs: 0, readyMs: 500, stoppedMs: null, endMs: 2_500 };
    const { start } = recordedWorld({ documents: [], replicas: [failed, lost] });
    expect(start("text", 0)).toEqual({ tookMs: 700, how: "failed", lostAfterMs: null });
    expect(start("vision", 0)).toEqual({ tookMs: 500, how: "ready", lostAfterMs: 2_000 });
  });

  it("refuses a document of which not all times are known", () => {
    const bare: RecordedDocument = { arrivalMs: 0, endMs: 1, slidesDoneMs: [], tasks: {} };
    expect(() => recordedWorld({ documents: [bare], replicas: [] })).toThrow("no time of visual");
  });

  it("goes as it went, and its replicas are kept and stopped after the last document too", () => {
    const scaling = scalingOf(scalingDefaults);
    const outcomes: DocumentOutcome[] = [];
    const lives: ReplicaLife[] = [];
    simulate({
      world: recordedWorld(recording),
      stage: pitchDeckStage(scaling, "split"),
      policy: referencePolicy(scaling, "split"),
      observer: {
        onDocument: (outcome) => outcomes.push(outcome),
        onReplica: (life) => lives.push(life),
      },
      check: true,
      windDown: true,
    });
    // Text is started as soon as a tenth of visual analysis shows that it ends within 30 s: at the first slide.
    const textReadyMs = 6_000 + 1_500 + 3_500;
    expect(outcomes.map(({ endMs, arrivalMs }) => endMs - arrivalMs)).toEqual([
      textReadyMs + 3_500,
      textReadyMs + 2_000 + 3_500,
    ]);
    expect(lives.map(({ pool, how }) => [pool, how])).toEqual([
      ["vision", "stopped"],
      ["text", "stopped"],
      ["vision", "stopped"],
      ["text", "stopped"],
    ]);
    // Kept for 300 s after the last vision task, and a second to end.
    expect(lives[2]?.endMs).toBe(2_000_000 + 8_000 + 5_000 + 300_000 + 1_000);
  });
});
