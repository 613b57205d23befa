import fc from "fast-check";
import { expect, it } from "vitest";
import type { Piece } from "../ledger/allocate.ts";
import { groupShares, moneyOf, type Share, sharesOf, splitOf } from "./splits.ts";

const piece = fc
  .record({
    fromMs: fc.integer({ min: 0, max: 10_000_000 }),
    lengthMs: fc.integer({ min: 1, max: 9_000_000 }),
    microUsd: fc.integer({ min: 0, max: 9_000_000 }),
    document: fc.constantFrom("a", "b", null),
    kind: fc.constantFrom("busy", "failed", "coldStart", "idle", "rounding"),
  })
  .map(
    ({ lengthMs, ...rest }): Piece => ({
      ...{ ...rest, run: 7, pool: "vision", work: null, isEstimated: false },
      ...{ untilMs: rest.fromMs + lengthMs, ms: lengthMs },
    }),
  );
const pieces = fc
  .tuple(fc.array(piece, { maxLength: 20 }), fc.boolean())
  .map(([list, isEstimated]) => list.map((one) => ({ ...one, isEstimated })));
const periods = fc.integer({ min: 100_000, max: 20_000_000 });
const money = (shares: readonly Share[]): number => splitOf(shares).microUsd.total;
const total = (list: readonly Piece[]): number =>
  list.reduce((sum, { microUsd }) => sum + microUsd, 0);

it("adds up to the total, part by part, over periods of any length", () => {
  fc.assert(
    fc.property(pieces, periods, fc.boolean(), (list, periodMs, isLost) => {
      const shares = sharesOf(list, periodMs, isLost);
      const { microUsd, seconds, estimatedMicroUsd } = splitOf(shares);
      expect(microUsd.total).toBe(total(list));
      expect(seconds.total).toBeCloseTo(list.reduce((sum, { ms }) => sum + ms, 0) / 1000, 6);
      expect(estimatedMicroUsd).toBe(list[0]?.isEstimated ? total(list) : 0);
      expect(microUsd.wasted).toBe(total(list.filter(({ kind }) => isLost || kind === "failed")));
    }),
  );
});

it("gives each document the same, and each period its own, however fine they are", () => {
  fc.assert(
    fc.property(pieces, periods, fc.integer({ min: 2, max: 24 }), (list, wholeMs, parts) => {
      const fineMs = 60_000;
      const coarse = sharesOf(list, parts * fineMs, false);
      const fine = sharesOf(list, fineMs, false);
      const byPeriod = groupShares(coarse, ({ period }) => period);
      const ofFine = groupShares(fine, ({ period }) => Math.floor(period / parts));
      expect([...byPeriod.keys()].sort()).toEqual([...ofFine.keys()].sort());
      expect(sharesOf(list, fineMs, false, true).every((one) => one.document === null)).toBe(true);
      expect(money(sharesOf(list, fineMs, false, true))).toBe(money(fine));
      for (const [period, own] of byPeriod)
        expect(money(ofFine.get(period) ?? [])).toBe(money(own));
      const whole = sharesOf(list, wholeMs, false);
      for (const document of ["a", "b", null]) {
        const own = whole.filter((share) => share.document === document);
        expect(money(own)).toBe(total(list.filter((one) => one.document === document)));
      }
    }),
    { numRuns: 40 },
  );
});

it("is one share of a document and a period", () => {
  fc.assert(
    fc.property(pieces, periods, (list, periodMs) => {
      const keys = sharesOf(list, periodMs, false).map(
        ({ document, period }) => `${document} ${period}`,
      );
      expect(new Set(keys).size).toBe(keys.length);
    }),
  );
});

it("calls all of a run wasted that was lost", () => {
  const base = { run: 1, pool: "text", document: null, work: null, fromMs: 0, untilMs: 9, ms: 9 };
  const started = { ...base, kind: "coldStart" as const, microUsd: 5, isEstimated: false };
  const [share] = sharesOf([started], 1_000, true);
  expect(share).toMatchObject({ wasted: 5, coldStart: 0, wastedMs: 9, coldStartMs: 0 });
  expect(share && moneyOf(share)).toBe(5);
});
