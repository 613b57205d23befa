import fc from "fast-check";
import { expect, it } from "vitest";
import { byPeriod, type CostPiece, clip, groupPieces, splitOf } from "./splits.ts";

const piece = fc
  .record({
    fromMs: fc.integer({ min: 0, max: 10_000_000 }),
    lengthMs: fc.integer({ min: 0, max: 9_000_000 }),
    microUsd: fc.integer({ min: 0, max: 9_000_000 }),
    document: fc.constantFrom("a", "b", null),
    kind: fc.constantFrom("busy", "failed", "coldStart", "idle", "rounding"),
    isLost: fc.boolean(),
    run: fc.nat(3),
  })
  .map(
    ({ lengthMs, ...rest }): CostPiece => ({
      ...{ ...rest, pool: "vision", work: null },
      ...{ untilMs: rest.fromMs + lengthMs, ms: lengthMs },
    }),
  );
const pieces = fc.array(piece, { maxLength: 20 });
const money = (list: readonly CostPiece[]): number => splitOf(list).microUsd.total;

it("adds up to the total, part by part", () => {
  fc.assert(
    fc.property(pieces, (list) => {
      const { busy, coldStart, idle, wasted, total } = splitOf(list).microUsd;
      expect(busy + coldStart + idle + wasted).toBe(total);
      expect(total).toBe(list.reduce((sum, { microUsd }) => sum + microUsd, 0));
    }),
  );
});

it("loses nothing over periods of any length, nor over groups", () => {
  fc.assert(
    fc.property(pieces, fc.integer({ min: 100_000, max: 20_000_000 }), (list, periodMs) => {
      expect(money([...byPeriod(list, periodMs).values()].flat())).toBe(money(list));
      const groups = groupPieces(list, ({ document }) => document ?? "");
      expect(money([...groups.values()].flat())).toBe(money(list));
      for (const [period, inside] of byPeriod(list, periodMs)) {
        for (const { fromMs, untilMs } of inside) {
          expect(fromMs).toBeGreaterThanOrEqual(period * periodMs);
          expect(untilMs).toBeLessThanOrEqual((period + 1) * periodMs);
        }
      }
    }),
  );
});

it("gives adjacent times the whole", () => {
  fc.assert(
    fc.property(pieces, fc.integer({ min: 0, max: 20_000_000 }), (list, atMs) => {
      const parts = [...clip(list, 0, atMs), ...clip(list, atMs, 30_000_000)];
      // A piece without a length lies on both sides of an instant, or on neither.
      const lasting = (one: CostPiece): boolean => one.untilMs > one.fromMs;
      expect(money(parts.filter(lasting))).toBe(money(list.filter(lasting)));
    }),
  );
});

it("calls all of a run wasted that was lost", () => {
  const base = { run: 1, pool: "text", document: null, work: null, fromMs: 0, untilMs: 9, ms: 9 };
  const lost = { ...base, kind: "coldStart" as const, microUsd: 5, isLost: true };
  expect(splitOf([lost]).microUsd).toMatchObject({ wasted: 5, coldStart: 0, total: 5 });
});
