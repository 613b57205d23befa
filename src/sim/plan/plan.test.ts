import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scalingDefaults, scalingOf } from "../../core/autoscaler/settings.ts";
import { runStudy, type StudyJob } from "../study/job.ts";
import { poissonArrivals } from "../worlds/arrivals.ts";
import { prdColdStarts } from "../worlds/cold-starts.ts";
import { pinnedServiceTimes } from "../worlds/pinned-service-times.ts";
import { goalsOf } from "./goals.ts";
import { type Offer, usdPerHour } from "./offer.ts";
import { bestOf, type PlanInput, type RunAll, recommended } from "./plan.ts";
import { coarse, finer } from "./search.ts";
import { sped } from "./sped.ts";

const scaling = scalingOf(scalingDefaults);
const offer = (own: Partial<Offer> = {}): Offer => ({
  ...{ name: "split", topology: "split", gpu: null, spot: false, speed: 1, lostPerHour: 0 },
  prices: {
    ...{ name: "prd", quantumMs: 0 },
    microUsdPerHour: { vision: 500_000, text: 800_000, shared: 800_000 },
  },
  ...own,
});
const offers = [
  offer(),
  offer({ name: "dedicated", topology: "dedicated" }),
  offer({ name: "shared on spot", topology: "shared", spot: true, lostPerHour: 0.5, speed: 2 }),
];
const input = (own: Partial<PlanInput> = {}): PlanInput => ({
  arrivalsMs: [...poissonArrivals({ perHour: 6, count: 60, seed: 2 })],
  ...{ service: pinnedServiceTimes, coldStarts: prdColdStarts, scaling, offers },
  ...{ withinMs: 900_000, share: 0.9, seeds: 2 },
  ...own,
});

describe("a plan", () => {
  const jobs: StudyJob[] = [];
  const runAll: RunAll = async (given) => {
    jobs.push(...given);
    return given.map((job) => runStudy(job));
  };

  it("finds one way for each offer, and recommends the cheapest that keeps the promise", async () => {
    const best = await bestOf(input(), runAll);
    expect(best.map((option) => option.offer.name)).toEqual(offers.map(({ name }) => name));
    expect(best.map(({ summary }) => summary.seeds)).toEqual([2, 2, 2]);
    const chosen = recommended(best);
    const costs = best
      .filter(({ keeps }) => keeps === "yes")
      .map(({ summary }) => summary.figures.usdPerDocument ?? 0);
    expect(chosen?.summary.figures.usdPerDocument).toBe(Math.min(...costs));
  }, 60_000);

  it("simulates each offer as it is: its topology, its losses, its speed, one machine for the server", () => {
    expect(jobs.some(({ base }) => base.topology === "shared")).toBe(true);
    expect(new Set(jobs.map(({ coldStarts }) => coldStarts.lostPerHour))).toEqual(
      new Set([0, 0.5]),
    );
    const fast = jobs.find(({ coldStarts }) => coldStarts.lostPerHour === 0.5);
    expect(fast?.service.slideSeconds.median).toBe(pinnedServiceTimes.slideSeconds.median / 2);
    expect(jobs.some(({ policy }) => policy === "always-on:shared=1")).toBe(true);
  });

  it("recommends nothing where no way keeps the promise", async () => {
    const best = await bestOf(input({ withinMs: 1_000, offers: [offers[1] ?? offer()] }), runAll);
    expect(best.map(({ keeps }) => keeps)).toEqual(["no"]);
    expect(recommended(best)).toBeUndefined();
  });

  it("judges each goal of the request by its figure", async () => {
    const best = await bestOf(input({ offers: [offers[1] ?? offer()], seeds: 1 }), runAll);
    const [option] = best;
    if (option === undefined) throw new Error("none");
    const goals = goalsOf({ ...option, share: 0.9, withinMs: 900_000 });
    const verdictOf = (goal: string) => goals.find((one) => one.goal === goal)?.verdict;
    // A machine that is always on costs $0.80 an hour, whatever comes: $584 a month.
    expect(verdictOf("$97.50 a month")).toBe("no");
    expect(verdictOf("85 % below the $800 server")).toBe("no");
    expect(verdictOf("under $1.50 an hour, both kinds of work on")).toBe("yes");
    expect(verdictOf("text ready when needed, 90 %")).toBe("yes");
    expect(option.summary.usdPerHour.estimate).toBeCloseTo(0.8, 1);
  });
});

it("never searches beyond sound bounds, and tries nothing twice", () => {
  const caps = fc.record({
    vision: fc.integer({ min: 1, max: 16 }),
    text: fc.integer({ min: 1, max: 16 }),
  });
  fc.assert(
    fc.property(fc.constantFrom(...offers), caps, (given, bounds) => {
      for (const candidate of coarse(given, scaling)) {
        const around = finer({ ...candidate, caps: bounds });
        const keys = around.map(({ policy, caps: own }) => JSON.stringify([policy, own]));
        expect(new Set(keys).size).toBe(keys.length);
        for (const { caps: own } of around) {
          expect(Math.min(own.vision, own.text)).toBeGreaterThanOrEqual(1);
          expect(Math.max(own.vision, own.text)).toBeLessThanOrEqual(16);
        }
      }
    }),
  );
});

it("makes all work faster by the same factor, and leaves multiples alone", () => {
  const fast = sped(pinnedServiceTimes, 2);
  expect(fast.slideSeconds.median).toBe(1.75);
  expect(fast.tasks.slide_feedback).toEqual(pinnedServiceTimes.tasks.slide_feedback);
  expect(fast.tasks.extractions_and_template).toMatchObject({ median: 12.5 });
  expect(sped(pinnedServiceTimes, 1)).toBe(pinnedServiceTimes);
  expect(usdPerHour(offer())).toBeCloseTo(1.3);
});
