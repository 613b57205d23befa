import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scalingDefaults, scalingOf } from "../../core/autoscaler/settings.ts";
import { sumOf } from "../judge/tally.ts";
import { waitEdgesMs } from "../report/data.ts";
import { poissonArrivals } from "../worlds/arrivals.ts";
import { prdColdStarts } from "../worlds/cold-starts.ts";
import { pinnedServiceTimes } from "../worlds/pinned-service-times.ts";
import { runStudy, type StudyJob } from "./job.ts";
import { reportData } from "./report.ts";
import { judgedOf, typicalDay } from "./spans.ts";
import { summaryOf } from "./summary.ts";
import { sweepsOf } from "./sweep.ts";

const arrivalsMs = [...poissonArrivals({ perHour: 6, count: 300, seed: 5 })];
const prices = {
  ...{ name: "prd", quantumMs: 0 },
  microUsdPerHour: { vision: 500_000, text: 800_000 },
};
const job = (own: Partial<StudyJob>): StudyJob => ({
  ...{ policy: "reference", arrivalsMs, seed: 1, withinMs: 600_000, window: null },
  base: { scaling: scalingOf(scalingDefaults), topology: "split", ...prices },
  ...{ service: pinnedServiceTimes, coldStarts: prdColdStarts, priceLists: [prices] },
  judged: judgedOf(arrivalsMs),
  ...own,
});

describe("a study", () => {
  const runs = [1, 2].map((seed) => runStudy(job({ seed })));
  const summary = summaryOf(runs, [prices], 0);

  it("is the same when it is done again from a copy of its job", () => {
    expect(runStudy(structuredClone(job({})))).toEqual(runs[0]);
    expect(runs[1]?.blocks).not.toEqual(runs[0]?.blocks);
  });

  it("counts each document of the judged stretch once, and no other", () => {
    const { fromMs } = judgedOf(arrivalsMs);
    const counted = arrivalsMs.filter((ms) => ms >= fromMs).length;
    expect(counted).toBeLessThan(arrivalsMs.length);
    for (const run of runs) {
      expect(sumOf(run.blocks).documents).toBe(counted);
      for (const bins of [run.waits.text, run.waits.all]) {
        expect(bins).toHaveLength(waitEdgesMs.length + 1);
        expect(bins.reduce((sum, one) => sum + one, 0)).toBe(counted);
      }
      for (const [at, within] of run.within.entries()) {
        expect(within).toBeLessThanOrEqual(run.blocks[at]?.documents ?? 0);
      }
    }
    expect(summary.figures.documents).toBe(2 * counted);
  });

  it("has intervals that hold their estimates, and an estimate that is the figure", () => {
    const { figures, usdPerDocument, p95Ms, within, usdPerHour } = summary;
    expect(usdPerDocument.estimate).toBeCloseTo(figures.usdPerDocument ?? 0, 9);
    expect(p95Ms.estimate).toBe(figures.completionP95Ms);
    for (const { low, estimate, high } of [usdPerDocument, p95Ms, within, usdPerHour]) {
      expect(low).toBeLessThanOrEqual(estimate);
      expect(high).toBeGreaterThanOrEqual(estimate);
    }
    const { fromMs, untilMs } = judgedOf(arrivalsMs);
    const usd = (figures.usdPerDocument ?? 0) * figures.documents;
    expect(usdPerHour.estimate).toBeCloseTo(usd / 2 / ((untilMs - fromMs) / 3_600_000), 9);
  });

  it("says that nothing is done in no time, and all of it in a long time", () => {
    const shareOf = (withinMs: number) =>
      summaryOf([runStudy(job({ withinMs }))], [prices], 0).within.estimate;
    expect([shareOf(1), shareOf(1e9)]).toEqual([0, 1]);
  });

  it("keeps lives that touch the window alone, and draws them as lanes by pool and number", () => {
    const window = typicalDay(arrivalsMs, judgedOf(arrivalsMs));
    const run = runStudy(job({ window }));
    expect(run.lives.length).toBeGreaterThan(0);
    for (const life of run.lives) {
      expect(life.endMs).toBeGreaterThan(window.fromMs);
      expect(life.requestedMs).toBeLessThan(window.untilMs);
    }
    const data = reportData({
      ...{ title: "t", facts: [], summaries: [summary], first: [run], window, why: "", arrivalsMs },
      sweeps: sweepsOf(["reference"]).map((sweep) => ({ sweep, summaries: [] })),
    });
    const [lanes] = data.timelines?.policies ?? [];
    const names = lanes?.lanes.map(({ replica }) => replica) ?? [];
    expect(names.slice(0, 1)).toEqual(["vision-1"]);
    expect(names.findIndex((name) => name.startsWith("text"))).toBeGreaterThan(0);
    expect(data.curves[0]?.points).toEqual([]);
    expect(data.rows[0]?.usdPerDocument).toBe(summary.figures.usdPerDocument);
  });

  it("refuses a policy that nobody knows", () => {
    expect(() => runStudy(job({ policy: "fortune" }))).toThrow("fortune");
  });
});

it("looks at a whole day whose number of uploads is the median, or at all of a shorter stretch", () => {
  const day = 86_400_000;
  const arrivals = fc.array(fc.integer({ min: 0, max: 9 * day }), { minLength: 2 });
  fc.assert(
    fc.property(arrivals, (given) => {
      const sorted = given.toSorted((a, b) => a - b);
      const judged = judgedOf(sorted);
      const window = typicalDay(sorted, judged);
      expect(window.fromMs).toBeGreaterThanOrEqual(judged.fromMs);
      expect(window.untilMs).toBeLessThanOrEqual(judged.untilMs);
      const lengthMs = judged.untilMs - judged.fromMs;
      expect(window.untilMs - window.fromMs).toBeCloseTo(lengthMs < day ? lengthMs : day, 3);
    }),
  );
  const busy = [0, 1, 2, day, day + 1, 2 * day, 3 * day];
  expect(typicalDay(busy, { fromMs: 0, untilMs: 3 * day }).fromMs).toBe(day);
});

it("sweeps our wait price and others' idle time, of the policies that are named", () => {
  const sweeps = sweepsOf(["just-in-time:goal=0.9", "reference", "always-on"]);
  expect(sweeps.map(({ name, setting, isOurs }) => [name, setting, isOurs])).toEqual([
    ["just-in-time", "wait price", true],
    ["reference", "idle time", false],
  ]);
  expect(sweeps[0]?.points[3]).toEqual({ label: "4", policy: "just-in-time:wait-price=4" });
  expect(sweeps[1]?.points.every(({ policy }) => policy.startsWith("reference:"))).toBe(true);
});
