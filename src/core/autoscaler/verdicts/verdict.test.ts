import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { holdMsMax, holdVerdict } from "./hold.ts";
import { graceMs } from "./readiness.ts";
import { type StartedLife, startVerdict } from "./start.ts";
import { breakEvenMs, stopVerdict } from "./stop.ts";
import type { Need, Verdict } from "./verdict.ts";
import { lengthWords, verdictWords } from "./words.ts";

const price = { microUsdPerHour: 3_600_000, quantumMs: 0 };
const life: StartedLife = {
  ...price,
  decidedMs: 0,
  readyMs: 100_000,
  workedFromMs: 100_000,
  ended: null,
  billed: { fromMs: 0, untilMs: 200_000 },
  isAlone: true,
};
const need = (neededMs: number, startedMs: number | null = null): Need => ({ neededMs, startedMs });

describe("a start", () => {
  it("was on time when nobody waited long and it did not stand idle long", () => {
    expect(startVerdict(life, [])?.kind).toBe("on-time");
    expect(startVerdict(life, [need(100_000 - graceMs)])?.kind).toBe("on-time");
    expect(startVerdict({ ...life, workedFromMs: 100_000 + graceMs }, [])?.kind).toBe("on-time");
  });

  it("was late by the longest wait, and says who waited how long in sum", () => {
    const verdict = startVerdict(life, [need(10_000), need(60_000, 100_500), need(0, 99_999)]);
    expect(verdict).toEqual({
      ...{ kind: "late", seconds: 90, microUsd: 0 },
      ...{ documents: 2, waitSeconds: 130 },
    });
  });

  it("answers only for the wait since its decision where others were there before", () => {
    const second = { ...life, decidedMs: 50_000, isAlone: false };
    expect(startVerdict(second, [need(10_000)])).toMatchObject({ kind: "late", seconds: 50 });
    expect(startVerdict({ ...second, decidedMs: 75_000 }, [need(10_000)])?.kind).toBe("on-time");
  });

  it("was early by the time it stood idle, which was paid for", () => {
    const verdict = startVerdict({ ...life, workedFromMs: 160_000 }, [need(160_000)]);
    expect(verdict).toMatchObject({ kind: "early", seconds: 60, microUsd: 60_000, documents: 0 });
  });

  it("was unused or failed when it ended before it worked, and all of it was paid for nothing", () => {
    const idle = { ...life, workedFromMs: null };
    expect(startVerdict(idle, [])).toBeNull();
    const stopped = startVerdict({ ...idle, ended: { how: "stopped" }, quantumMs: 600_000 }, []);
    expect(stopped).toMatchObject({ kind: "unused", seconds: 600, microUsd: 600_000 });
    const failed = startVerdict({ ...idle, readyMs: null, ended: { how: "failed" } }, []);
    expect(failed).toMatchObject({ kind: "failed", seconds: 200, microUsd: 200_000 });
    const unbilled = { ...idle, billed: null, ended: { how: "stopped" } } as const;
    expect(startVerdict(unbilled, [])).toMatchObject({ kind: "unused", seconds: 0, microUsd: 0 });
    const unpriced = { ...idle, microUsdPerHour: "unpriced", ended: { how: "stopped" } } as const;
    expect(startVerdict(unpriced, [])?.microUsd).toBeNull();
  });

  const instant = fc.integer({ min: 0, max: 600_000 });
  const needs = fc.array(
    fc.record({ neededMs: instant, startedMs: fc.option(instant, { nil: null }) }),
    { maxLength: 8 },
  );
  const lives: fc.Arbitrary<StartedLife> = fc
    .record({
      decidedMs: instant,
      start: instant,
      idle: fc.option(instant, { nil: null }),
      ready: fc.boolean(),
      end: fc.constantFrom(null, { how: "stopped" } as const, { how: "failed" } as const),
      price: fc.constantFrom(null, "unpriced" as const, 0, 800_000),
      quantumMs: fc.constantFrom(0, 600_000),
      isAlone: fc.boolean(),
    })
    .map(({ decidedMs, start, idle, ready, end, price: microUsdPerHour, quantumMs, isAlone }) => ({
      ...{ decidedMs, microUsdPerHour, quantumMs, isAlone, ended: end },
      readyMs: ready || idle !== null ? decidedMs + start : null,
      workedFromMs: idle === null ? null : decidedMs + start + idle,
      billed: { fromMs: decidedMs, untilMs: decidedMs + start + (idle ?? 0) },
    }));

  it("has exactly one verdict as soon as it has worked or ended, and none before", () => {
    fc.assert(
      fc.property(lives, needs, (one, all) => {
        const verdict = startVerdict(one, all);
        const isOpen = one.workedFromMs === null && one.ended === null;
        expect(verdict === null).toBe(isOpen);
        if (verdict === null) return;
        expect(["on-time", "early", "late", "unused", "failed"]).toContain(verdict.kind);
        const worked = one.workedFromMs !== null;
        expect(["on-time", "early", "late"].includes(verdict.kind)).toBe(worked);
      }),
    );
  });

  it("wastes money or keeps documents waiting, never both, and neither below nothing", () => {
    fc.assert(
      fc.property(lives, needs, (one, all) => {
        const verdict = startVerdict(one, all);
        if (verdict === null) return;
        expect(verdict.microUsd ?? 0).toBeGreaterThanOrEqual(0);
        expect(verdict.seconds).toBeGreaterThanOrEqual(0);
        expect(verdict.documents > 0).toBe(verdict.waitSeconds > 0);
        expect(verdict.kind === "late").toBe(verdict.documents > 0);
        if (verdict.kind === "late") {
          expect(verdict.microUsd).toBe(0);
          expect(verdict.seconds * 1000).toBeGreaterThan(graceMs);
          expect(verdict.waitSeconds).toBeGreaterThanOrEqual(verdict.seconds);
        }
      }),
    );
  });

  it("asks for no later need: what comes once it is ready changes nothing", () => {
    fc.assert(
      fc.property(lives, needs, instant, (one, all, laterMs) => {
        const readyMs = one.readyMs ?? one.workedFromMs ?? 0;
        const more = [...all, need(readyMs + laterMs)];
        expect(startVerdict(one, more)).toEqual(startVerdict(one, all));
      }),
    );
  });
});

