import { describe, expect, it } from "vitest";
import { type Random, seededRandom } from "../../../lib/random.ts";
import type { DocumentObservation } from "../observation.ts";
import { bucketOf, type CalibrationState, emptyCalibration, learnOutcome } from "./calibration.ts";
import { normalQuantile } from "./normal.ts";
import { emptyPace, learnPace, sampleRemaining } from "./pace.ts";
import { type Bucket, buckets } from "./quality.ts";
import { type Summary, shareBelow, summarise } from "./summary.ts";

const normal = (random: Random): number =>
  normalQuantile((random.next() * 4294967295 + 0.5) / 2 ** 32);
const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** Seconds a slide of one document. */
type Slides = (random: Random, count: number, document: number) => number[];

const usual: Slides = (random, count) => {
  const own = 3.5 * Math.exp(0.3 * normal(random));
  return Array.from({ length: count }, () => own * Math.exp(0.35 * normal(random)));
};

/** Machines on which the assumptions of the estimate are wrong, each in a way of its own. */
const worlds: Record<string, Slides> = {
  "as assumed": usual,
  "text and pictures, nothing between": (random, count) => {
    const own = Math.exp(0.3 * normal(random));
    const pictures = random.next();
    return Array.from(
      { length: count },
      () => (random.next() < pictures ? 8 : 1) * own * Math.exp(0.2 * normal(random)),
    );
  },
  "now and then a slide that takes twelve times as long": (random, count) =>
    usual(random, count, 0).map((seconds) => (random.next() < 0.03 ? 12 * seconds : seconds)),
  "a first slide that loads the model": (random, count) =>
    usual(random, count, 0).map((seconds, i) => (i === 0 ? seconds + 15 : seconds)),
  "slower and slower": (random, count) =>
    usual(random, count, 0).map((seconds, i) => seconds * (0.7 + (0.6 * i) / count)),
  "half as fast for every other 400 documents": (random, count, document) =>
    usual(random, count, 0).map((seconds) => (document % 800 < 400 ? seconds : 2 * seconds)),
};

interface Hits {
  n: number;
  readonly raw: number[];
  readonly calibrated: number[];
}

/** Documents one after the other; a forecast of each in every bucket it comes through, judged at its end. */
function follow(slides: Slides, documents: number): Map<Bucket, Hits> {
  const random = seededRandom(4);
  const hits = new Map(
    buckets.map((bucket) => [bucket, { n: 0, raw: [0, 0, 0], calibrated: [0, 0, 0] }]),
  );
  let pace = emptyPace;
  let calibration = emptyCalibration;
  const draws = new Float64Array(128);
  for (let document = 0; document < documents; document += 1) {
    const count = Math.max(4, Math.min(80, Math.round(16 * Math.exp(0.55 * normal(random)))));
    const seconds = slides(random, count, document);
    const foretold = new Map<Bucket, { summary: Summary; actual: number }>();
    for (let done = 0; done < count; done += 1) {
      const seen = seconds.slice(0, done);
      const doc = documentOf(count, seen);
      if (foretold.has(bucketOf(doc))) continue;
      sampleRemaining(pace, doc, 0, random, draws);
      const actual = total(seconds) - total(seen);
      foretold.set(bucketOf(doc), { summary: summarise(draws), actual });
    }
    for (const [bucket, { summary, actual }] of foretold) {
      calibration = learnOutcome(calibration, bucket, summary, actual);
      const own = hits.get(bucket);
      if (document >= 200 && own !== undefined) count3(own, calibration, bucket, summary, actual);
    }
    const logs = seconds.map(Math.log);
    pace = learnPace(pace, {
      slides: count,
      sumLnSeconds: total(logs),
      sumSquaresLnSeconds: total(logs.map((ln) => ln * ln)),
    });
  }
  return hits;
}

const documentOf = (slides: number, seen: readonly number[]): DocumentObservation => ({
  pipeline: "p",
  uploadedAtMs: 0,
  slides,
  visual: seen.length === 0 ? "waiting" : "running",
  slidesDone: seen.length,
  slideSinceMs: 0,
  sumLnSeconds: total(seen.map(Math.log)),
  textTasksLeft: 4,
});

/** Whether the truth was at or below each of the three quantiles, raw and calibrated. */
function count3(
  hits: Hits,
  calibration: CalibrationState,
  bucket: Bucket,
  summary: Summary,
  actual: number,
): void {
  const above = Number(calibration[bucket].above.at(-1));
  hits.n += 1;
  [0.1, 0.5, 0.9].forEach((level, at) => {
    hits.raw[at] = (hits.raw[at] ?? 0) + Number(shareBelow(summary, actual) <= level);
    hits.calibrated[at] = (hits.calibrated[at] ?? 0) + Number(above <= at);
  });
}

const worst = (hits: ReadonlyMap<Bucket, Hits>, which: "raw" | "calibrated"): number =>
  Math.max(
    ...[...hits.values()].flatMap(({ n, [which]: counts }) =>
      counts.map((count, at) => Math.abs(count / n - ([0.1, 0.5, 0.9][at] ?? 0))),
    ),
  );

describe("forecasts of when visual analysis ends", () => {
  it("hold as they are where the assumptions do", () => {
    const hits = follow(usual, 1_500);
    expect(worst(hits, "raw")).toBeLessThan(0.03);
    expect(worst(hits, "calibrated")).toBeLessThan(0.02);
  });

  it.each(Object.keys(worlds).slice(1))("hold once calibrated, also with %s", (name) => {
    const hits = follow(worlds[name] ?? usual, 1_500);
    expect(worst(hits, "calibrated")).toBeLessThan(0.02);
    expect(worst(hits, "raw")).toBeGreaterThan(worst(hits, "calibrated"));
  });
});
