import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Random, seededRandom } from "../../../lib/random.ts";
import type { DocumentObservation } from "../observation.ts";
import {
  bucketOf,
  type CalibrationState,
  calibrate,
  calibrated,
  coverage,
  driftOf,
  emptyCalibration,
  learnOutcome,
} from "./calibration.ts";
import { normalQuantile } from "./normal.ts";
import { buckets, pinball } from "./quality.ts";
import { quantileOf, quantileOfSorted, type Summary, summarise } from "./summary.ts";

const bucket = "25-50 %";

const logNormal = (median: number, sd: number, random: Random): number =>
  median * Math.exp(sd * normalQuantile((random.next() * 4294967295 + 0.5) / 2 ** 32));

/** What a forecaster says that draws from a log-normal. */
const foretold = (median: number, sd: number, random: Random): Summary =>
  summarise(Float64Array.from({ length: 128 }, () => logNormal(median, sd, random)));

interface Course {
  readonly predicted: { readonly median: number; readonly sd: number };
  readonly actual: (i: number) => { readonly median: number; readonly sd: number };
}

/** Share of outcomes at or below the calibrated quantile, over rounds `from` on; and the state at the end. */
function run(course: Course, rounds: number, from: number, share: number, seed = 5) {
  const random = seededRandom(seed);
  let state = emptyCalibration;
  let hits = 0;
  let raw = 0;
  for (let i = 0; i < rounds; i += 1) {
    const summary = foretold(course.predicted.median, course.predicted.sd, random);
    const { median, sd } = course.actual(i);
    const seconds = logNormal(median, sd, random);
    if (i >= from) {
      hits += Number(seconds <= quantileOf(summary, calibrated(state, bucket, share)));
      raw += Number(seconds <= quantileOf(summary, share));
    }
    state = learnOutcome(state, bucket, summary, seconds);
  }
  return { state, covered: hits / (rounds - from), raw: raw / (rounds - from) };
}

const honest: Course = {
  predicted: { median: 60, sd: 0.3 },
  actual: () => ({ median: 60, sd: 0.3 }),
};

describe("the calibrated share", () => {
  it("is the nominal one before anything was seen", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (share) => {
        expect(calibrated(emptyCalibration, bucket, share)).toBeCloseTo(share, 9);
      }),
    );
  });

  const outcomes = fc.array(
    fc.record({
      bucket: fc.constantFrom(...buckets),
      seconds: fc.double({ min: 0, max: 200, noNaN: true }),
    }),
    { maxLength: 250 },
  );
  const fixed = foretold(60, 0.3, seededRandom(1));
  const knowing = (all: readonly { bucket: (typeof buckets)[number]; seconds: number }[]) =>
    all.reduce(
      (state, one) => learnOutcome(state, one.bucket, fixed, one.seconds),
      emptyCalibration,
    );

  it("never leaves what can be, and never falls as the nominal one grows", () => {
    fc.assert(
      fc.property(outcomes, (all) => {
        const state = knowing(all);
        for (const name of buckets) {
          let last = -1;
          for (let share = 0; share <= 1.001; share += 0.02) {
            const value = calibrated(state, name, share);
            expect(value).toBeGreaterThanOrEqual(last - 1e-12);
            expect(value).toBeLessThanOrEqual(4);
            last = value;
          }
        }
      }),
    );
  });

  it("is the same after the state was stored and read, and the state stays some kilobytes", () => {
    fc.assert(
      fc.property(outcomes, (all) => {
        const state = knowing([...all, ...all, ...all, ...all]);
        const text = JSON.stringify(state);
        const read = JSON.parse(text) as CalibrationState;
        expect(text.length).toBeLessThan(6_000);
        expect(read).toEqual(state);
        expect(learnOutcome(read, bucket, fixed, 61)).toEqual(
          learnOutcome(state, bucket, fixed, 61),
        );
        expect(calibrated(read, bucket, 0.77)).toBe(calibrated(state, bucket, 0.77));
      }),
    );
  });

  it("leaves other buckets and outcomes that are none alone", () => {
    const state = learnOutcome(emptyCalibration, bucket, fixed, 10);
    expect(state["0-25 %"]).toBe(emptyCalibration["0-25 %"]);
    expect(learnOutcome(state, bucket, fixed, Number.NaN)).toBe(state);
  });
});