describe("a stop", () => {
  const facts = { ...price, atMs: 0, coldStartMs: 100_000, waitRatio: 4 };

  it("is too soon when the pool starts again before break-even, by what was missing", () => {
    expect(breakEvenMs(100_000, 4)).toBe(500_000);
    const soon = stopVerdict({ ...facts, nowMs: 40_000, nextStartMs: 40_000 });
    expect(soon).toMatchObject({ kind: "too-soon", seconds: 460, microUsd: 60_000 });
    const later = stopVerdict({ ...facts, nowMs: 499_999, nextStartMs: 499_999 });
    expect(later).toMatchObject({ kind: "too-soon", seconds: 0.001, microUsd: 0 });
  });

  it("is right once break-even has passed, and open until then", () => {
    expect(stopVerdict({ ...facts, nowMs: 499_999, nextStartMs: null })).toBeNull();
    expect(stopVerdict({ ...facts, nowMs: 500_000, nextStartMs: null })?.kind).toBe("right");
    expect(stopVerdict({ ...facts, nowMs: 900_000, nextStartMs: 500_000 })?.kind).toBe("right");
  });

  it("is not judged where nobody knows what a start takes", () => {
    const unknown = { ...facts, coldStartMs: null, nowMs: 1, nextStartMs: null };
    expect(stopVerdict(unknown)?.kind).toBe("unjudged");
  });

  it("does not change its verdict as time goes on", () => {
    const ms = fc.integer({ min: 0, max: 2_000_000 });
    fc.assert(
      fc.property(ms, ms, fc.option(ms, { nil: null }), (nowMs, moreMs, nextStartMs) => {
        const knownMs = (at: number) =>
          nextStartMs !== null && nextStartMs <= at ? nextStartMs : null;
        const first = stopVerdict({ ...facts, nowMs, nextStartMs: knownMs(nowMs) });
        if (first === null) return;
        const laterMs = nowMs + moreMs;
        expect(stopVerdict({ ...facts, nowMs: laterMs, nextStartMs: knownMs(laterMs) })).toEqual(
          first,
        );
        expect(first.microUsd ?? 0).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe("a hold", () => {
  const facts = { atMs: 0, nowMs: 200_000, nextMs: 200_000, starting: [] };

  it("cost nothing when nobody waited long", () => {
    expect(holdVerdict(facts, [])?.kind).toBe("harmless");
    expect(holdVerdict(facts, [need(170_000), need(50_000, 60_000)])?.kind).toBe("harmless");
  });

  it("cost waiting when a document waited and nothing was on its way", () => {
    expect(holdVerdict(facts, [need(-50_000), need(150_000, 160_000)])).toMatchObject({
      ...{ kind: "costly", seconds: 200, microUsd: 0 },
      ...{ documents: 2, waitSeconds: 210 },
    });
    const starting = [{ fromMs: -10_000, toMs: 190_000 }];
    expect(holdVerdict({ ...facts, starting }, [need(-50_000)])?.kind).toBe("harmless");
  });

  it("is open until the next decision, an hour at most", () => {
    expect(holdVerdict({ ...facts, nextMs: null }, [])).toBeNull();
    const old = { ...facts, nextMs: null, nowMs: 2 * holdMsMax };
    expect(holdVerdict(old, [need(0)])).toMatchObject({ kind: "costly", seconds: 3600 });
  });
});

it("verdicts are words that a person can read", () => {
  const words = (own: Partial<Verdict>): string =>
    verdictWords({
      kind: "on-time",
      seconds: 0,
      microUsd: 0,
      documents: 0,
      waitSeconds: 0,
      ...own,
    });
  expect(words({})).toBe("on time");
  expect(words({ kind: "early", seconds: 125, microUsd: 27_800 })).toBe(
    "early by 2 min 5 s, $0.03 for nothing",
  );
  expect(words({ kind: "late", seconds: 60, documents: 1, waitSeconds: 60 })).toBe(
    "late by 1 min: 1 document waited 1 min",
  );
  expect(words({ kind: "late", seconds: 60, documents: 2, waitSeconds: 90 })).toBe(
    "late by 1 min: 2 documents waited 1 min 30 s in sum",
  );
  expect(words({ kind: "unused", seconds: 7500, microUsd: null })).toBe(
    "unused for 2 h 5 min, at an unknown price",
  );
  expect(words({ kind: "failed" })).toBe("failed");
  expect([0, 59.6, 3600, 86_400].map(lengthWords)).toEqual(["0 s", "1 min", "1 h", "24 h"]);
});
