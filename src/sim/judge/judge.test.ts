import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DocumentOutcome, ReplicaLife } from "../model.ts";
import { figuresOf } from "./figures.ts";
import { createJudge, type PriceList } from "./judge.ts";
import { sumOf } from "./tally.ts";

const cheap: PriceList = {
  name: "cheap",
  microUsdPerHour: { vision: 500_000, text: 800_000 },
  quantumMs: 0,
};
const pieces: PriceList = {
  name: "pieces",
  microUsdPerHour: { vision: 1_510_000, text: 1_510_000 },
  quantumMs: 600_000,
};
const priceLists = [cheap, pieces];

const document: DocumentOutcome = {
  ...{ id: 0, arrivalMs: 0, slides: 10, visualStartMs: 100_000, textNeededMs: 140_000 },
  ...{
    textStartMs: 160_000,
    endMs: 200_000,
    end: "done",
    criticalPathMs: 80_000,
    onTime: false,
    feasible: true,
  },
};
const life: ReplicaLife = {
  ...{ pool: "text", name: "text-1", requestedMs: 0, readyMs: 100_000, stoppedMs: 500_000 },
  ...{ endMs: 500_000, how: "stopped", busyMs: 150_000, tasks: 3 },
};

describe("a judge", () => {
  it("tells money, time and readiness of hand-made outcomes", () => {
    const judge = createJudge({ priceLists, fromMs: 0, untilMs: 1_000_000, blocks: 1 });
    judge.observer.onDocument(document);
    judge.observer.onDocument({ ...document, id: 1, onTime: true, textStartMs: 140_000 });
    judge.observer.onDocument({ ...document, id: 2, feasible: false, textStartMs: 200_000 });
    judge.observer.onReplica(life);
    judge.observer.onReplica({ ...life, tasks: 0, busyMs: 0 });
    judge.observer.onReplica({ ...life, tasks: 0, busyMs: 0, readyMs: null });
    const sum = sumOf(judge.blocks);
    const figures = figuresOf(sum, priceLists, 0);
    expect(figures.documents).toBe(3);
    expect(figures.hours).toEqual({
      text: { busy: 150 / 3600, cold: 700 / 3600, idle: expect.closeTo(650 / 3600, 9) },
    });
    // Three lives of 500 s at $0.80.
    expect(figures.usdPerDocument).toBeCloseTo((0.8 * 500) / 3600, 5);
    expect(figuresOf(sum, priceLists, 1).usdPerDocument).toBeCloseTo((1.51 * 600) / 3600, 5);
    expect(figures.meanDelayMs).toBe(120_000);
    expect(figures.meanTextWaitMs).toBeCloseTo(80_000 / 3, 6);
    expect([figures.onTime.hits, figures.within30s.hits]).toEqual([1, 2]);
    expect(figures.onTimeFeasible).toMatchObject({ hits: 1, of: 2, share: 0.5 });
    expect(figures.wastedStartsPer100).toBeCloseTo(100 / 3, 9);
    const delayUsd = (4 * 0.8 * 120) / 3600;
    expect(figures.usdWithWaiting["4"]).toBeCloseTo((0.8 * 500) / 3600 + delayUsd, 5);
  });

  it("says nothing per document where there was none", () => {
    const judge = createJudge({ priceLists, fromMs: 0, untilMs: 1, blocks: 1 });
    const figures = figuresOf(sumOf(judge.blocks), priceLists, 0);
    expect([figures.usdPerDocument, figures.completionP95Ms, figures.usdWithWaiting["9"]]).toEqual([
      null,
      null,
      null,
    ]);
  });

  it("adds up to the same however many blocks there are", () => {
    const lives = fc.array(
      fc.record({
        requestedMs: fc.integer({ min: 0, max: 2_000 }),
        cold: fc.integer({ min: 0, max: 500 }),
        busyMs: fc.integer({ min: 0, max: 500 }),
        idle: fc.integer({ min: 0, max: 3_000 }),
      }),
      { maxLength: 10 },
    );
    fc.assert(
      fc.property(lives, fc.integer({ min: 1, max: 40 }), (all, blocks) => {
        const told = [1, blocks].map((n) => {
          const judge = createJudge({ priceLists, fromMs: 0, untilMs: 2_000, blocks: n });
          for (const { requestedMs, cold, busyMs, idle } of all) {
            const readyMs = requestedMs + cold;
            judge.observer.onReplica({
              ...{ pool: "vision", name: "vision-1", requestedMs, readyMs, busyMs, tasks: 1 },
              ...{ stoppedMs: readyMs + busyMs + idle, endMs: readyMs + busyMs + idle },
              how: "stopped",
            });
          }
          const { microUsd, pools } = sumOf(judge.blocks);
          const { busyMs = 0, coldMs = 0, idleMs = 0 } = pools.get("vision") ?? {};
          return [...microUsd, busyMs, coldMs, idleMs];
        });
        for (const [at, value] of (told[0] ?? []).entries()) {
          expect(told[1]?.[at]).toBeCloseTo(value, 3);
        }
      }),
    );
  });

  it("leaves out what lies before the stretch and keeps a replica's time after it", () => {
    const judge = createJudge({ priceLists, fromMs: 250_000, untilMs: 300_000, blocks: 5 });
    judge.observer.onDocument(document);
    judge.observer.onReplica(life);
    const sum = sumOf(judge.blocks);
    expect([sum.documents, sum.starts]).toEqual([0, 0]);
    const { busyMs, coldMs, idleMs } = sum.pools.get("text") ?? { busyMs: 0, coldMs: 0, idleMs: 0 };
    expect(coldMs).toBe(0);
    expect(busyMs + idleMs).toBeCloseTo(250_000, 6);
    expect(judge.blocks.map(({ pools }) => Math.round(pools.get("text")?.busyMs ?? 0))).toEqual([
      3750, 3750, 3750, 3750, 78750,
    ]);
  });

  it("refuses a pool that it cannot price", () => {
    const judge = createJudge({ priceLists, fromMs: 0, untilMs: 1, blocks: 1 });
    expect(() => judge.observer.onReplica({ ...life, pool: "audio" })).toThrow(/no price/);
  });
});
