import { expect, it } from "vitest";
import { referencePolicy } from "../core/autoscaler/policies/reference.ts";
import { scalingDefaults, scalingOf } from "../core/autoscaler/settings.ts";
import { createReadinessTally, readinessOf } from "../core/autoscaler/verdicts/readiness.ts";
import { mergeSpans } from "../core/autoscaler/verdicts/spans.ts";
import { createJudge } from "./judge/judge.ts";
import { sumOf } from "./judge/tally.ts";
import type { DocumentOutcome, ReplicaLife } from "./model.ts";
import { simulate } from "./simulate.ts";
import { pitchDeckStage } from "./stages.ts";
import { poissonArrivals } from "./worlds/arrivals.ts";
import { prdColdStarts } from "./worlds/cold-starts.ts";
import { createWorld } from "./worlds/create-world.ts";
import { pinnedServiceTimes } from "./worlds/pinned-service-times.ts";

const scaling = scalingOf(scalingDefaults);
const hourMs = 3_600_000;

/** The judge of simulations and the rules by which real documents are counted, on the same traffic. */
it("simulated and real documents are judged alike", () => {
  const world = createWorld({
    name: "poisson",
    arrivalsMs: poissonArrivals({ perHour: 6, count: 400, seed: 3 }),
    service: pinnedServiceTimes,
    coldStarts: prdColdStarts,
    seed: 3,
  });
  const documents: DocumentOutcome[] = [];
  const lives: ReplicaLife[] = [];
  const judge = createJudge({ priceLists: [], fromMs: 0, untilMs: 400 * hourMs, blocks: 4 });
  simulate({
    world,
    stage: pitchDeckStage(scaling, "split"),
    policy: referencePolicy(scaling),
    observer: {
      onDocument(outcome) {
        documents.push(outcome);
        judge.observer.onDocument(outcome);
      },
      onReplica: (life) => lives.push(life),
    },
  });
  const ready = mergeSpans(
    lives.flatMap(({ pool, readyMs, stoppedMs }) =>
      pool === "text" && readyMs !== null ? [{ fromMs: readyMs, toMs: stoppedMs }] : [],
    ),
  );
  const tally = createReadinessTally();
  for (const { arrivalMs, textNeededMs, textStartMs, onTime, feasible } of documents) {
    const facts = { uploadedMs: arrivalMs, textNeededMs, textStartMs };
    const { tookMs, how } = world.start("text", arrivalMs);
    const seen = readinessOf(facts, ready, how === "ready" ? tookMs : null);
    expect(seen).toMatchObject({ onTime, feasible });
    tally.add(seen);
  }
  const report = tally.report();
  const sum = sumOf(judge.blocks);
  expect(documents.length).toBeGreaterThan(200);
  expect(report.raw.hits).toBeGreaterThan(0);
  expect(report.raw.hits).toBeLessThan(documents.length);
  expect(report).toMatchObject({
    documents: sum.documents,
    accuracy: { hits: sum.onTimeFeasible, of: sum.feasible },
    raw: { hits: sum.onTime },
    withinGrace: { hits: sum.within30s },
  });
  expect(report.meanWaitMs).toBeCloseTo(sum.textWaitMs / sum.documents);
});
