import { describe, expect, it } from "vitest";
import { decide } from "./decide.ts";
import type { Decision } from "./decision.ts";
import { initialState } from "./memory.ts";
import {
  type Demand,
  noDemand,
  noOrders,
  type Observation,
  type Orders,
  type ReplicaObservation,
} from "./observation.ts";
import { referencePolicy } from "./policies/reference.ts";
import { scalingDefaults, scalingOf } from "./settings.ts";

const settings = scalingOf(scalingDefaults);
const policy = referencePolicy(settings);
const t0 = 1_000_000;
const waiting = { ready: 1, pipelines: 1, oldestReadyMs: t0 };

const replica = (name: string, rest: Partial<ReplicaObservation> = {}): ReplicaObservation => ({
  name,
  phase: "ready",
  sinceMs: t0,
  requestedAtMs: t0,
  leases: 0,
  idleSinceMs: null,
  ...rest,
});
const at = (
  nowMs: number,
  demand: Partial<Demand>,
  orders: Partial<Orders>,
  ...replicas: ReplicaObservation[]
): Observation => ({
  nowMs,
  pools: {
    vision: { replicas, demand: { ...noDemand, ...demand }, orders: { ...noOrders, ...orders } },
    text: { replicas: [], demand: noDemand },
  },
});
const sentences = (decisions: readonly Decision[]) =>
  decisions.map((d) => `${d.rule}: ${d.sentence}`);
const paused = { paused: { reason: "the provider is under repair" } };

describe("a pause", () => {
  it("starts nothing, says so once, and ends with the order", () => {
    const first = decide(initialState, at(t0, waiting, paused), policy);
    expect(sentences(first.decisions)).toEqual([
      "paused: vision held at 0: an operator paused starts: the provider is under repair",
    ]);
    expect(first.decisions[0]?.alternative).toBe(
      "start all the same: 1 document waits and no vision container runs",
    );
    const again = decide(first.state, at(t0 + 60_000, waiting, paused), policy);
    expect(again.decisions).toEqual([]);
    const over = decide(again.state, at(t0 + 61_000, waiting, {}), policy);
    expect(over.decisions.map((d) => d.replica)).toEqual(["vision-1"]);
  });

  it("is stronger than the minimum and an extra replica", () => {
    const vision = { ...settings.vision, minReplicas: 1 };
    const warm = referencePolicy({ ...settings, vision });
    const due = decide(initialState, at(t0, {}, { ...paused, extra: 2 }), warm);
    expect(due.decisions.map((d) => [d.action, d.rule])).toEqual([["hold", "paused"]]);
  });

  it("leaves what runs to the rules for idle ones", () => {
    const up = replica("vision-1");
    const { state, decisions } = decide(initialState, at(t0, {}, paused, up), policy);
    expect(decisions.map((d) => d.rule)).toEqual(["scale-down-delay"]);
    const due = decide(state, at(t0 + 300_000, {}, paused, up), policy);
    expect(due.decisions.map((d) => [d.action, d.rule])).toEqual([["stop", "idle"]]);
  });
});

describe("an extra replica", () => {
  it("runs without work until the order is taken back", () => {
    const first = decide(initialState, at(t0, {}, { extra: 1 }), policy);
    expect(sentences(first.decisions)).toEqual([
      "operator: vision-1 started: an operator wants at least 1 replica",
    ]);
    const up = replica("vision-1");
    const late = decide(first.state, at(t0 + 900_000, {}, { extra: 1 }, up), policy);
    expect(late.decisions).toEqual([]);
    const over = decide(late.state, at(t0 + 901_000, {}, {}, up), policy);
    expect(over.decisions.map((d) => [d.action, d.rule])).toEqual([["stop", "idle"]]);
  });

  it("holds what the policy would stop, and says so", () => {
    const up = replica("vision-1");
    const { state } = decide(initialState, at(t0, {}, {}, up), policy);
    const held = decide(state, at(t0 + 900_000, {}, { extra: 1 }, up), policy);
    expect(sentences(held.decisions)).toEqual([
      "operator: vision held at 1: an operator wants at least 1 replica",
    ]);
    expect(held.decisions[0]?.alternative).toBe(
      "follow the policy: no pipeline has needed vision for 900 s",
    );
  });

  it("is at least so many, not so many more, and never above the maximum", () => {
    const up = replica("vision-1", { leases: 1 });
    const one = decide(initialState, at(t0, waiting, { extra: 1 }, up), policy);
    expect(one.decisions).toEqual([]);
    const nine = decide(initialState, at(t0, waiting, { extra: 9 }, up), policy);
    expect(sentences(nine.decisions)).toEqual([
      "operator: vision-2 started: an operator wants at least 2 replicas",
    ]);
  });
});

