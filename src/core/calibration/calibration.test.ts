import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { calibrated, clamped, fitCurve, identity, type Sample } from "./curve.ts";
import { type FieldSample, fitFields, leaveOneDeckOut, qualityOf, withCurves } from "./fit.ts";
import { brierScore, calibrationError, reliability } from "./measures.ts";

const confidence = fc.double({ min: 0, max: 1, noNaN: true });
const sample: fc.Arbitrary<Sample> = fc.record({ confidence, right: fc.boolean() });
const samples = fc.array(sample, { minLength: 1, maxLength: 60 });
const repeated = (said: number, right: number, of: number): Sample[] =>
  Array.from({ length: of }, (_, at) => ({ confidence: said, right: at < right }));

describe("a curve", () => {
  it("is the identity when there is nothing to learn from", () => {
    expect(fitCurve([])).toEqual(identity);
    fc.assert(
      fc.property(confidence, (said) => {
        expect(calibrated(identity, said)).toBeCloseTo(clamped(said), 9);
      }),
    );
  });

  it("never turns the order of two answers round, and stays between 0.01 and 0.99", () => {
    fc.assert(
      fc.property(samples, confidence, confidence, (learned, one, other) => {
        const curve = fitCurve(learned);
        const [low, high] = [Math.min(one, other), Math.max(one, other)];
        const [first, second] = [calibrated(curve, low), calibrated(curve, high)];
        expect(first).toBeLessThanOrEqual(second + 1e-12);
        expect(first).toBeGreaterThanOrEqual(0.01);
        expect(second).toBeLessThanOrEqual(0.99);
      }),
    );
  });

  it("moves little for few answers and reaches the share of right ones for many", () => {
    const learned = (of: number): number =>
      calibrated(fitCurve(repeated(0.9, Math.round(of / 2), of)), 0.9);
    expect(learned(2)).toBeGreaterThan(0.75);
    expect(learned(20)).toBeLessThan(learned(2));
    expect(Math.abs(learned(2_000) - 0.5)).toBeLessThan(0.02);
  });

  it("goes down for a wrong answer more and up for a right one more", () => {
    fc.assert(
      fc.property(samples, (learned) => {
        const at = (extra: Sample): number =>
          calibrated(fitCurve([...learned, extra]), extra.confidence);
        const without = (said: number): number => calibrated(fitCurve(learned), said);
        expect(at({ confidence: 0.8, right: false })).toBeLessThanOrEqual(without(0.8) + 1e-9);
        expect(at({ confidence: 0.8, right: true })).toBeGreaterThanOrEqual(without(0.8) - 1e-9);
      }),
    );
  });

  it("fits: no curve nearby is likelier under the same priors", () => {
    const value = (curve: { intercept: number; slope: number }, list: readonly Sample[]): number =>
      list.reduce((sum, { confidence: said, right }) => {
        const x = Math.log(clamped(said) / (1 - clamped(said)));
        const z = curve.intercept + curve.slope * x;
        return sum - Math.log1p(Math.exp(right ? -z : z));
      }, 0) -
      curve.intercept ** 2 / (2 * 0.75 ** 2) -
      (curve.slope - 1) ** 2 / (2 * 0.5 ** 2);
    fc.assert(
      fc.property(samples, (list) => {
        const best = fitCurve(list);
        fc.pre(best.slope > 0);
        for (const [a, b] of [
          [0.01, 0],
          [-0.01, 0],
          [0, 0.01],
          [0, -0.01],
        ] as const) {
          const near = { intercept: best.intercept + a, slope: best.slope + b };
          expect(value(near, list)).toBeLessThanOrEqual(value(best, list) + 1e-9);
        }
      }),
    );
  });
});

describe("measures", () => {
  it("are 0 for answers that are as right as they say", () => {
    expect(
      brierScore([
        { confidence: 1, right: true },
        { confidence: 0, right: false },
      ]),
    ).toBe(0);
    expect(calibrationError(repeated(0.75, 3, 4))).toBeCloseTo(0, 12);
    expect(brierScore([])).toBeNull();
  });

  it("count each answer in one bin", () => {
    fc.assert(
      fc.property(samples, (list) => {
        const bins = reliability(list);
        expect(bins.reduce((sum, { right }) => sum + right.of, 0)).toBe(list.length);
        for (const { from, to, meanConfidence } of bins) {
          expect(meanConfidence).toBeGreaterThanOrEqual(from - 1e-12);
          expect(meanConfidence).toBeLessThanOrEqual(to + 1e-12);
        }
        expect(calibrationError(list)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it("tell 0.9 said and half right as an error of 0.4", () => {
    expect(calibrationError(repeated(0.9, 2, 4))).toBeCloseTo(0.4, 12);
    expect(brierScore(repeated(0.9, 2, 4))).toBeCloseTo((0.01 + 0.81) / 2, 12);
  });
});

describe("fields", () => {
  const fieldSample = (deck: number, right: boolean, said = 0.95): FieldSample => ({
    ...{ deck: `deck ${deck}`, field: "ask", answer: "given", confidence: said, right },
  });

  it("learn an answer and the lack of one apart", () => {
    const given = Array.from({ length: 30 }, (_, at) => fieldSample(at, at % 2 === 0));
    const none = given.map((one) => ({ ...one, answer: "none", right: true }) as const);
    const curves = fitFields([...given, ...none]);
    expect(curves.ask?.given.answers).toBe(30);
    const [worse] = withCurves(given, curves);
    const [better] = withCurves(none, curves);
    expect(worse?.confidence).toBeLessThan(0.7);
    expect(better?.confidence).toBeGreaterThan(0.95);
  });

  it("keep what was said where nothing was learned", () => {
    const other = { ...fieldSample(1, true), field: "date" };
    expect(withCurves([other], fitFields([fieldSample(1, false)]))).toEqual([other]);
  });

  it("are judged on a deck by the others alone", () => {
    const decks = Array.from({ length: 6 }, (_, at) => fieldSample(at, at > 0));
    const judged = leaveOneDeckOut(decks);
    const own = judged.find(({ deck }) => deck === "deck 0")?.confidence ?? 0;
    const others = fitFields(decks.slice(1)).ask;
    expect(own).toBe(others && calibrated(others.given, 0.95));
    expect(own).toBeGreaterThan(calibrated(fitFields(decks).ask?.given ?? identity, 0.95));
    expect(judged).toHaveLength(6);
  });

  it("have a better error on unseen decks when they were far too sure", () => {
    const decks = Array.from({ length: 40 }, (_, at) => fieldSample(at, at % 2 === 0));
    const [said, judged] = [qualityOf(decks), qualityOf(leaveOneDeckOut(decks))];
    expect(said?.error).toBeCloseTo(0.45, 6);
    expect(judged?.error).toBeLessThan(0.2);
    expect(judged?.brier).toBeLessThan(said?.brier ?? 0);
  });
});
