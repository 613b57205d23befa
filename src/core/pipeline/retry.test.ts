import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../lib/random.ts";
import { type Ending, nextMove, type RetryPolicy, roundOf, type Spent } from "./retry.ts";

const policy: RetryPolicy = {
  attemptsMax: 3,
  lostMax: 5,
  roundsExtra: 1,
  roundDelayMs: 120_000,
  backoffMs: 1000,
  backoffMaxMs: 60_000,
};
const fresh: Spent = { failures: 0, lost: 0, containersLost: 0 };
const failed = { kind: "failed", retryable: true } as const;
const lost = { kind: "lost" } as const;
const chance = (value: number) => ({ next: () => value });
const limits = fc.record({
  attemptsMax: fc.integer({ min: 1, max: 20 }),
  lostMax: fc.integer({ min: 1, max: 20 }),
  roundsExtra: fc.integer({ min: 0, max: 5 }),
  roundDelayMs: fc.integer({ min: 0, max: 3_600_000 }),
  backoffMs: fc.integer({ min: 0, max: 600_000 }),
  backoffMaxMs: fc.integer({ min: 0, max: 3_600_000 }),
});
const spents = fc.record({
  failures: fc.integer({ min: 0, max: 60 }),
  lost: fc.integer({ min: 0, max: 40 }),
  containersLost: fc.integer({ min: 0, max: 40 }),
});

describe("nextMove", () => {
  it("waits twice as long after each failure, then for the next round, then gives up", () => {
    const at = (failures: number) => nextMove(failed, { ...fresh, failures }, policy, chance(0));
    expect([0, 1, 2, 3, 4, 5].map(at)).toEqual([
      { kind: "delay", afterMs: 500, round: null },
      { kind: "delay", afterMs: 1000, round: null },
      { kind: "delay", afterMs: 120_000, round: 2 },
      { kind: "delay", afterMs: 500, round: null },
      { kind: "delay", afterMs: 1000, round: null },
      { kind: "dead" },
    ]);
  });

  it("gives up after the first round where no other is wanted", () => {
    const spent = { ...fresh, failures: 2 };
    expect(nextMove(failed, spent, { ...policy, roundsExtra: 0 }, chance(0))).toEqual({
      kind: "dead",
    });
  });

  it("gives up at once on a failure that trying again cannot mend", () => {
    fc.assert(
      fc.property(limits, spents, (given, spent) => {
        const ending = { kind: "failed", retryable: false } as const;
        expect(nextMove(ending, spent, given, chance(0))).toEqual({ kind: "dead" });
      }),
    );
  });

  it("keeps every wait of a round within the upper half of its step and below the longest", () => {
    fc.assert(
      fc.property(limits, spents, fc.integer(), (given, spent, seed) => {
        const move = nextMove(failed, spent, given, seededRandom(seed));
        if (move.kind !== "delay" || move.round !== null) return;
        const inRound = spent.failures % given.attemptsMax;
        const step = Math.min(given.backoffMaxMs, given.backoffMs * 2 ** inRound);
        expect(move.afterMs).toBeGreaterThanOrEqual(Math.floor(step / 2));
        expect(move.afterMs).toBeLessThanOrEqual(step);
        expect(Number.isSafeInteger(move.afterMs)).toBe(true);
      }),
    );
  });

  it("begins a round exactly when the last one is spent, never sooner than promised", () => {
    fc.assert(
      fc.property(limits, spents, fc.integer(), (given, spent, seed) => {
        const move = nextMove(failed, spent, given, seededRandom(seed));
        const before = roundOf(spent.failures, given.attemptsMax);
        const after = roundOf(spent.failures + 1, given.attemptsMax);
        if (move.kind === "dead") {
          expect(after).toBeGreaterThan(Math.max(before, 1 + given.roundsExtra));
          return;
        }
        expect(move).toMatchObject({ kind: "delay", round: after > before ? after : null });
        if (move.kind !== "delay" || move.round === null) return;
        expect(move.afterMs).toBeGreaterThanOrEqual(given.roundDelayMs);
        expect(move.afterMs).toBeLessThanOrEqual(Math.ceil(given.roundDelayMs * 1.1));
        expect(Number.isSafeInteger(move.afterMs)).toBe(true);
      }),
    );
  });

  it.each([
    ["a try", 1],
    ["a round", 2],
  ])("spreads the waits of many tasks that failed together in %s", (_what, failures) => {
    const random = seededRandom(3);
    const waits = Array.from({ length: 100 }, () =>
      nextMove(failed, { ...fresh, failures }, policy, random),
    );
    expect(new Set(waits.map((move) => JSON.stringify(move))).size).toBeGreaterThan(50);
  });

  it("counts lost containers and failures apart", () => {
    fc.assert(
      fc.property(limits, spents, fc.nat({ max: 40 }), (given, spent, other) => {
        const afterLoss = nextMove(lost, spent, given, chance(0.5));
        const otherFailures = { ...spent, failures: other };
        expect(nextMove(lost, otherFailures, given, chance(0.5))).toEqual(afterLoss);
        const own = nextMove(failed, spent, given, chance(0.5));
        const otherLosses = { ...spent, lost: other, containersLost: other };
        expect(nextMove(failed, otherLosses, given, chance(0.5))).toEqual(own);
      }),
    );
  });

  it("starts a task of a lost container again without a wait, up to its limit", () => {
    const at = (count: number) =>
      nextMove(lost, { failures: 9, lost: count, containersLost: count }, policy, chance(1));
    expect(at(3)).toEqual({ kind: "delay", afterMs: 0, round: null });
    expect(at(4)).toEqual({ kind: "quarantine", containersLost: 5 });
  });

  it("suspects the document when its other tasks took the containers along", () => {
    const spent = { failures: 0, lost: 0, containersLost: 4 };
    expect(nextMove(lost, spent, policy, chance(1))).toEqual({
      kind: "quarantine",
      containersLost: 5,
    });
    expect(nextMove(failed, spent, policy, chance(1)).kind).toBe("delay");
  });

  it("ends after a bounded number of tries, whatever happens", () => {
    fc.assert(
      fc.property(limits, fc.infiniteStream(fc.boolean()), (given, coins) => {
        const triesMax = given.attemptsMax * (1 + given.roundsExtra) + given.lostMax;
        let spent = fresh;
        for (let tries = 1; ; tries += 1) {
          const ending: Ending = coins.next().value === true ? lost : failed;
          const { kind } = nextMove(ending, spent, given, chance(0));
          if (kind !== "delay") {
            expect(kind).toBe(ending === lost ? "quarantine" : "dead");
            expect(tries).toBeLessThan(triesMax);
            return;
          }
          spent =
            ending === lost
              ? { ...spent, lost: spent.lost + 1 }
              : { ...spent, failures: spent.failures + 1 };
        }
      }),
    );
  });
});
