import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Policy } from "../../core/autoscaler/decision.ts";
import type { PolicyBase } from "../../core/autoscaler/policies/base.ts";
import { policyNamed, policyNames } from "../../core/autoscaler/policies/registry.ts";
import { scalingDefaults, scalingOf } from "../../core/autoscaler/settings.ts";
import { compileGraph } from "../../core/pipeline/graph.ts";
import { usdWithWaiting } from "../judge/figures.ts";
import { createJudge } from "../judge/judge.ts";
import { sumOf } from "../judge/tally.ts";
import type { SimDocument, Stage, World } from "../model.ts";
import { simulate } from "../simulate.ts";
import { pitchDeckStage } from "../stages.ts";
import { arrivalBlindPolicy } from "./arrival-blind.ts";
import { exactOptimum } from "./exact.ts";

const stepMs = 10_000;
const microUsdPerHour = { vision: 500_000, text: 800_000 };
const prices = { name: "prd", microUsdPerHour, quantumMs: 0 };
const perStep = (pool: "vision" | "text") => (microUsdPerHour[pool] * stepMs) / 3_600_000;

const task = (name: string, pool: string, after: null | string) => ({
  ...{ name, pool, after, layer: 1, weight: 1 },
});
const graph = compileGraph([
  task("visual_analysis", "vision", null),
  task("slide_feedback", "vision", "visual_analysis"),
  task("extractions_and_template", "text", "visual_analysis"),
]);

const drawn = fc.record({
  arrivals: fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 3 }),
  works: fc.array(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 3, maxLength: 3 }), {
    ...{ minLength: 3, maxLength: 3 },
  }),
  cold: fc.record({ vision: fc.integer({ min: 1, max: 6 }), text: fc.integer({ min: 1, max: 6 }) }),
  maximum: fc.integer({ min: 1, max: 2 }),
  waitPrice: fc.constantFrom(0.5, 1.7, 4, 9),
});

/** The settings of the model that the optimum is exact for: one task a replica, and a stop takes no time. */
function stageOf(maximum: number) {
  const defaults = scalingOf(scalingDefaults);
  const alone = { slots: 1, maxReplicas: maximum };
  const scaling = {
    ...defaults,
    maxConcurrentPipelines: 1_000,
    vision: { ...defaults.vision, ...alone },
    text: { ...defaults.text, ...alone },
  };
  const usual = pitchDeckStage(scaling, "split");
  const shape = { slots: 1, pipelinesMax: 1_000, stopMs: 0 };
  const stage: Stage = {
    ...usual,
    ...{ graph, visual: 0, eachSlide: [0, 1], retry: usual.retry.slice(0, 3) },
    containers: { vision: shape, text: shape },
  };
  return { scaling, stage };
}

type Drawn = typeof drawn extends fc.Arbitrary<infer T> ? T : never;
type MakePolicy = (base: PolicyBase, world: World, stage: Stage, waitPrice: number) => Policy;

const policies: readonly (readonly [string, MakePolicy])[] = [
  ...policyNames.map((name): [string, MakePolicy] => [
    name,
    (base) => {
      const choice = policyNamed(name, base);
      if ("problem" in choice) throw new Error(choice.problem);
      return choice.policy;
    },
  ]),
  [
    "the arrival-blind oracle",
    (base, world, stage, waitPrice) => {
      const idle = { visionIdleMs: 60_000, textIdleMs: 120_000, extraIdleMs: 30_000 };
      const settings = { ...idle, scaleOutShare: 1, waitPrice };
      return arrivalBlindPolicy(world, stage, base, settings);
    },
  ],
];

/** What a policy costs and the optimum, in millionths of a dollar, and how many replicas it started. */
function costs({ arrivals, works, cold, maximum, waitPrice }: Drawn, make: MakePolicy) {
  const inSteps = arrivals
    .toSorted((a, b) => a - b)
    .map((arrivalMs, id): SimDocument => ({ id, arrivalMs, slideMs: [], taskMs: works[id] ?? [] }));
  const limit = (pool: "vision" | "text") => ({
    ...{ maximum, slots: 1, coldSteps: cold[pool], costPerStep: perStep(pool) },
  });
  const optimum = exactOptimum({
    ...{ graph, documents: inSteps, waitPrice: waitPrice * perStep("text") },
    pools: { vision: limit("vision"), text: limit("text") },
  });
  const documents = inSteps.map(({ id, arrivalMs, taskMs }) => ({
    ...{ id, arrivalMs: arrivalMs * stepMs, taskMs: taskMs.map((steps) => steps * stepMs) },
    slideMs: new Array<number>(taskMs[0] ?? 1).fill(stepMs),
  }));
  const world: World = {
    name: "small",
    documents: () => documents,
    start: (pool) => ({
      ...{ how: "ready", lostAfterMs: null },
      tookMs: (pool === "text" ? cold.text : cold.vision) * stepMs,
    }),
  };
  const { scaling, stage } = stageOf(maximum);
  const base = { scaling, topology: "split", microUsdPerHour, quantumMs: 0 } as const;
  const policy = make(base, world, stage, waitPrice);
  const judge = createJudge({ priceLists: [prices], fromMs: 0, untilMs: 1e12, blocks: 1 });
  simulate({ world, stage, policy, observer: judge.observer });
  const tally = sumOf(judge.blocks);
  expect(tally.documents).toBe(documents.length);
  return { cost: 1e6 * usdWithWaiting(tally, prices, 0, waitPrice), optimum, starts: tally.starts };
}

describe("every policy", () => {
  it.each(policies)(
    "costs no less than the optimum in the optimum's own model: %s",
    (_, make) => {
      fc.assert(
        fc.property(drawn, (draw) => {
          const { cost, optimum, starts } = costs(draw, make);
          // Each replica's cost is rounded to a millionth of a dollar.
          expect(cost).toBeGreaterThanOrEqual(optimum - starts);
        }),
        { numRuns: 30 },
      );
    },
    60_000,
  );
});

describe("the arrival-blind oracle", () => {
  const lone = { arrivals: [0], works: [[3, 1, 2]], cold: { vision: 2, text: 4 }, maximum: 1 };
  const make = policies.at(-1)?.[1];

  it("starts text so that it is ready the moment it is needed", () => {
    if (make === undefined) throw new Error("it is the last of the list");
    const { cost, starts } = costs({ ...lone, waitPrice: 9 }, make);
    // Vision from 0 to 70 s, then on until the end of all; text from 10 s to 70 s; 20 s of waiting for vision.
    const money = 7 * perStep("vision") + 6 * perStep("text");
    expect(starts).toBe(2);
    expect(cost).toBeCloseTo(money + 2 * 9 * perStep("text"), -1);
  });
});
