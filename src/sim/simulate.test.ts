import { describe, expect, it } from "vitest";
import type { Decision } from "../core/autoscaler/decision.ts";
import { referencePolicy } from "../core/autoscaler/policies/reference.ts";
import { scalingDefaults, scalingOf } from "../core/autoscaler/settings.ts";
import type { Topology } from "../core/autoscaler/topology.ts";
import type { DocumentOutcome, ReplicaLife, SimDocument, SimStart, World } from "./model.ts";
import { simulate } from "./simulate.ts";
import { pitchDeckStage } from "./stages.ts";
import { poissonArrivals } from "./worlds/arrivals.ts";
import { prdColdStarts } from "./worlds/cold-starts.ts";
import { createWorld } from "./worlds/create-world.ts";
import { pinnedServiceTimes } from "./worlds/pinned-service-times.ts";

const scaling = scalingOf(scalingDefaults);

function play(world: World, topology: Topology = "split") {
  const documents: DocumentOutcome[] = [];
  const lives: ReplicaLife[] = [];
  const decisions: { readonly atMs: number; readonly decision: Decision }[] = [];
  const summary = simulate({
    world,
    stage: pitchDeckStage(scaling, topology),
    policy: referencePolicy(scaling, topology),
    observer: {
      onDocument: (outcome) => documents.push(outcome),
      onReplica: (life) => lives.push(life),
      onDecision: (decision, atMs) => decisions.push({ atMs, decision }),
    },
  });
  return { summary, documents, lives, decisions };
}

/** Ten slides of a second, feedback 4 s, extraction 20 s, analyses 10 s, 12 s and 14 s. */
const deck = (id: number, arrivalMs: number): SimDocument => ({
  id,
  arrivalMs,
  slideMs: new Array<number>(10).fill(1000),
  taskMs: [10_000, 4000, 20_000, 10_000, 12_000, 14_000],
});

const worldOf = (
  documents: readonly SimDocument[],
  start: (pool: string, atMs: number) => Partial<SimStart> = () => ({}),
): World => ({
  name: "by hand",
  documents: () => documents,
  start: (pool, atMs) => ({
    ...{ tookMs: pool === "text" ? 60_000 : 30_000, how: "ready", lostAfterMs: null },
    ...start(pool, atMs),
  }),
});

describe("one deck in a world at rest", () => {
  it("goes through as it would by hand", () => {
    const { documents, lives, summary } = play(worldOf([deck(0, 5000)]));
    // Vision is ready at 35 s. With its first slide, at 36 s, a rule of three says that the rest takes
    // less than the 30 s of the pre-warm: text is asked for, and is ready at 96 s.
    expect(documents).toEqual([
      {
        id: 0,
        arrivalMs: 5000,
        slides: 10,
        visualStartMs: 35_000,
        textNeededMs: 45_000,
        textStartMs: 96_000,
        endMs: 130_000,
        end: "done",
        criticalPathMs: 44_000,
        onTime: false,
        feasible: false,
      },
    ]);
    expect(summary.endMs).toBe(130_000);
    expect(lives.map(({ name, requestedMs, how }) => [name, requestedMs, how])).toEqual([
      ["vision-1", 5000, "end of the simulation"],
      ["text-1", 36_000, "end of the simulation"],
    ]);
  });
});

describe("a simulation", () => {
  it("ends every document, however many there are, and comes out the same each time", () => {
    for (const topology of ["split", "shared"] as const) {
      const world = createWorld({
        name: "poisson",
        arrivalsMs: poissonArrivals({ perHour: 20, count: 300, seed: 3 }),
        service: pinnedServiceTimes,
        coldStarts: prdColdStarts,
        seed: 7,
      });
      const first = play(world, topology);
      expect(first.documents).toHaveLength(300);
      expect(first.documents.every(({ end }) => end === "done")).toBe(true);
      expect(play(world, topology)).toEqual(first);
    }
  });
});
