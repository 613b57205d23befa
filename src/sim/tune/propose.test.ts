import { describe, expect, it } from "vitest";
import { scalingDefaults, scalingOf } from "../../core/autoscaler/settings.ts";
import type { RunAll } from "../plan/plan.ts";
import { runStudy, type StudyJob, type StudyRun } from "../study/job.ts";
import { poissonArrivals } from "../worlds/arrivals.ts";
import { prdColdStarts } from "../worlds/cold-starts.ts";
import { pinnedServiceTimes } from "../worlds/pinned-service-times.ts";
import { propose, type TuneInput } from "./propose.ts";

const scaling = scalingOf(scalingDefaults);
const base = {
  ...{ scaling, topology: "split" as const, quantumMs: 0 },
  microUsdPerHour: { vision: 500_000, text: 800_000 },
};
const input = (own: Partial<TuneInput> = {}): TuneInput => ({
  arrivalsMs: [...poissonArrivals({ perHour: 6, count: 130, seed: 2 })],
  ...{ service: pinnedServiceTimes, coldStarts: prdColdStarts, base },
  current: { policy: "reference", settings: {} },
  objectives: { p95Ms: 900_000, onTime: 0.5 },
  ...own,
});

const seen: StudyJob[] = [];
const done = new Map<string, StudyRun>();
/** All tests play one world, so what one has simulated the others need not. */
const runAll: RunAll = async (jobs) =>
  jobs.map((job) => {
    seen.push(job);
    const key = JSON.stringify([job.policy, job.base, job.seed]);
    const run = done.get(key) ?? runStudy(job);
    done.set(key, run);
    return run;
  });

describe("a proposal", () => {
  it("is not made from fewer documents than say anything", async () => {
    const arrivalsMs = Array.from({ length: 49 }, (_, n) => n * 60_000);
    expect(await propose(input({ arrivalsMs }), () => Promise.reject(new Error("ran")))).toEqual({
      ...{ kind: "too-little", documents: 49, needed: 50 },
    });
  });

  it("keeps the objectives in replay, and foretells from the half that did not choose", async () => {
    // Somebody left both pools on for good: nearly anything is cheaper.
    const current = { policy: "always-on:replicas=2", settings: {} };
    const proposal = await propose(input({ current }), runAll);
    expect(proposal.kind).toBe("propose");
    if (proposal.kind !== "propose") return;
    const { usdPerDocument, p95Ms, onTime, documents } = proposal.predicted;
    expect(usdPerDocument.after).toBeLessThan(usdPerDocument.before);
    expect(usdPerDocument.low).toBeLessThanOrEqual(usdPerDocument.high);
    expect(usdPerDocument.high).toBeLessThan(0);
    expect(p95Ms.after).toBeLessThanOrEqual(900_000);
    expect(onTime.after).toBeGreaterThanOrEqual(0.5);
    expect(documents).toBeGreaterThan(40);
    expect(documents).toBeLessThan(90);
  });

  it("never goes beyond the bounds that are configured", () => {
    for (const { base: tried } of seen) {
      expect(tried.scaling.vision.maxReplicas).toBeLessThanOrEqual(2);
      expect(tried.scaling.text.maxReplicas).toBeLessThanOrEqual(3);
    }
    expect(seen.some(({ base: tried }) => tried.scaling.text.maxReplicas === 2)).toBe(true);
  });

  it("is refused where it would break an objective, with the figure and what is broken already", async () => {
    const current = { policy: "always-on:replicas=2", settings: {} };
    const strict = { p95Ms: 1_000, onTime: 0.5 };
    const refused = await propose(input({ current, objectives: strict }), runAll);
    expect(refused).toMatchObject({ kind: "refused" });
    if (refused.kind !== "refused") return;
    expect(refused.breaks).toEqual([
      expect.stringMatching(
        /^95 % of documents would end within \d.* not 0\.0 min \(it is broken now, too\)$/,
      ),
    ]);
  });

  it("is none where what counts now was found to be best", async () => {
    const first = await propose(input(), runAll);
    if (first.kind !== "propose") throw new Error(first.kind);
    const { policy, settings } = first;
    const again = await propose(input({ current: { policy, settings } }), runAll);
    expect(["keep", "refused"]).toContain(again.kind);
  });
});
