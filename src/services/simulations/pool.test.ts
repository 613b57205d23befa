import { describe, expect, it } from "vitest";
import { scalingDefaults, scalingOf } from "../../core/autoscaler/settings.ts";
import { runStudy, type StudyJob } from "../../sim/study/job.ts";
import { judgedOf } from "../../sim/study/spans.ts";
import { poissonArrivals } from "../../sim/worlds/arrivals.ts";
import { prdColdStarts } from "../../sim/worlds/cold-starts.ts";
import { pinnedServiceTimes } from "../../sim/worlds/pinned-service-times.ts";
import { runSimulations } from "./pool.ts";

const job = (own: Partial<StudyJob> & { documents?: number } = {}): StudyJob => {
  const { documents = 40, ...rest } = own;
  const arrivalsMs = [...poissonArrivals({ perHour: 6, count: documents, seed: 5 })];
  const microUsdPerHour = { vision: 500_000, text: 800_000 };
  const base = { scaling: scalingOf(scalingDefaults), microUsdPerHour, quantumMs: 0 };
  return {
    ...{ policy: "reference", arrivalsMs, seed: 1, withinMs: 600_000, window: null },
    base: { ...base, topology: "split" },
    ...{ service: pinnedServiceTimes, coldStarts: prdColdStarts },
    priceLists: [{ name: "prd", microUsdPerHour, quantumMs: 0 }],
    judged: judgedOf(arrivalsMs),
    ...rest,
  };
};
const threads = 2;

describe("simulations on threads", () => {
  it("give what they give here, in the order of the jobs, and tell each end", async () => {
    const jobs = [3, 1, 2].map((seed) => job({ seed }));
    const told: string[] = [];
    const runs = await runSimulations(jobs, {
      ...{ signal: new AbortController().signal, threads },
      onDone: (done, of) => told.push(`${done}/${of}`),
    });
    expect(runs).toEqual(jobs.map((one) => runStudy(one)));
    expect(told).toEqual(["1/3", "2/3", "3/3"]);
    expect(await runSimulations([], { signal: new AbortController().signal })).toEqual([]);
  });

  it("end at once, in the middle of a long one, when they are called off", async () => {
    const controller = new AbortController();
    const long = job({ documents: 400_000, policy: "just-in-time" });
    const running = runSimulations([job(), long], {
      ...{ signal: controller.signal, threads },
      onDone: () => controller.abort(new Error("called off")),
    });
    await expect(running).rejects.toThrow("called off");
    await expect(runSimulations([job()], { signal: controller.signal })).rejects.toThrow();
  });

  it("fail with what one of them threw", async () => {
    const jobs = [job(), job({ policy: "fortune-teller" })];
    const running = runSimulations(jobs, { signal: new AbortController().signal, threads });
    await expect(running).rejects.toThrow("fortune-teller");
  });
});