describe("a drain", () => {
  it("stops the named one, even at work, and lets the policy start another in its place", () => {
    const busy = replica("vision-1", { leases: 2 });
    const seen = at(t0, { ...waiting, leased: 2 }, { drain: ["vision-1", "text-1"] }, busy);
    const first = decide(initialState, seen, policy);
    expect(sentences(first.decisions)).toEqual([
      "operator: vision-1 stopped: an operator wants it drained; its 2 leases are waited for",
      "work-ready: vision-2 started: 1 document waits and no vision container runs",
    ]);
    expect(decide(first.state, seen, policy).decisions).toEqual([]);
  });

  it("does not use the name again before the order has ended", () => {
    const one = referencePolicy({ ...settings, vision: { ...settings.vision, maxReplicas: 1 } });
    const drain = { drain: ["vision-1"] };
    const draining = replica("vision-1", { phase: "draining" });
    const held = decide(initialState, at(t0, waiting, drain, draining), one);
    expect(held.decisions.map((d) => d.rule)).toEqual(["slot-taken"]);
    const ended = decide(held.state, at(t0 + 1_000, waiting, drain), one);
    expect(ended.decisions.map((d) => d.replica)).toEqual(["vision-2"]);
    const over = decide(held.state, at(t0 + 1_000, waiting, {}), one);
    expect(over.decisions.map((d) => d.replica)).toEqual(["vision-1"]);
  });
});

describe("a fixed machine", () => {
  const fixed = (name: string, rest: Partial<ReplicaObservation> = {}) =>
    replica(name, { isFixed: true, ...rest });

  it("works instead of a started one, beyond the maximum", () => {
    const four = { ...waiting, ready: 4 };
    expect(decide(initialState, at(t0, four, {}, fixed("vision-1")), policy).decisions).toEqual([]);
    const many = decide(
      initialState,
      at(t0, { ...waiting, ready: 50 }, {}, fixed("vision-1")),
      policy,
    );
    expect(many.decisions.map((d) => d.replica)).toEqual(["vision-2", "vision-3"]);
    const half = [fixed("vision-1"), replica("vision-2")];
    const more = decide(initialState, at(t0, { ...waiting, ready: 50 }, {}, ...half), policy);
    expect(more.decisions.map((d) => d.replica)).toEqual(["vision-3"]);
    const full = [fixed("vision-1"), replica("vision-2"), replica("vision-3")];
    const atMost = decide(initialState, at(t0, { ...waiting, ready: 50 }, {}, ...full), policy);
    expect(atMost.decisions.map((d) => d.rule)).toEqual(["at-maximum"]);
  });

  it("fills the minimum, and is never idle for too long nor late", () => {
    const warm = referencePolicy({ ...settings, vision: { ...settings.vision, minReplicas: 1 } });
    const one = fixed("vision-9", { phase: "loading" });
    for (const bounds of [warm, policy]) {
      const first = decide(initialState, at(t0, {}, {}, one), bounds);
      const later = decide(first.state, at(t0 + 9_000_000, {}, {}, one), bounds);
      expect([...first.decisions, ...later.decisions]).toEqual([]);
    }
  });

  it("is no failed start when it goes away", () => {
    const first = decide(initialState, at(t0, {}, {}, fixed("vision-1")), policy);
    const gone = decide(first.state, at(t0 + 1_000, {}, {}), policy);
    expect(gone.state.pools.vision?.failures).toBe(0);
  });

  it("can be drained by an operator", () => {
    const seen = at(t0, waiting, { drain: ["vision-1"] }, fixed("vision-1"));
    const due = decide(initialState, seen, policy);
    expect(due.decisions.map((d) => [d.action, d.replica])).toEqual([
      ["stop", "vision-1"],
      ["start", "vision-2"],
    ]);
  });
});
