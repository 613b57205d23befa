import { describe, expect, it } from "vitest";
import type { Policy } from "../core/autoscaler/decision.ts";
import type { PolicyBase } from "../core/autoscaler/policies/base.ts";
import { policyNamed } from "../core/autoscaler/policies/registry.ts";
import { scalingDefaults, scalingOf } from "../core/autoscaler/settings.ts";
import type { Topology } from "../core/autoscaler/topology.ts";
import { figuresOf } from "./judge/figures.ts";
import { createJudge } from "./judge/judge.ts";
import type { ReplicaLife, World } from "./model.ts";
import { simulate } from "./simulate.ts";
import { pitchDeckStage } from "./stages.ts";
import { hourOfWeekArrivals, poissonArrivals } from "./worlds/arrivals.ts";
import { prdColdStarts } from "./worlds/cold-starts.ts";
import { createWorld } from "./worlds/create-world.ts";
import { recordedColdStarts } from "./worlds/pinned-cold-starts.ts";
import { pinnedServiceTimes } from "./worlds/pinned-service-times.ts";

const scaling = scalingOf(scalingDefaults);
const microUsdPerHour = { vision: 500_000, text: 800_000, shared: 800_000 };
const hourMs = 3_600_000;

function policyOf(text: string, topology: Topology = "split", quantumMs = 0): Policy {
  const base: PolicyBase = { scaling, topology, microUsdPerHour, quantumMs };
  const choice = policyNamed(text, base);
  if ("problem" in choice) throw new Error(choice.problem);
  return choice.policy;
}

const worldOf = (arrivalsMs: Iterable<number>, seed = 3, coldStarts = prdColdStarts): World =>
  createWorld({ name: "test", arrivalsMs, service: pinnedServiceTimes, coldStarts, seed });

/** Quiet nights and four busy hours a day. */
const office = () =>
  hourOfWeekArrivals({
    perHour: [
      0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 1, 3, 25, 8, 12, 3, 9, 20, 4, 2, 1, 0.5, 0.2, 0.2, 0.2,
      0.2, 0.2,
    ],
    count: 700,
    seed: 5,
  });

function play(policy: Policy, world: World, topology: Topology = "split", quantumMs = 0) {
  const prices = { name: "prd", microUsdPerHour, quantumMs };
  const untilMs = 1e12;
  const judge = createJudge({ priceLists: [prices], fromMs: 0, untilMs, blocks: 1 });
  const starts: { pool: string; rule: string; atMs: number; sentence: string }[] = [];
  const lives: ReplicaLife[] = [];
  const summary = simulate({
    world,
    policy,
    check: true,
    stage: pitchDeckStage(scaling, topology),
    observer: {
      ...judge.observer,
      onReplica(life) {
        lives.push(life);
        judge.observer.onReplica(life);
      },
      onDecision({ pool, action, rule, sentence }, atMs) {
        if (action === "start") starts.push({ pool, rule, atMs, sentence });
      },
    },
  });
  const tally = judge.blocks[0];
  if (tally === undefined) throw new Error("a judge without blocks");
  return { summary, starts, lives, figures: figuresOf(tally, [prices], 0) };
}

describe("just-in-time in the simulator", () => {
  it("is cheaper than the reference and lets documents wait less, in office hours", () => {
    const ours = play(policyOf("just-in-time"), worldOf(office())).figures;
    const theirs = play(policyOf("reference"), worldOf(office())).figures;
    expect(ours.documents).toBe(700);
    expect(ours.usdPerDocument).toBeLessThan(theirs.usdPerDocument ?? 0);
    expect(ours.completionP95Ms).toBeLessThanOrEqual(theirs.completionP95Ms ?? 0);
    expect(ours.onTimeFeasible.share).toBeGreaterThan(0.92);
    expect(ours.onTimeFeasible.share).toBeGreaterThan(theirs.onTimeFeasible.share ?? 1);
  });

  it("starts at most twelve an hour a pool that no ready work asks for", () => {
    const { starts } = play(policyOf("just-in-time:wait-price=9"), worldOf(office()));
    const early = starts.filter(({ sentence }) => sentence.includes("started early"));
    expect(early.length).toBeGreaterThan(50);
    for (const { pool, atMs } of early) {
      const within = early.filter(
        (other) => other.pool === pool && other.atMs > atMs - hourMs && other.atMs <= atMs,
      );
      expect(within.length).toBeLessThanOrEqual(12);
    }
  });

  it("does the same after its state went through JSON each time, and twice the same", () => {
    const policy = policyOf("just-in-time:goal=0.92,usd-per-day=20");
    const stored: Policy = {
      ...policy,
      want: (question, state) => policy.want(question, JSON.parse(JSON.stringify(state))),
    };
    const arrivals = () => poissonArrivals({ perHour: 12, count: 60, seed: 2 });
    const runs = [policy, stored, policy].map((one) => play(one, worldOf(arrivals())));
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2]).toEqual(runs[0]);
  });

  it("spends less where a budget says so", () => {
    const arrivals = () => poissonArrivals({ perHour: 6, count: 500, seed: 4 });
    const free = play(policyOf("just-in-time:wait-price=9"), worldOf(arrivals())).figures;
    const bound = play(
      policyOf("just-in-time:wait-price=9,usd-per-day=8"),
      worldOf(arrivals()),
    ).figures;
    expect(bound.usdPerDocument).toBeLessThan(0.8 * (free.usdPerDocument ?? 0));
    expect(bound.documents).toBe(500);
  });

  it("runs one pool for both kinds of work, and with recorded cold starts", () => {
    const arrivals = () => poissonArrivals({ perHour: 12, count: 300, seed: 6 });
    const ours = play(policyOf("just-in-time", "shared"), worldOf(arrivals()), "shared").figures;
    const theirs = play(policyOf("reference", "shared"), worldOf(arrivals()), "shared").figures;
    expect(ours.usdWithWaiting[4]).toBeLessThan(theirs.usdWithWaiting[4] ?? 0);
    const recorded = play(policyOf("just-in-time"), worldOf(arrivals(), 3, recordedColdStarts));
    expect(recorded.figures.documents).toBe(300);
  });

  it("stops for want of work only shortly before a paid quantum ends", () => {
    const quantumMs = 600_000;
    const arrivals = poissonArrivals({ perHour: 3, count: 200, seed: 8 });
    const { lives } = play(
      policyOf("just-in-time", "split", quantumMs),
      worldOf(arrivals),
      "split",
      quantumMs,
    );
    const stopped = lives.filter(({ how, readyMs }) => how === "stopped" && readyMs !== null);
    expect(stopped.length).toBeGreaterThan(50);
    for (const { requestedMs, stoppedMs } of stopped) {
      expect((stoppedMs - requestedMs) % quantumMs).toBeGreaterThanOrEqual(quantumMs - 20_000);
    }
  });
});
