import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../lib/random.ts";
import { nextMove, type RetryPolicy } from "./retry.ts";

const policy: RetryPolicy = { attemptsMax: 3, lostMax: 5, backoffMs: 1000, backoffMaxMs: 60_000 };
const failed = { kind: "failed", retryable: true } as const;
const chance = (value: number) => ({ next: () => value });
const limits = fc.record({
  attemptsMax: fc.integer({ min: 1, max: 20 }),
  lostMax: fc.integer({ min: 1, max: 20 }),
  backoffMs: fc.integer({ min: 0, max: 600_000 }),
  backoffMaxMs: fc.integer({ min: 0, max: 3_600_000 }),
});
const spents = fc.record({
  failures: fc.integer({ min: 0, max: 40 }),
  lost: fc.integer({ min: 0, max: 40 }),
});

describe("nextMove", () => {
  it("waits twice as long after each failure, and gives up after the last attempt", () => {
    const at = (failures: number) =>
      nextMove(failed, { failures, lost: 0 }, policy, chance(0.999_999));
    expect(at(0)).toEqual({ kind: "delay", afterMs: 1000 });
    expect(at(1)).toEqual({ kind: "delay", afterMs: 2000 });
    expect(at(2)).toEqual({ kind: "dead" });
  });

  it("gives up at once on a failure that trying again cannot mend", () => {
    const ending = { kind: "failed", retryable: false } as const;
    expect(nextMove(ending, { failures: 0, lost: 0 }, policy, chance(0))).toEqual({ kind: "dead" });
  });

  it("keeps every wait within the upper half of its step and below the longest", () => {
    fc.assert(
      fc.property(limits, spents, fc.integer(), (given, spent, seed) => {
        const move = nextMove(failed, spent, given, seededRandom(seed));
        if (move.kind === "dead") {
          expect(spent.failures + 1).toBeGreaterThanOrEqual(given.attemptsMax);
          return;
        }
        const step = Math.min(given.backoffMaxMs, given.backoffMs * 2 ** spent.failures);
        expect(move.afterMs).toBeGreaterThanOrEqual(Math.floor(step / 2));
        expect(move.afterMs).toBeLessThanOrEqual(step);
        expect(Number.isSafeInteger(move.afterMs)).toBe(true);
      }),
    );
  });

  it("spreads the waits of many tasks that failed together", () => {
    const random = seededRandom(3);
    const waits = Array.from({ length: 100 }, () =>
      nextMove(failed, { failures: 1, lost: 0 }, policy, random),
    );
    expect(new Set(waits.map((move) => JSON.stringify(move))).size).toBeGreaterThan(50);
  });

  it("counts lost containers and failures apart", () => {
    fc.assert(
      fc.property(limits, spents, fc.nat({ max: 40 }), (given, spent, other) => {
        const lost = nextMove({ kind: "lost" }, spent, given, chance(0.5));
        const otherFailures = { ...spent, failures: other };
        expect(nextMove({ kind: "lost" }, otherFailures, given, chance(0.5))).toEqual(lost);
        const own = nextMove(failed, spent, given, chance(0.5));
        expect(nextMove(failed, { ...spent, lost: other }, given, chance(0.5))).toEqual(own);
      }),
    );
  });

  it("starts a task of a lost container again without a wait, up to its limit", () => {
    const at = (lost: number) =>
      nextMove({ kind: "lost" }, { failures: 9, lost }, policy, chance(1));
    expect(at(3)).toEqual({ kind: "delay", afterMs: 0 });
    expect(at(4)).toEqual({ kind: "dead" });
  });

  it("ends after a bounded number of tries, whatever happens", () => {
    fc.assert(
      fc.property(limits, fc.infiniteStream(fc.boolean()), (given, coins) => {
        let spent = { failures: 0, lost: 0 };
        for (let tries = 1; ; tries += 1) {
          const lost = coins.next().value === true;
          const ending = lost ? ({ kind: "lost" } as const) : failed;
          if (nextMove(ending, spent, given, chance(0)).kind === "dead") {
            expect(tries).toBeLessThan(given.attemptsMax + given.lostMax);
            return;
          }
          spent = lost
            ? { ...spent, lost: spent.lost + 1 }
            : { ...spent, failures: spent.failures + 1 };
        }
      }),
    );
  });
});
