import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Random, seededRandom } from "../../../lib/random.ts";
import type { DocumentObservation } from "../observation.ts";
import { normalQuantile } from "./normal.ts";
import {
  emptyPace,
  learnPace,
  learnStage,
  meanWorkSeconds,
  type PaceState,
  sampleRemaining,
} from "./pace.ts";

const waiting: DocumentObservation = {
  pipeline: "p",
  uploadedAtMs: 0,
  slides: 16,
  visual: "waiting",
  slidesDone: 0,
  slideSinceMs: null,
  sumLnSeconds: 0,
  textTasksLeft: 4,
};
const running = (rest: Partial<DocumentObservation>): DocumentObservation => ({
  ...waiting,
  visual: "running",
  slideSinceMs: 0,
  ...rest,
});

const normal = (random: Random): number =>
  normalQuantile((random.next() * 4294967295 + 0.5) / 2 ** 32);

interface World {
  readonly mu: number;
  readonly tau: number;
  readonly sigma: number;
}

/** Seconds of each slide of one document. */
function slidesOf({ mu, tau, sigma }: World, count: number, random: Random): number[] {
  const own = mu + tau * normal(random);
  return Array.from({ length: count }, () => Math.exp(own + sigma * normal(random)));
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
const lnSum = (values: readonly number[]): number => total(values.map(Math.log));

const summaryOf = (seconds: readonly number[]) => ({
  slides: seconds.length,
  sumLnSeconds: lnSum(seconds),
  sumSquaresLnSeconds: total(seconds.map((value) => Math.log(value) ** 2)),
});

function learned(world: World, documents: number, random: Random, from = emptyPace): PaceState {
  let state = from;
  for (let i = 0; i < documents; i += 1) {
    state = learnPace(
      state,
      summaryOf(slidesOf(world, 4 + Math.floor(random.next() * 30), random)),
    );
  }
  return state;
}

function draws(state: PaceState, doc: DocumentObservation, nowMs: number, size = 128, seed = 7) {
  const out = new Float64Array(size);
  sampleRemaining(state, doc, nowMs, seededRandom(seed), out);
  return out;
}

const quantile = (values: Float64Array, share: number): number =>
  values.toSorted()[Math.min(values.length - 1, Math.floor(share * values.length))] ?? Number.NaN;
const mean = (values: Float64Array): number => total([...values]) / values.length;

describe("the prior pace", () => {
  it("takes a document of 16 slides for 3.5 s a slide at the median", () => {
    // Golden values: 128 draws with seed 7.
    const out = draws(emptyPace, waiting, 0);
    expect([0.1, 0.5, 0.9].map((share) => Number(quantile(out, share).toFixed(2)))).toEqual([
      38.2, 59.58, 93,
    ]);
    expect(meanWorkSeconds(emptyPace, 16)).toBeCloseTo(
      16 * 3.5 * Math.exp(0.1141 / 2 + 0.1225 / 2),
      0,
    );
  });
});

describe("remaining time", () => {
  /**
   * What Bayes says, by brute force: documents are drawn from the prior, weighed by how well they fit
   * the finished slides and the slide in progress, and go on.
   */
  function byBruteForce(world: World, doc: DocumentObservation, elapsed: number, random: Random) {
    const n = 80_000;
    const found: { seconds: number; weight: number }[] = [];
    const left = (doc.slides ?? 0) - doc.slidesDone;
    for (let i = 0; i < n; i += 1) {
      const own = world.mu + world.tau * normal(random);
      const mid = doc.slidesDone === 0 ? 0 : doc.sumLnSeconds / doc.slidesDone - own;
      let weight = Math.exp((-0.5 * doc.slidesDone * mid * mid) / world.sigma ** 2);
      const first = Math.exp(own + world.sigma * normal(random));
      if (first <= elapsed) weight = 0;
      let seconds = first - elapsed;
      for (let j = 1; j < left; j += 1) seconds += Math.exp(own + world.sigma * normal(random));
      if (weight > 1e-9) found.push({ seconds, weight });
    }
    found.sort((a, b) => a.seconds - b.seconds);
    const all = total(found.map(({ weight }) => weight));
    return (share: number): number => {
      let below = 0;
      for (const { seconds, weight } of found) {
        below += weight;
        if (below >= share * all) return seconds;
      }
      return Number.NaN;
    };
  }

  const state = learned({ mu: 1.1, tau: 0.35, sigma: 0.4 }, 3000, seededRandom(11));
  // What the weighted sums of the last 200 or so documents say, recomputed from them.
  const mu = state.sumMeans / state.weight;
  const sigma = Math.sqrt(state.withinSquares / state.withinFreedom);
  const inverse = (sigma ** 2 * state.sumInverseSlides) / state.weight;
  const shrink = state.weightSquares / state.weight ** 2;
  const between = (state.sumMeanSquares / state.weight - mu * mu) / (1 - shrink) - inverse;
  const world = { mu, sigma, tau: Math.sqrt(between + (between + inverse) * shrink) };

  it("recovers the pace that the documents were made with", () => {
    expect(world.mu).toBeCloseTo(1.1, 1);
    expect(world.tau).toBeCloseTo(0.35, 1);
    expect(world.sigma).toBeCloseTo(0.4, 2);
  });

  const cases: [string, DocumentObservation, number][] = [
    ["nothing done", running({ slides: 16 }), 0],
    ["nothing done, many slides", running({ slides: 60 }), 0],
    ["half done, quick so far", running({ slides: 12, slidesDone: 6, sumLnSeconds: 6 * 0.7 }), 0],
    ["a slide lasts long", running({ slides: 12, slidesDone: 6, sumLnSeconds: 6 }), 6],
    ["the first slide lasts long, many follow", running({ slides: 40 }), 8],
    ["the last slide lasts long", running({ slides: 6, slidesDone: 5, sumLnSeconds: 6 }), 5],
    ["two left", running({ slides: 6, slidesDone: 4, sumLnSeconds: 4 }), 2],
  ];
  it.each(cases)("has the quantiles that Bayes' rule has: %s", (_, doc, elapsed) => {
    const exact = byBruteForce(world, doc, elapsed, seededRandom(3));
    const out = draws(state, doc, elapsed * 1000, 60_000);
    for (const share of [0.1, 0.25, 0.5, 0.75, 0.9]) {
      expect(quantile(out, share) / exact(share)).toBeGreaterThan(0.95);
      expect(quantile(out, share) / exact(share)).toBeLessThan(1.05);
    }
  });

  it("is spread evenly enough that 128 draws have the quantiles of many", () => {
    for (const doc of [
      running({ slides: 60 }),
      running({ slides: 10, slidesDone: 2, sumLnSeconds: 2 }),
    ]) {
      const many = draws(state, doc, 1, 60_000);
      for (let seed = 0; seed < 20; seed += 1) {
        const few = draws(state, doc, 1, 128, seed);
        expect(quantile(few, 0.5) / quantile(many, 0.5)).toBeCloseTo(1, 0.8);
        expect(mean(few) / mean(many)).toBeCloseTo(1, 1);
      }
    }
  });

  it("is in random order: draws of two documents can be taken in pairs", () => {
    const random = seededRandom(5);
    const one = new Float64Array(128);
    const other = new Float64Array(128);
    let sum = 0;
    for (let round = 0; round < 200; round += 1) {
      sampleRemaining(state, waiting, 0, random, one);
      sampleRemaining(state, waiting, 0, random, other);
      sum += correlation(one, other);
    }
    expect(Math.abs(sum / 200)).toBeLessThan(0.02);
  });

  it("holds as often as it says, at any moment of a document", () => {
    const random = seededRandom(21);
    const truth = { mu: 1.3, tau: 0.3, sigma: 0.35 };
    let known = learned(truth, 300, random);
    const out = new Float64Array(128);
    const hits = new Map([0.1, 0.5, 0.9].map((share) => [share, 0]));
    let rounds = 0;
    for (let round = 0; round < 2500; round += 1) {
      const seconds = slidesOf(truth, 4 + Math.floor(random.next() * 30), random);
      // Chosen without a look at what is to come: else long slides would be met too often.
      const at = random.next() * 60;
      if (at >= total(seconds)) continue;
      rounds += 1;
      let done = 0;
      let since = 0;
      while (since + (seconds[done] ?? 0) <= at) {
        since += seconds[done] ?? 0;
        done += 1;
      }
      const doc = running({
        slides: seconds.length,
        slidesDone: done,
        slideSinceMs: since * 1000,
        sumLnSeconds: lnSum(seconds.slice(0, done)),
      });
      sampleRemaining(known, doc, at * 1000, random, out);
      const remaining = total(seconds) - at;
      for (const [share, count] of hits) {
        hits.set(share, count + Number(remaining <= quantile(out, share)));
      }
      known = learnPace(known, summaryOf(seconds));
    }
    for (const [share, count] of hits) expect(Math.abs(count / rounds - share)).toBeLessThan(0.03);
  });

  it("is nothing for a document whose visual analysis is done", () => {
    expect(draws(state, { ...waiting, visual: "done" }, 5).every((value) => value === 0)).toBe(
      true,
    );
  });

  it("is the stage that follows, once all slides are read", () => {
    expect(mean(draws(state, running({ slidesDone: 16 }), 0))).toBe(0);
    let withStage = state;
    const random = seededRandom(4);
    for (let i = 0; i < 300; i += 1) {
      withStage = learnStage(withStage, 2 * Math.exp(0.4 * normal(random)));
    }
    const out = draws(withStage, running({ slidesDone: 16 }), 0, 4000);
    expect(quantile(out, 0.5)).toBeGreaterThan(1.8);
    expect(quantile(out, 0.5)).toBeLessThan(2.2);
    const longer = mean(draws(withStage, waiting, 0, 4000)) - mean(draws(state, waiting, 0, 4000));
    expect(longer).toBeGreaterThan(1.8);
    expect(longer).toBeLessThan(2.8);
  });

  it("has no stage after it where that takes no time worth the name", () => {
    const short = learnStage(learnStage(state, 0), 0.002);
    expect(draws(short, running({ slidesDone: 16 }), 0)).toEqual(new Float64Array(128));
    expect(draws(short, waiting, 0)).toEqual(draws(state, waiting, 0));
  });

  it("draws the number of slides where nobody knows it yet, above those that are done", () => {
    const unknown = draws(emptyPace, { ...waiting, slides: null }, 0, 4000);
    const known = draws(emptyPace, waiting, 0, 4000);
    expect(quantile(unknown, 0.5) / quantile(known, 0.5)).toBeCloseTo(1, 1);
    expect(quantile(unknown, 0.9)).toBeGreaterThan(quantile(known, 0.9) * 1.2);
    const far = running({ slides: null, slidesDone: 90, sumLnSeconds: 90 * 1.25 });
    expect(Math.min(...draws(emptyPace, far, 0))).toBeGreaterThan(0);
  });

  const documents = fc.record({
    pipeline: fc.constant("p"),
    uploadedAtMs: fc.constant(0),
    slides: fc.option(fc.integer({ min: 0, max: 300 })),
    visual: fc.constantFrom("waiting" as const, "running" as const, "done" as const),
    slidesDone: fc.integer({ min: 0, max: 300 }),
    slideSinceMs: fc.option(fc.integer({ min: -10_000_000, max: 10_000_000 })),
    sumLnSeconds: fc.double({ min: -500, max: 1500, noNaN: true }),
    textTasksLeft: fc.constant(4),
  });
  it("is a number of seconds, never below 0, whatever the document", () => {
    fc.assert(
      fc.property(documents, (doc) => {
        for (const value of draws(state, doc, 0, 16)) {
          expect(Number.isFinite(value) && value >= 0).toBe(true);
        }
      }),
    );
  });

  it("is the same for the same seed, also after the state was stored and read", () => {
    const read = JSON.parse(JSON.stringify(state)) as PaceState;
    fc.assert(
      fc.property(documents, fc.integer(), (doc, seed) => {
        expect(draws(read, doc, 0, 16, seed)).toEqual(draws(state, doc, 0, 16, seed));
      }),
    );
    const next = { slides: 9, sumLnSeconds: 10, sumSquaresLnSeconds: 13 };
    expect(learnPace(read, next)).toEqual(learnPace(state, next));
  });
});

describe("learning the pace", () => {
  it("follows machines that become twice as fast within some two hundred documents", () => {
    const random = seededRandom(2);
    const slow = { mu: 1.25, tau: 0.3, sigma: 0.35 };
    const quick = { ...slow, mu: slow.mu - Math.log(2) };
    const before = learned(slow, 600, random);
    const after = learned(quick, 400, random, before);
    const ratio = meanWorkSeconds(after, 16) / meanWorkSeconds(before, 16);
    expect(ratio).toBeGreaterThan(0.45);
    expect(ratio).toBeLessThan(0.65);
  });

  it("stays small, and as many documents as come", () => {
    const state = learned({ mu: 3, tau: 1, sigma: 1 }, 2000, seededRandom(1));
    expect(JSON.stringify(state).length).toBeLessThan(600);
  });

  it("learns nothing from a document without slides or from figures that are none", () => {
    const none = { slides: 0, sumLnSeconds: 0, sumSquaresLnSeconds: 0 };
    expect(learnPace(emptyPace, none)).toBe(emptyPace);
    expect(learnPace(emptyPace, { ...none, slides: 3, sumLnSeconds: Number.NaN })).toBe(emptyPace);
    expect(learnStage(emptyPace, Number.POSITIVE_INFINITY)).toBe(emptyPace);
    expect(learnStage(emptyPace, 0).stage.weight).toBe(1);
  });
});

function correlation(one: Float64Array, other: Float64Array): number {
  const [a, b] = [mean(one), mean(other)];
  let both = 0;
  let ofOne = 0;
  let ofOther = 0;
  for (let i = 0; i < one.length; i += 1) {
    const x = (one[i] ?? 0) - a;
    const y = (other[i] ?? 0) - b;
    both += x * y;
    ofOne += x * x;
    ofOther += y * y;
  }
  return both / Math.sqrt(ofOne * ofOther);
}
