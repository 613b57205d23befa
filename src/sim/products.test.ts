import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { scriptBase } from "../../test/support/scripted-pools.ts";
import { policyNamed, policyNames } from "../core/autoscaler/policies/registry.ts";
import { type Figures, figuresOf } from "./judge/figures.ts";
import { createJudge, type PriceList } from "./judge/judge.ts";
import { sumOf } from "./judge/tally.ts";
import { simulate } from "./simulate.ts";
import { pitchDeckStage } from "./stages.ts";
import { poissonArrivals } from "./worlds/arrivals.ts";
import { prdColdStarts } from "./worlds/cold-starts.ts";
import { createWorld } from "./worlds/create-world.ts";
import { pinnedServiceTimes } from "./worlds/pinned-service-times.ts";

const file = fileURLToPath(
  new URL("../../../shared/data/traces/alibaba_genai__users__r2.csv", import.meta.url),
);

/** As in the prototype whose figures are compared: one task a replica at a time. */
const { vision, text } = scriptBase.scaling;
const scaling = {
  ...scriptBase.scaling,
  vision: { ...vision, slots: 1 },
  text: { ...text, slots: 1 },
};
const prices: PriceList = {
  name: "prd",
  microUsdPerHour: { vision: 500_000, text: 800_000 },
  quantumMs: 0,
};

const played = new Map<string, Figures>();

function figuresFor(policy: string, arrivalsMs: readonly number[]): Figures {
  const figures = played.get(policy) ?? play(policy, arrivalsMs);
  played.set(policy, figures);
  return figures;
}

function play(policy: string, arrivalsMs: readonly number[]): Figures {
  const choice = policyNamed(policy, { ...scriptBase, scaling });
  if ("problem" in choice) throw new Error(choice.problem);
  const untilMs = (arrivalsMs.at(-1) ?? 0) + 1;
  // The first twentieth does not count.
  const judge = createJudge({ priceLists: [prices], fromMs: untilMs / 20, untilMs, blocks: 1 });
  simulate({
    world: createWorld({
      name: policy,
      arrivalsMs,
      service: pinnedServiceTimes,
      coldStarts: prdColdStarts,
      seed: 1,
    }),
    stage: pitchDeckStage(scaling, "split"),
    policy: choice.policy,
    observer: judge.observer,
    check: true,
  });
  return figuresOf(sumOf(judge.blocks), [prices], 0);
}

/**
 * What an independent prototype had on the same arrivals, with service times of the same distributions but
 * other draws: dollars a document, seconds at the median and 95 %, shares on time and within 30 s.
 */
const prototype = [
  ["keda:target=2", 0.104, 359, 563, 0.61, 0.41],
  ["knative", 0.092, 310, 494, 0.44, 0.32],
  ["ray-serve", 0.142, 302, 543, 0.75, 0.54],
] as const;

// Recordings that may not lie in this repository; without them there is nothing to compare with.
describe.skipIf(!existsSync(file))("the models of other products, on recorded traffic", () => {
  const arrivalsMs = existsSync(file)
    ? readFileSync(file, "utf8")
        .trim()
        .split("\n")
        .slice(1)
        .map((line) => Math.round(1_000 * Number(line)))
    : [];

  it.each(prototype)("has %s near an independent prototype", (policy, usd, p50, p95, on, in30) => {
    const figures = figuresFor(policy, arrivalsMs);
    const ratio = (ours: number | null, theirs: number) => (ours ?? 0) / theirs;
    const ratios = [
      ratio(figures.usdPerDocument, usd),
      ratio(figures.completionP50Ms, 1_000 * p50),
      ratio(figures.completionP95Ms, 1_000 * p95),
    ];
    for (const one of ratios) {
      expect(one).toBeGreaterThan(0.85);
      expect(one).toBeLessThan(1.18);
    }
    expect(Math.abs((figures.onTime.share ?? 0) - on)).toBeLessThan(0.06);
    expect(Math.abs((figures.within30s.share ?? 0) - in30)).toBeLessThan(0.04);
  });

  it("orders them as their idle times do: RunPod cheapest and latest, Ray Serve dearest and first", () => {
    const [runpod, knative, keda, ray] = ["runpod", "knative", "keda:target=2", "ray-serve"].map(
      (policy) => figuresFor(policy, arrivalsMs),
    );
    const usd = [runpod, knative, keda, ray].map((one) => one?.usdPerDocument ?? Number.NaN);
    expect(usd).toEqual(usd.toSorted((a, b) => a - b));
    const onTime = [runpod, knative, keda, ray].map((one) => one?.onTime.share ?? Number.NaN);
    expect(onTime).toEqual(onTime.toSorted((a, b) => a - b));
  });
});

describe.each(["split", "shared"] as const)("every policy, in the topology %s", (topology) => {
  it.each(policyNames)("brings all documents to their end under %s, within its bounds", (name) => {
    const choice = policyNamed(name, { ...scriptBase, topology });
    if ("problem" in choice) throw new Error(choice.problem);
    const arrivalsMs = [...poissonArrivals({ perHour: 6, count: 60, seed: 7 })];
    let ended = 0;
    const summary = simulate({
      world: createWorld({
        name,
        arrivalsMs,
        service: pinnedServiceTimes,
        coldStarts: prdColdStarts,
        seed: 7,
      }),
      stage: pitchDeckStage(scriptBase.scaling, topology),
      policy: choice.policy,
      observer: {
        onDocument: () => {
          ended += 1;
        },
      },
      check: true,
    });
    expect(ended).toBe(60);
    // Events a document are about nine; a policy that polls while nothing can change asks far more often.
    expect(summary.decisions / ended).toBeLessThan(60);
  });
});
