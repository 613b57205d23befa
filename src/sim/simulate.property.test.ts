import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Attention, Decision, Policy, Want } from "../core/autoscaler/decision.ts";
import type { ScalerState } from "../core/autoscaler/memory.ts";
import { justInTimePolicy } from "../core/autoscaler/policies/just-in-time/policy.ts";
import { justInTimeDefaults } from "../core/autoscaler/policies/just-in-time/settings.ts";
import { policyNamed, policyNames } from "../core/autoscaler/policies/registry.ts";
import { type ScalingSettings, scalingDefaults, scalingOf } from "../core/autoscaler/settings.ts";
import { sharedScaling, type Topology } from "../core/autoscaler/topology.ts";
import type { DocumentOutcome, ReplicaLife, SimDocument, World } from "./model.ts";
import { simulate } from "./simulate.ts";
import { pitchDeckStage } from "./stages.ts";
import { hashOf, streamOf } from "./worlds/chance.ts";

const defaults = scalingOf(scalingDefaults);

const documentsOf = fc
  .array(
    fc.record({
      gapMs: fc.oneof(fc.constant(0), fc.nat(20_000), fc.nat(900_000)),
      slideMs: fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 12 }),
      taskMs: fc.array(fc.integer({ min: 1, max: 60_000 }), { minLength: 6, maxLength: 6 }),
    }),
    { minLength: 1, maxLength: 25 },
  )
  .map((all): SimDocument[] => {
    let arrivalMs = 0;
    return all.map(({ gapMs, slideMs, taskMs }, id) => {
      arrivalMs += gapMs;
      const visualMs = slideMs.reduce((sum, ms) => sum + ms, 0);
      return { id, arrivalMs, slideMs, taskMs: [visualMs, ...taskMs.slice(1)] };
    });
  });

/** Starts fail, machines are lost, tasks fail: as the seed has it. */
const worlds: fc.Arbitrary<World> = fc
  .record({
    documents: documentsOf,
    seed: fc.nat(),
    startMsMax: fc.constantFrom(1, 5000, 170_000, 400_000),
    failing: fc.constantFrom(0, 0.2, 0.5),
    losing: fc.constantFrom(0, 0.3, 0.9),
    failingTasks: fc.constantFrom(0, 0.1, 0.5),
  })
  .map(({ documents, seed, startMsMax, failing, losing, failingTasks }) => {
    const stream = streamOf(seed);
    return {
      name: `seed ${seed}`,
      documents: () => documents,
      start(pool, atMs) {
        stream.seek(hashOf(pool), Math.floor(atMs / 10_000));
        const fails = stream.next() < failing;
        return {
          tookMs: 1 + Math.floor(stream.next() * startMsMax),
          how: fails ? "failed" : "ready",
          lostAfterMs:
            !fails && stream.next() < losing ? 1 + Math.floor(stream.next() * 90_000) : null,
        };
      },
      fails(document, task, attempt) {
        stream.seek(document, 100 * task + attempt);
        if (stream.next() >= failingTasks) return null;
        return { afterShare: stream.next(), retryable: stream.next() < 0.9 };
      },
    };
  });

const settingsOf: fc.Arbitrary<ScalingSettings> = fc
  .record({
    vision: fc.record({ minReplicas: fc.nat(1), maxReplicas: fc.integer({ min: 1, max: 3 }) }),
    text: fc.record({ minReplicas: fc.nat(1), maxReplicas: fc.integer({ min: 1, max: 3 }) }),
    pipelines: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ vision, text, pipelines }) => ({
    ...defaults,
    vision: { ...defaults.vision, ...vision },
    text: { ...defaults.text, ...text },
    maxConcurrentPipelines: pipelines,
  }));

