import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { wholeMs } from "../../core/fleet/deadlines.ts";
import { runStudy } from "../study/job.ts";
import { summaryOf } from "../study/summary.ts";
import { madeUpArrivals } from "../worlds/arrivals.ts";
import { recordedColdStarts } from "../worlds/pinned-cold-starts.ts";
import { assumedSetting, baseFor, settingOfHistory } from "./known.ts";
import { differenceOf, whatIfResult } from "./result.ts";
import { medianOf, type SimSetting, startMedianOf, studyJob, withChanges } from "./setting.ts";

const arrivalsMs = madeUpArrivals(2, 48 * 3_600_000);
const runsOf = (setting: SimSetting, policy = "reference", seeds = [1, 2]) =>
  seeds.map((seed) => runStudy(studyJob(setting, { policy, arrivalsMs, seed })));

describe("a setting with changes", () => {
  it("is the same one where nothing is to be otherwise", () => {
    expect(withChanges(assumedSetting, {})).toEqual(assumedSetting);
  });

  it("takes over each figure that is given, for its own pool alone", () => {
    const given = fc.record({
      keep: fc.integer({ min: 0, max: 86_400 }),
      most: fc.integer({ min: 1, max: 99 }),
      start: fc.double({ min: 1, max: 3600, noNaN: true }),
      usd: fc.integer({ min: 0, max: 1000 }),
      slides: fc.integer({ min: 1, max: 300 }),
      pool: fc.constantFrom("vision" as const, "text" as const),
      coldStarts: fc.constantFrom(assumedSetting.coldStarts, recordedColdStarts),
    });
    fc.assert(
      fc.property(given, ({ keep, most, start, usd, slides, pool, coldStarts }) => {
        const other = pool === "vision" ? "text" : "vision";
        const before = { ...assumedSetting, coldStarts };
        const after = withChanges(before, {
          ...{ slides, keepWarmSeconds: { [pool]: keep }, maxReplicas: { [pool]: most } },
          ...{ coldStartSeconds: { [pool]: start }, usdPerHour: { [pool]: usd } },
        });
        expect(after.base.scaling[pool]).toMatchObject({
          ...{ scaleDownDelayMs: 1000 * keep, maxReplicas: most },
        });
        expect(after.base.scaling[other]).toEqual(before.base.scaling[other]);
        expect(startMedianOf(after.coldStarts, pool)).toBeCloseTo(start, 6);
        expect(startMedianOf(after.coldStarts, other)).toBe(startMedianOf(coldStarts, other));
        expect(after.prices.microUsdPerHour[pool]).toBe(usd * 1_000_000);
        expect(after.prices.microUsdPerHour[other]).toBe(before.prices.microUsdPerHour[other]);
        expect(after.base.microUsdPerHour).toEqual(after.prices.microUsdPerHour);
        expect(medianOf(after.service.slides)).toBeCloseTo(slides, 6);
      }),
      { numRuns: 100 },
    );
  });

  it("values a history without prices at the request's", () => {
    const { base, service, coldStarts } = assumedSetting;
    const history = {
      ...{ arrivalsMs, service, coldStarts },
      current: { policy: "", settings: {} },
    };
    const objectives = { p95Ms: 900_000, onTime: 0.9 };
    const free = { ...base, microUsdPerHour: {}, quantumMs: 600_000 };
    expect(settingOfHistory({ ...history, objectives, base: free })).toEqual(assumedSetting);
    const priced = { ...base, microUsdPerHour: { vision: 1, text: 2 }, quantumMs: 600_000 };
    const { prices } = settingOfHistory({ ...history, objectives, base: priced });
    expect(prices).toMatchObject({ name: "own", quantumMs: 600_000 });
  });
});

describe("a start that phases give more time than the whole", () => {
  const phases = { provisioning: 120_000, pulling_model: 180_000, loading: 30_000 };
  const { scaling } = assumedSetting.base;
  const limited = (phaseDeadlines: object) => {
    const pool = (one: typeof scaling.vision) => ({
      ...{ ...one, startupTimeoutMs: 60_000, phaseDeadlines },
    });
    const own = { ...scaling, vision: pool(scaling.vision), text: pool(scaling.text) };
    return { ...assumedSetting, base: baseFor(own, "split", assumedSetting.prices) };
  };
  const delayOf = (setting: SimSetting): number =>
    whatIfResult(runsOf(setting), setting.prices).figures.meanDelayMs ?? Number.NaN;

  it("is waited for as the installation waits for it", () => {
    const { startupTimeoutMs: totalMs, phaseDeadlines = {} } = limited(phases).base.scaling.text;
    expect(wholeMs({ totalMs, phases: phaseDeadlines })).toBe(360_000);
    // All starts are waited for, as with the longer limit; without the phases' time most are given up.
    expect(delayOf(limited(phases))).toBeLessThan(1.1 * delayOf(assumedSetting));
    expect(delayOf(limited({}))).toBeGreaterThan(2 * delayOf(assumedSetting));
  });
});

describe("the result of a setting", () => {
  it("has the figures that a study of it has, a month of 730 hours, and the share of paid time that was work", () => {
    const runs = runsOf(assumedSetting);
    const summary = summaryOf(runs, [assumedSetting.prices], 0);
    const result = whatIfResult(runs, assumedSetting.prices);
    expect(result.figures).toEqual(summary.figures);
    expect(result.usdPerMonth.estimate).toBeCloseTo(summary.usdPerHour.estimate * 730, 9);
    expect(result.utilisation).toBeGreaterThan(0);
    expect(result.utilisation).toBeLessThan(1);
    expect(result.waits.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
  });

  it("differs from itself by nothing, and from one with dearer machines by their price", () => {
    const prices = assumedSetting.prices;
    const a = whatIfResult(runsOf(assumedSetting), prices);
    const none = differenceOf([a, a], [prices, prices]);
    for (const { estimate, low, high } of Object.values(none)) {
      expect([estimate, low, high]).toEqual([0, 0, 0]);
    }
    const dear = withChanges(assumedSetting, { usdPerHour: { vision: 1, text: 1.6 } });
    const b = whatIfResult(runsOf(dear), dear.prices);
    const more = differenceOf([a, b], [prices, dear.prices]);
    expect(more.usdPerMonth.estimate).toBeCloseTo(a.usdPerMonth.estimate, 3);
    expect(more.usdPerDocument.low).toBeGreaterThan(0);
    expect(more.p95Ms).toEqual({ estimate: 0, low: 0, high: 0 });
  });

  it("costs more and waits less with replicas that are kept warm", () => {
    const kept = withChanges(assumedSetting, { keepWarmSeconds: { vision: 7200, text: 7200 } });
    const brief = withChanges(assumedSetting, { keepWarmSeconds: { vision: 10, text: 10 } });
    const [a, b] = [brief, kept].map((one) => whatIfResult(runsOf(one), one.prices));
    expect(b?.usdPerMonth.estimate).toBeGreaterThan(a?.usdPerMonth.estimate ?? 0);
    expect(b?.figures.meanDelayMs).toBeLessThan(a?.figures.meanDelayMs ?? 0);
  });
});
