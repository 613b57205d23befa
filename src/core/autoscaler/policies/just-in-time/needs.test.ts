import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../../lib/random.ts";
import { decide } from "../../decide.ts";
import { emptyCalibration } from "../../forecast/calibration.ts";
import { emptyPace, learnPace } from "../../forecast/pace.ts";
import { initialState } from "../../memory.ts";
import { type DocumentObservation, noDemand } from "../../observation.ts";
import { scalingDefaults, scalingOf } from "../../settings.ts";
import { modelOf } from "./model.ts";
import { expectedNeedsMs, firstByNeed, sampleNeeds, type Upstream } from "./needs.ts";
import { justInTimePolicy } from "./policy.ts";
import { justInTimeDefaults } from "./settings.ts";
import { emptyState } from "./state.ts";

const t0 = 1_700_000_000_000;
const base = {
  scaling: scalingOf(scalingDefaults),
  topology: "split",
  microUsdPerHour: { vision: 500_000, text: 800_000 },
  quantumMs: 0,
} as const;
const vision = emptyState(modelOf(base, justInTimeDefaults)).pools.vision!;

/** Every slide takes two seconds, and that is known well. */
let pace = emptyPace;
for (let i = 0; i < 3_000; i += 1) {
  const ln = Math.log(2);
  pace = learnPace(pace, { slides: 16, sumLnSeconds: 16 * ln, sumSquaresLnSeconds: 16 * ln * ln });
}

const waiting = (pipeline: number, slides: number): DocumentObservation => ({
  pipeline: `p${pipeline}`,
  uploadedAtMs: t0 + pipeline,
  slides,
  visual: "waiting",
  slidesDone: 0,
  slideSinceMs: null,
  sumLnSeconds: 0,
  textTasksLeft: 4,
});
const running = (pipeline: number, slides: number, slidesDone: number): DocumentObservation => ({
  ...waiting(pipeline, slides),
  visual: "running",
  slidesDone,
  slideSinceMs: t0,
  sumLnSeconds: slidesDone * Math.log(2),
});
const upstream = (rest: Partial<Upstream>): Upstream => ({
  pace,
  calibration: emptyCalibration,
  freeSlots: 0,
  otherFreeMs: [],
  startingForMs: [],
  slots: 2,
  pool: vision,
  offMs: null,
  ...rest,
});
const mean = (draws: Float64Array) => draws.reduce((sum, ms) => sum + ms, 0) / draws.length;

describe("when documents need text", () => {
  it("takes those that wait to the first free slots, in their order", () => {
    // One slot is free now, the other when 10 of 20 slides more are read: after 20 s.
    const documents = [running(0, 20, 10), waiting(1, 30), waiting(2, 10), waiting(3, 10)];
    const means = expectedNeedsMs(documents, upstream({ freeSlots: 1 }));
    // 20 s; 60 s; from 20 s on to 40 s; from 40 s on to 60 s.
    expect([...means].map((ms) => Math.round(ms / 1_000))).toEqual([20, 60, 40, 60]);
    const draws = sampleNeeds(documents, upstream({ freeSlots: 1 }), t0, seededRandom(1));
    draws.forEach((own, i) => {
      expect(mean(own) / 1_000).toBeCloseTo([20, 60, 40, 60][i] ?? 0, -0.6);
    });
  });

  it("adds what a cold vision pool still takes to start", () => {
    const draws = sampleNeeds(
      [waiting(0, 10)],
      upstream({ startingForMs: [0] }),
      t0,
      seededRandom(1),
    );
    // Believed of a start before any was seen: never under half a minute; then ten slides of 2 s.
    expect(Math.min(...(draws[0] ?? []))).toBeGreaterThan(45_000);
    const later = sampleNeeds(
      [waiting(0, 10)],
      upstream({ startingForMs: [90_000] }),
      t0,
      seededRandom(1),
    );
    expect(mean(later[0]!)).toBeLessThan(mean(draws[0]!) - 40_000);
  });

  it("draws the first by expected need and counts the others", () => {
    const documents = [running(0, 90, 1), running(1, 20, 10), waiting(2, 10), running(3, 9, 8)];
    const { first, laterMs } = firstByNeed(documents, upstream({ freeSlots: 1 }), 2);
    expect(first.map(({ pipeline }) => pipeline)).toEqual(["p1", "p3"]);
    expect([...laterMs].map((ms) => Math.round(ms / 1_000))).toEqual([20, 178]);
  });
});

describe("joint draws of the first documents alone", () => {
  it("decide as draws of all documents do", () => {
    const documents = fc.array(
      fc.record({
        slides: fc.integer({ min: 4, max: 90 }),
        share: fc.double({ min: 0, max: 0.7, noNaN: true }),
        isRunning: fc.boolean(),
      }),
      { minLength: 65, maxLength: 160 },
    );
    fc.assert(
      fc.property(documents, fc.double({ min: 0.001, max: 0.5, noNaN: true }), (all, waitPrice) => {
        const docs = all.map(({ slides, share, isRunning }, i) =>
          isRunning && i < 4 ? running(i, slides, Math.floor(share * slides)) : waiting(i, slides),
        );
        const runs = docs.filter(({ visual }) => visual === "running").length;
        const by = (jointDocumentsMax: number) =>
          decide(
            initialState,
            {
              nowMs: t0 + 1_000,
              documents: docs,
              pools: {
                vision: {
                  replicas: [1, 2].map((slot) => ({
                    name: `vision-${slot}`,
                    phase: "ready",
                    sinceMs: t0 - 900_000,
                    requestedAtMs: t0 - 999_000,
                    leases: 2,
                    idleSinceMs: null,
                  })),
                  demand: {
                    ...noDemand,
                    ready: docs.length - runs,
                    leased: 4,
                    pipelines: docs.length,
                  },
                },
                text: {
                  replicas: [],
                  demand: { ...noDemand, blocked: 4 * docs.length, pipelines: docs.length },
                },
              },
            },
            justInTimePolicy(base, { ...justInTimeDefaults, waitPrice, jointDocumentsMax }),
          ).decisions.map(({ pool, action, rule }) => `${pool} ${action} ${rule}`);
        expect(by(64)).toEqual(by(1_000));
      }),
      { numRuns: 60 },
    );
  });
});
