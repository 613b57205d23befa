import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Job, savedBy, savedEnoughMs, waitingOf } from "./scale-out.ts";

const job = (readyMs: number, workMs: number, next = 0, nextWorkMs = 0): Job => ({
  ...{ readyMs, workMs, next, nextWorkMs },
  weight: 1,
});

describe("what another replica must save", () => {
  it.each([
    ["text, waiting worth 9", 0.8, 150, 9, 21.1],
    ["vision, waiting worth 9", 0.5, 105, 9, 10.1],
    ["text, waiting worth 2", 0.8, 150, 2, 95],
    ["vision, waiting worth 2", 0.5, 105, 2, 45.3],
  ])("is its start and 40 s of keeping it: %s", (_, microUsdPerMs, start, waitPrice, seconds) => {
    const cost = { microUsdPerMs, startMs: start * 1_000, keepMs: 40_000 };
    expect(savedEnoughMs(cost, waitPrice * 0.8) / 1_000).toBeCloseTo(seconds, 1);
  });
});

describe("list scheduling of the known work", () => {
  it("adds up what documents wait for the first free slot", () => {
    // One slot: starts at 0, 10, 20; they wait 0 + 10 + 20.
    expect(waitingOf({ slotsFreeMs: [0], jobs: [job(0, 10), job(0, 10), job(0, 10)] }, null)).toBe(
      30,
    );
    // Another from 5 on: starts at 0, 5, 10.
    const work = { slotsFreeMs: [0], jobs: [job(0, 10), job(0, 10), job(0, 10)] };
    expect(waitingOf(work, { readyMs: 5, slots: 1 })).toBe(15);
    expect(savedBy(work, { readyMs: 5, slots: 1 })).toBe(15);
  });

  it("lets the analyses of a document follow, each for a third of it", () => {
    // The first ends at 10; three follow one after the other on one slot: they wait 0, 20 and 40.
    const work = { slotsFreeMs: [0], jobs: [job(0, 10, 3, 20)] };
    expect(waitingOf(work, null)).toBeCloseTo((0 + 20 + 40) / 3, 9);
    expect(savedBy(work, { readyMs: 0, slots: 2 })).toBeCloseTo(20, 9);
  });

  it("saves nothing where there is a slot for each, and never less than nothing for single tasks", () => {
    expect(
      savedBy({ slotsFreeMs: [0, 0], jobs: [job(0, 9), job(3, 9)] }, { readyMs: 0, slots: 2 }),
    ).toBe(0);
    fc.assert(
      fc.property(
        fc.array(fc.nat(100), { minLength: 1, maxLength: 4 }),
        fc.array(fc.nat(100), { maxLength: 12 }),
        fc.nat(100),
        (slotsFreeMs, readyMs, from) => {
          const jobs = readyMs.map((ms) => job(ms, 30));
          expect(
            savedBy({ slotsFreeMs, jobs }, { readyMs: from, slots: 2 }),
          ).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });
});
