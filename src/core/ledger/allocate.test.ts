import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { charge } from "../cost/charge.ts";
import { allocateRun, clipPiece, type LedgerRun, type Piece } from "./allocate.ts";
import { apportion } from "./apportion.ts";
import { moneySum } from "./sums.ts";

const times = fc.integer({ min: 0, max: 3_600_000 });
const work = fc.record({
  document: fc.constantFrom("a", "b", "c", "d"),
  fromMs: times,
  lengthMs: fc.integer({ min: 0, max: 900_000 }),
  failed: fc.boolean(),
});
const anyRun = fc
  .record({
    fromMs: times,
    lengthMs: fc.integer({ min: 0, max: 2_000_000 }),
    readyAfterMs: fc.option(fc.integer({ min: 0, max: 2_500_000 })),
    microUsdPerHour: fc.oneof(
      fc.integer({ min: 0, max: 5_000_000 }),
      fc.constant(null),
      fc.constant("unpriced" as const),
    ),
    quantumMs: fc.constantFrom(0, 60_000, 600_000),
    basis: fc.constantFrom("billed" as const, "estimated" as const, "unpaid" as const),
    works: fc.array(work, { maxLength: 12 }),
  })
  .map(
    ({ fromMs, lengthMs, readyAfterMs, works, ...rest }): LedgerRun => ({
      ...{ ...rest, run: 1, pool: "vision", fromMs, untilMs: fromMs + lengthMs },
      readyMs: readyAfterMs === null ? null : fromMs + readyAfterMs,
      works: works.map(({ lengthMs: ms, ...one }) => ({ ...one, untilMs: one.fromMs + ms })),
    }),
  );
/** Sums by whatever a piece is asked for. */
function sumPieces<K>(pieces: readonly Piece[], keyOf: (piece: Piece) => K) {
  const sums = new Map<K, { microUsd: number }>();
  for (const piece of pieces) {
    const key = keyOf(piece);
    sums.set(key, { microUsd: (sums.get(key)?.microUsd ?? 0) + piece.microUsd });
  }
  return sums;
}
const clipAll = (pieces: readonly Piece[], fromMs: number, untilMs: number): Piece[] =>
  pieces.flatMap((piece) => clipPiece(piece, fromMs, untilMs) ?? []);
const anyRuns = fc.array(anyRun, { maxLength: 5 });
const total = (pieces: readonly { readonly microUsd: number }[]): number =>
  pieces.reduce((sum, piece) => sum + piece.microUsd, 0);
const isPriced = ({ microUsdPerHour, basis }: LedgerRun): boolean =>
  typeof microUsdPerHour === "number" && basis !== "unpaid";
const paid = (run: LedgerRun) =>
  charge({ ...run, microUsdPerHour: isPriced(run) ? Number(run.microUsdPerHour) : null });

/** Five minutes of idle time fall to the documents. */
const sharedMs = 300_000;
const hour = {
  ...{ run: 7, pool: "text", microUsdPerHour: 3_600_000, quantumMs: 0 },
  basis: "billed" as const,
};