/** Wants any number at any time; it must not be able to break anything. */
function moodyPolicy(scaling: ScalingSettings, topology: Topology, attention: Attention): Policy {
  const pools =
    topology === "shared"
      ? { shared: sharedScaling(scaling) }
      : { vision: scaling.vision, text: scaling.text };
  const stream = streamOf(1);
  return {
    name: "moody",
    pools,
    attention,
    initial: 0,
    want({ nowMs, pools: asked }, state) {
      const mood = typeof state === "number" ? state : 0;
      stream.seek(Math.floor(nowMs), mood);
      const wants: Record<string, Want> = {};
      for (const pool of Object.keys(asked)) {
        wants[pool] = {
          replicas: Math.floor(stream.next() * 5),
          rule: "mood",
          quiet: stream.next() < 0.5,
          againAtMs: nowMs + 1 + Math.floor(stream.next() * 30_000),
          explain: () => ({ verb: "started", because: "of a mood", inputs: {}, alternative: "-" }),
        };
      }
      return { wants, state: mood + 1 };
    },
  };
}

function productPolicies(scaling: ScalingSettings, topology: Topology): Policy[] {
  const microUsdPerHour = { vision: 500_000, text: 800_000, shared: 800_000 };
  const base = { scaling, topology, microUsdPerHour, quantumMs: 0 };
  const named = policyNames.flatMap((name) => {
    const chosen = policyNamed(name, base);
    return "policy" in chosen ? [chosen.policy] : [];
  });
  return [...named, justInTimePolicy(base, justInTimeDefaults)];
}

const attentions: fc.Arbitrary<Attention> = fc.record({
  documents: fc.boolean(),
  facts: fc.boolean(),
  slides: fc.boolean(),
  milestones: fc.constantFrom([], [0.5], [0.1, 0.8]),
});

const topologies = fc.constantFrom<Topology>("split", "shared");

interface Play {
  readonly world: World;
  readonly scaling: ScalingSettings;
  readonly topology: Topology;
  readonly policy: Policy;
}

const plays: fc.Arbitrary<Play> = fc
  .record({ world: worlds, scaling: settingsOf, topology: topologies, attention: attentions })
  .chain((play) =>
    fc
      .constantFrom(
        moodyPolicy(play.scaling, play.topology, play.attention),
        moodyPolicy(play.scaling, play.topology, play.attention),
        ...productPolicies(play.scaling, play.topology),
      )
      .map((policy) => ({ ...play, policy })),
  );

function play(
  { world, scaling, topology, policy }: Play,
  carry: (state: ScalerState) => ScalerState = (state) => state,
) {
  const documents: DocumentOutcome[] = [];
  const lives: ReplicaLife[] = [];
  const decisions: Decision[] = [];
  const summary = simulate({
    world,
    policy,
    stage: pitchDeckStage(scaling, topology),
    check: true,
    carry,
    observer: {
      onDocument: (outcome) => documents.push(outcome),
      onReplica: (life) => lives.push(life),
      onDecision: (decision) => decisions.push(decision),
    },
  });
  return { summary, documents, lives, decisions };
}

describe("whatever the world and the policy", () => {
  it("keeps every invariant, and ends every document", () => {
    fc.assert(
      fc.property(plays, (one) => {
        const { documents } = play(one);
        for (const { arrivalMs, visualStartMs, textNeededMs, endMs, ...rest } of documents) {
          expect(visualStartMs).toBeGreaterThanOrEqual(arrivalMs);
          expect(textNeededMs).toBeGreaterThanOrEqual(visualStartMs);
          if (rest.end !== "done") continue;
          expect(rest.textStartMs).toBeGreaterThanOrEqual(textNeededMs);
          expect(endMs - arrivalMs).toBeGreaterThanOrEqual(rest.criticalPathMs - 1e-6);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("comes out the same a second time", () => {
    fc.assert(
      fc.property(plays, (one) => {
        const first = play(one);
        expect(play(one)).toEqual(first);
      }),
      { numRuns: 15 },
    );
  });

  it("goes on as before when the scaler's state was stored and read back in between", () => {
    fc.assert(
      fc.property(plays, fc.integer({ min: 1, max: 7 }), (one, every) => {
        let decisions = 0;
        const restarted = play(one, (state) => {
          decisions += 1;
          if (decisions % every !== 0) return state;
          return JSON.parse(JSON.stringify(state)) as ScalerState;
        });
        expect(restarted).toEqual(play(one));
      }),
      { numRuns: 15 },
    );
  });
});