describe("coverage", () => {
  it.each([0.1, 0.5, 0.9])("of honest predictions is left as it is, at %d", (share) => {
    expect(Math.abs(run(honest, 4_000, 200, share).covered - share)).toBeLessThan(0.02);
  });

  const biased: [string, Course][] = [
    ["too short by a quarter", { ...honest, actual: () => ({ median: 75, sd: 0.3 }) }],
    ["too long by a quarter", { ...honest, actual: () => ({ median: 45, sd: 0.3 }) }],
    ["too sure of themselves", { ...honest, actual: () => ({ median: 60, sd: 0.45 }) }],
    ["not sure enough", { ...honest, actual: () => ({ median: 60, sd: 0.15 }) }],
    ["left behind by every truth", { ...honest, actual: () => ({ median: 300, sd: 0.1 }) }],
    ["far above every truth", { ...honest, actual: () => ({ median: 10, sd: 0.1 }) }],
  ];
  it.each(biased)("of predictions that are %s is restored", (_, course) => {
    for (const share of [0.1, 0.5, 0.9]) {
      const { covered, raw } = run(course, 4_000, 200, share);
      expect(Math.abs(covered - share)).toBeLessThan(0.025);
      if (share !== 0.5 || course.actual(0).median !== 60) {
        expect(Math.abs(raw - share)).toBeGreaterThan(0.05);
      }
    }
  });

  it("holds in the long run though the truth wanders", () => {
    const wandering: Course = {
      ...honest,
      actual: (i) => ({ median: 60 * Math.exp(0.3 * Math.sin(i / 150)), sd: 0.3 }),
    };
    const { covered, raw } = run(wandering, 6_000, 500, 0.9);
    expect(Math.abs(covered - 0.9)).toBeLessThan(0.02);
    expect(Math.abs(raw - 0.9)).toBeGreaterThan(0.05);
  });

  it("is told by bucket with its interval and loss", () => {
    const { state } = run(honest, 300, 0, 0.9);
    const told = coverage(state).find((one) => one.bucket === bucket);
    expect(told?.n).toBe(100);
    expect(told?.quantiles.map(({ level }) => level)).toEqual([0.1, 0.5, 0.9]);
    for (const { level, coverage: share, pinballSeconds } of told?.quantiles ?? []) {
      expect(share.low).toBeLessThan(level + 0.02);
      expect(share.high).toBeGreaterThan(level - 0.02);
      // The mean loss of the true quantile, by draws.
      const random = seededRandom(9);
      const q = 60 * Math.exp(0.3 * normalQuantile(level));
      let loss = 0;
      for (let i = 0; i < 20_000; i += 1) loss += pinball(level, q, logNormal(60, 0.3, random));
      expect((pinballSeconds ?? 0) / (loss / 20_000)).toBeGreaterThan(0.8);
      expect((pinballSeconds ?? 0) / (loss / 20_000)).toBeLessThan(1.3);
    }
    expect(coverage(emptyCalibration)[0]).toEqual({
      bucket: "not started",
      n: 0,
      quantiles: [0.1, 0.5, 0.9].map((level) => ({
        level,
        coverage: { hits: 0, of: 0, share: null, low: 0, high: 1 },
        pinballSeconds: null,
      })),
    });
  });
});

describe("draws made calibrated", () => {
  const { state } = run({ ...honest, actual: () => ({ median: 75, sd: 0.3 }) }, 400, 0, 0.9);

  it("have the quantiles at the calibrated shares of what they were", () => {
    const random = seededRandom(2);
    const raw = Float64Array.from({ length: 128 }, () => logNormal(60, 0.3, random));
    const sorted = raw.toSorted();
    const draws = raw.slice();
    calibrate(state, bucket, random, draws);
    const order = draws.slice();
    draws.sort();
    expect(order).not.toEqual(draws);
    for (const share of [0.1, 0.5, 0.9]) {
      const wanted = quantileOfSorted(sorted, calibrated(state, bucket, share));
      expect((draws[Math.floor(128 * share)] ?? 0) / wanted).toBeCloseTo(1, 1);
    }
    expect((draws[64] ?? 0) / (sorted[64] ?? 0)).toBeGreaterThan(1.1);
  });

  it("stay as they are while nothing is known of their bucket", () => {
    const draws = Float64Array.from([3, 1, 2]);
    calibrate(emptyCalibration, bucket, seededRandom(1), draws);
    expect([...draws]).toEqual([3, 1, 2]);
  });
});

describe("drift", () => {
  it("is none for honest predictions, nearly always, and before 50 outcomes", () => {
    const alarms = Array.from({ length: 100 }, (_, seed) =>
      driftOf(run(honest, 200, 0, 0.9, seed).state),
    );
    expect(alarms).not.toContain("fall-back");
    expect(alarms.filter((alarm) => alarm === "widen").length).toBeLessThan(15);
    expect(
      driftOf(run({ ...honest, actual: () => ({ median: 600, sd: 0.3 }) }, 49, 0, 0.9).state),
    ).toBe("none");
  });

  it("falls back when the truth leaves what was foretold, and ends when it comes back", () => {
    const jump = (until: number): Course => ({
      ...honest,
      actual: (i) => ({ median: i < 200 || i >= until ? 60 : 600, sd: 0.3 }),
    });
    expect(driftOf(run(jump(1_000), 240, 0, 0.9).state)).toBe("fall-back");
    expect(driftOf(run(jump(250), 400, 0, 0.9).state)).not.toBe("fall-back");
  });

  it("asks for wider predictions between the two", () => {
    let state = emptyCalibration;
    const summary = foretold(60, 0.3, seededRandom(1));
    // Of ten, two or three come later than anything foretold.
    for (let i = 0; i < 50; i += 1) {
      state = learnOutcome(state, bucket, summary, i % 4 === 3 ? 10_000 : 60);
    }
    expect(driftOf(state)).toBe("widen");
  });
});

describe("the bucket of a document", () => {
  const document: DocumentObservation = {
    pipeline: "p",
    uploadedAtMs: 0,
    slides: 20,
    visual: "running",
    slidesDone: 0,
    slideSinceMs: 0,
    sumLnSeconds: 0,
    textTasksLeft: 4,
  };
  it("follows the slides that are done", () => {
    expect(bucketOf({ ...document, visual: "waiting" })).toBe("not started");
    const at = [0, 4, 5, 9, 10, 15, 19, 20, 25].map((slidesDone) =>
      bucketOf({ ...document, slidesDone }),
    );
    expect(at).toEqual([
      ...["0-25 %", "0-25 %", "25-50 %", "25-50 %", "50-75 %"],
      ...["75-100 %", "75-100 %", "75-100 %", "75-100 %"],
    ]);
    expect(bucketOf({ ...document, slides: null, slidesDone: 3 })).toBe("0-25 %");
    expect(bucketOf({ ...document, visual: "waiting", slidesDone: 10 })).toBe("50-75 %");
  });
});
