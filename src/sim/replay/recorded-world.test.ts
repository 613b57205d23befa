import { describe, expect, it } from "vitest";
import { referencePolicy } from "../../core/autoscaler/policies/reference.ts";
import { scalingDefaults, scalingOf } from "../../core/autoscaler/settings.ts";
import type { DocumentOutcome, ReplicaLife } from "../model.ts";
import { simulate } from "../simulate.ts";
import { pitchDeckStage } from "../stages.ts";
import { recordedStage } from "./recorded-stage.ts";
import { recordedWorld } from "./recorded-world.ts";
import type { RecordedDocument, Recording } from "./recording.ts";

/**
 * A document whose visual analysis began a cold start after its arrival and had four slides. Text had
 * its own cold start.
 */
function documentAt(arrivalMs: number, number: number, coldMs: number): RecordedDocument {
  const fromMs = arrivalMs + coldMs;
  const task = (pool: string, beginMs: number, endMs: number) => ({
    container: `${pool}-${number}`,
    leasedMs: fromMs + beginMs,
    doneMs: fromMs + endMs,
  });
  return {
    arrivalMs,
    endMs: fromMs + 10_500,
    slidesDoneMs: [1_500, 2_500, 3_500, 4_300].map((ms) => fromMs + ms),
    tasks: {
      visual_analysis: task("vision", 0, 4_500),
      slide_feedback: task("vision", 0, 5_000),
      extractions_and_template: task("text", 7_000, 10_000),
      specialized_clinical: task("text", 10_000, 10_500),
      specialized_regulatory: task("text", 10_000, 10_400),
      specialized_science: task("text", 10_000, 10_400),
    },
  };
}

const replica = (pool: string, number: number, requestedMs: number, tookMs: number) => ({
  pool,
  container: `${pool}-${number}`,
  requestedMs,
  readyMs: requestedMs + tookMs,
  stoppedMs: requestedMs + 100_000,
  endMs: requestedMs + 100_700,
});

const recording: Recording = {
  documents: [documentAt(0, 1, 6_000), documentAt(2_000_000, 2, 8_000)],
  replicas: [
    replica("vision", 1, 0, 6_000),
    replica("text", 1, 9_500, 3_500),
    replica("vision", 2, 2_000_000, 8_000),
    replica("text", 2, 2_011_500, 3_500),
  ],
};

const scaling = scalingOf(scalingDefaults);
const stage = pitchDeckStage(scaling, "split");
const playedOf = (given: Recording) => [...recordedWorld(given, stage).documents()];

describe("a recorded run, played again", () => {
  it("has the same documents, slide by slide, with all of the lease in their work", () => {
    const [first] = playedOf(recording);
    expect(first?.slideMs).toEqual([1_500, 1_000, 1_000, 1_000]);
    expect(first?.taskMs).toEqual([4_500, 5_000, 3_000, 500, 400, 400]);
  });

  it("counts as work what passes until a container with room asks, and no waiting for room", () => {
    const one = documentAt(0, 1, 6_000);
    const late = (task: { container: string; leasedMs: number; doneMs: number }, byMs: number) => ({
      ...task,
      leasedMs: task.leasedMs + byMs,
    });
    // Both were ready at 0, the container at 6000; it has two slots.
    const tasks = {
      ...one.tasks,
      visual_analysis: { container: "vision-1", leasedMs: 6_200, doneMs: 10_500 },
      slide_feedback: late({ container: "vision-1", leasedMs: 6_000, doneMs: 11_000 }, 50),
    };
    // Arrives at 7000, while both slots are taken: the first is free at 10500, and asked for 300 later.
    const two = {
      ...documentAt(7_000, 1, 0),
      tasks: {
        ...documentAt(7_000, 1, 0).tasks,
        visual_analysis: { container: "vision-1", leasedMs: 10_800, doneMs: 12_000 },
        slide_feedback: { container: "vision-1", leasedMs: 11_000, doneMs: 12_500 },
      },
      slidesDoneMs: [11_500, 12_000],
    };
    const [first, second] = playedOf({
      documents: [{ ...one, tasks }, two],
      replicas: recording.replicas,
    });
    expect(first?.taskMs.slice(0, 2)).toEqual([4_500, 5_000]);
    expect(first?.slideMs[0]).toBe(1_500);
    expect(second?.taskMs.slice(0, 2)).toEqual([1_500, 1_500]);
    expect(second?.slideMs).toEqual([1_000, 500]);
  });

  it("starts a replica as the recorded start nearest to it did", () => {
    const { start } = recordedWorld(recording, stage);
    expect(start("vision", 400_000).tookMs).toBe(6_000);
    expect(start("vision", 1_600_000).tookMs).toBe(8_000);
    expect(() => start("shared", 0)).toThrow("no start of shared");
  });

  it("keeps a failed start and a lost machine", () => {
    const common = { container: null, requestedMs: 0, stoppedMs: null };
    const failed = { ...common, pool: "text", readyMs: null, endMs: 700 };
    const lost = { ...common, pool: "vision", readyMs: 500, endMs: 2_500 };
    const { start } = recordedWorld({ documents: [], replicas: [failed, lost] }, stage);
    expect(start("text", 0)).toEqual({ tookMs: 700, how: "failed", lostAfterMs: null });
    expect(start("vision", 0)).toEqual({ tookMs: 500, how: "ready", lostAfterMs: 2_000 });
  });

  it("refuses a document of which not all times are known", () => {
    const bare: RecordedDocument = { arrivalMs: 0, endMs: 1, slidesDoneMs: [], tasks: {} };
    expect(() => playedOf({ documents: [bare], replicas: [] })).toThrow("no time of visual");
  });

  it("goes as it went, and its replicas are kept and stopped after the last document too", () => {
    const outcomes: DocumentOutcome[] = [];
    const lives: ReplicaLife[] = [];
    simulate({
      world: recordedWorld(recording, recordedStage(stage, recording)),
      stage: recordedStage(stage, recording),
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
    // Kept for 300 s after the last vision task and until the next look, then as long to end as recorded.
    const unneededMs = 2_000_000 + 8_000 + 5_000;
    const endMs = lives[2]?.endMs ?? 0;
    expect(endMs).toBeGreaterThanOrEqual(unneededMs + 300_000 + 700);
    expect(endMs).toBeLessThan(unneededMs + 301_000 + 700);
  });
});
