import { describe, expect, it } from "vitest";
import type { Decision } from "../core/autoscaler/decision.ts";
import type { Fact } from "../core/autoscaler/facts.ts";
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

describe("a machine that is lost", () => {
  it("costs the slide that was in progress, and no more", () => {
    const lostMs = 5500;
    const { documents, lives } = play(
      worldOf([deck(0, 5000)], (pool, atMs) =>
        pool === "vision" && atMs === 5000 ? { lostAfterMs: lostMs } : {},
      ),
    );
    // Ready at 35 s, lost at 40.5 s with five slides done; its successor is ready 30 s later.
    expect(documents[0]).toMatchObject({
      visualStartMs: 35_000,
      textNeededMs: 75_500,
      end: "done",
    });
    expect(lives[0]).toMatchObject({
      name: "vision-1",
      how: "lost",
      endMs: 40_500,
      busyMs: lostMs,
    });
  });

  it("ends the document when it takes five of them with it", () => {
    const { documents } = play(
      worldOf([deck(0, 5000)], (pool) => (pool === "vision" ? { lostAfterMs: 500 } : {})),
    );
    expect(documents).toHaveLength(1);
    expect(documents[0]?.end).toBe("failed");
  });
});

describe("a start that fails", () => {
  it("is seen in that instant, also when it never lived long enough to be seen alive", () => {
    const { lives } = play(
      worldOf([deck(0, 5000)], (pool, atMs) =>
        pool === "vision" && atMs === 5000 ? { tookMs: 1, how: "failed" } : {},
      ),
    );
    expect(lives.map(({ name, requestedMs, how }) => [name, requestedMs, how]).slice(0, 2)).toEqual(
      [
        ["vision-1", 5000, "failed"],
        ["vision-1", 5001, "end of the simulation"],
      ],
    );
  });
});

describe("a task that fails", () => {
  it("is tried again after its backoff, and goes on after the slides that were done", () => {
    const world: World = {
      ...worldOf([deck(0, 5000)]),
      fails: (_, task, attempt) =>
        task === 0 && attempt === 1 ? { afterShare: 0.55, retryable: true } : null,
    };
    const { documents } = play(world);
    // 5 slides until 40.5 s, between one and two seconds of backoff, 5 slides more.
    const neededMs = documents[0]?.textNeededMs ?? 0;
    expect(neededMs).toBeGreaterThanOrEqual(46_500);
    expect(neededMs).toBeLessThanOrEqual(47_500);
  });

  it("takes what stands on it with it when no other try can help", () => {
    const world: World = {
      ...worldOf([deck(0, 5000)]),
      fails: (_, task) => (task === 2 ? { afterShare: 0.5, retryable: false } : null),
    };
    expect(play(world).documents[0]?.end).toBe("done_with_gaps");
  });
});

describe("a policy that starts nothing", () => {
  it("is found out", () => {
    const policy = referencePolicy(scaling);
    const idle = { ...policy, want: () => ({ wants: {}, state: null }) };
    expect(() =>
      simulate({
        world: worldOf([deck(0, 0)]),
        stage: pitchDeckStage(scaling, "split"),
        policy: idle,
        observer: {},
      }),
    ).toThrow("1 documents wait for ever: reference starts nothing");
  });
});

describe("what a policy is shown", () => {
  it("is only what it asks for, and each fact once and in order", () => {
    const facts: Fact[] = [];
    const seen: (readonly string[])[] = [];
    const policy = referencePolicy(scaling);
    for (const slides of [true, false]) {
      simulate({
        world: worldOf([deck(0, 5000)]),
        stage: pitchDeckStage(scaling, "split"),
        observer: {},
        policy: {
          ...policy,
          attention: { documents: true, facts: true, slides, milestones: [] },
          want(question, state) {
            facts.push(...question.facts);
            seen.push(
              question.documents.map(({ visual, slidesDone }) => `${visual} ${slidesDone}`),
            );
            return policy.want(question, state);
          },
        },
      });
      expect(facts.map(({ kind }) => kind).filter((kind) => kind === "slide-done")).toHaveLength(
        10,
      );
      expect(facts).toEqual(facts.toSorted((a, b) => a.atMs - b.atMs));
      expect(new Set(facts.map(({ kind }) => kind))).toEqual(
        new Set([
          ...["uploaded", "start-ended", "slide-done", "task-done", "text-needed"],
          ...["text-started", "pipeline-ended"],
        ]),
      );
      const looks = seen.flat();
      expect(looks.includes("running 2")).toBe(slides);
      expect(looks).toContain("done 10");
      facts.length = 0;
      seen.length = 0;
    }
  });
});