describe("what a run cost", () => {
  it("is paid by the documents it served and by nobody else, to the last millionth", () => {
    fc.assert(
      fc.property(anyRuns, (runs) => {
        const pieces = runs.flatMap(allocateRun);
        const sums = sumPieces(pieces, ({ document }) => document);
        const documents = [...sums].filter(([document]) => document !== null);
        const unallocated = sums.get(null)?.microUsd ?? 0;
        const charged = runs.reduce((sum, run) => sum + paid(run).microUsd, 0);
        expect(total(documents.map(([, sum]) => sum)) + unallocated).toBe(charged);
      }),
    );
  });

  it("is apart by who says that it is paid, and adds up over any mix of that", () => {
    fc.assert(
      fc.property(anyRuns, (runs) => {
        const pieces = runs.flatMap(allocateRun);
        const of = (basis: LedgerRun["basis"]): number =>
          runs.reduce((sum, run) => sum + (run.basis === basis ? paid(run).microUsd : 0), 0);
        expect(of("unpaid")).toBe(0);
        const all = moneySum(pieces);
        expect(all).toEqual({
          microUsd: of("billed") + of("estimated"),
          estimatedMicroUsd: of("estimated"),
        });
        const parts = [...new Set(pieces.map(({ document }) => document))].map((whose) =>
          moneySum(pieces.filter(({ document }) => document === whose)),
        );
        expect(total(parts)).toBe(all.microUsd);
        const estimated = parts.reduce((sum, part) => sum + part.estimatedMicroUsd, 0);
        expect(estimated).toBe(all.estimatedMicroUsd);
      }),
    );
  });

  it("adds up over the periods it is cut into", () => {
    fc.assert(
      fc.property(anyRuns, fc.array(times, { maxLength: 6 }), (runs, cuts) => {
        const pieces = runs.flatMap(allocateRun);
        const edges = [0, ...cuts.toSorted((a, b) => a - b), 20_000_000];
        const parts = edges
          .slice(1)
          .map((until, index) => clipAll(pieces, edges[index] ?? 0, until));
        expect(total(parts.flat())).toBe(total(pieces));
        const whole = sumPieces(pieces, ({ document }) => document);
        const byPeriod = sumPieces(parts.flat(), ({ document }) => document);
        for (const [document, { microUsd }] of whole) {
          expect(byPeriod.get(document)?.microUsd ?? 0).toBe(microUsd);
        }
      }),
    );
  });

  it("covers all the time that it ran, once, and is never negative", () => {
    fc.assert(
      fc.property(anyRun, (run) => {
        const pieces = allocateRun(run);
        const ms = pieces.reduce((sum, piece) => sum + piece.ms, 0);
        const { runningMs, roundingMs } = paid(run);
        expect(ms).toBeCloseTo(runningMs + (isPriced(run) ? roundingMs : 0), 3);
        for (const piece of pieces)
          expect(Math.min(piece.ms, piece.microUsd)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it("splits each moment among what is held, and the rest by the work", () => {
    const run = { ...hour, fromMs: 0, readyMs: 60_000, untilMs: 200_000 };
    const pieces = allocateRun({
      ...run,
      works: [
        { document: "a", fromMs: 60_000, untilMs: 120_000, failed: false },
        { document: "b", fromMs: 80_000, untilMs: 120_000, failed: true },
      ],
    });
    const amounts = pieces.map(({ document, kind, microUsd }) => [document, kind, microUsd]);
    // A dollar an hour is a thousand millionths a second.
    expect(amounts).toEqual([
      ["a", "busy", 40_000],
      ["b", "failed", 20_000],
      ["a", "coldStart", 40_000],
      ["b", "coldStart", 20_000],
      ["a", "idle", 53_333],
      ["b", "idle", 26_667],
    ]);
  });

  it("leaves a long idle stretch, and a run that served nobody, to nobody", () => {
    const works = [{ document: "a", fromMs: 0, untilMs: 10_000, failed: false }];
    const untilMs = 10_000 + sharedMs + 70_000;
    const kept = allocateRun({ ...hour, fromMs: 0, readyMs: 0, untilMs, works });
    expect(kept.filter(({ document }) => document === null)).toMatchObject([
      { kind: "idle", ms: 70_000, microUsd: 70_000 },
    ]);
    const unused = allocateRun({ ...hour, fromMs: 0, readyMs: 5_000, untilMs: 9_000, works: [] });
    expect(unused).toMatchObject([
      { document: null, kind: "coldStart", microUsd: 5_000 },
      { document: null, kind: "idle", microUsd: 4_000 },
    ]);
  });
});

it("apportions whole amounts, the largest remainders first", () => {
  expect(apportion(10, [1, 1, 1])).toEqual([4, 3, 3]);
  expect(apportion(5, [0, 0])).toEqual([5, 0]);
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1e12 }),
      fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 1 }),
      (amount, weights) => {
        const parts = apportion(amount, weights);
        expect(parts.reduce((sum, part) => sum + part, 0)).toBe(amount);
        expect(Math.min(...parts)).toBeGreaterThanOrEqual(0);
      },
    ),
  );
});
