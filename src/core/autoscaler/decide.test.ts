import { describe, expect, it } from "vitest";
import { decide } from "./decide.ts";
import type { Decision } from "./decision.ts";
import { commandTtlMs, initialState } from "./memory.ts";
import {
  type Demand,
  noDemand,
  type Observation,
  type PoolObservation,
  type ReplicaObservation,
} from "./observation.ts";
import { referencePolicy } from "./policies/reference.ts";
import { scalingDefaults, scalingOf } from "./settings.ts";

const settings = scalingOf(scalingDefaults);
const policy = referencePolicy(settings);
const t0 = 1_000_000;

const replica = (name: string, rest: Partial<ReplicaObservation> = {}): ReplicaObservation => ({
  name,
  phase: "ready",
  sinceMs: t0,
  requestedAtMs: t0,
  leases: 0,
  idleSinceMs: null,
  ...rest,
});

const pool = (demand: Partial<Demand>, ...replicas: ReplicaObservation[]): PoolObservation => ({
  replicas,
  demand: { ...noDemand, ...demand },
});

const at = (
  nowMs: number,
  vision: PoolObservation,
  text: PoolObservation = pool({}),
): Observation => ({
  nowMs,
  pools: { vision, text },
});

const sentences = (decisions: readonly Decision[]) =>
  decisions.map((d) => `${d.rule}: ${d.sentence}`);
const waiting = { ready: 1, pipelines: 1, oldestReadyMs: t0 };
const coming = (fraction: number, expectedEndMs: number | null = null): Partial<Demand> => ({
  blocked: 4,
  pipelines: 1,
  upstream: [{ pipeline: "p", fraction, expectedEndMs }],
});

describe("vision under the reference policy", () => {
  it("starts at once when a document is uploaded", () => {
    const { decisions } = decide(initialState, at(t0, pool(waiting)), policy);
    expect(decisions).toHaveLength(1);
    expect(decisions[0]).toMatchObject({
      pool: "vision",
      action: "start",
      replica: "vision-1",
      rule: "work-ready",
      sentence: "vision-1 started: 1 document waits and no vision container runs",
      inputs: { ready: 1, staying: 0, maxReplicas: 2 },
    });
  });

  it("waits for scale_up_delay when there is one", () => {
    const slow = referencePolicy({
      ...settings,
      vision: { ...settings.vision, scaleUpDelayMs: 5_000 },
    });
    const first = decide(initialState, at(t0 + 2_000, pool(waiting)), slow);
    expect(sentences(first.decisions)).toEqual([
      "scale-up-delay: vision held at 0: the oldest task has waited 2 s of 5 s",
    ]);
    const later = decide(first.state, at(t0 + 5_000, pool(waiting)), slow);
    expect(later.decisions.map((d) => d.replica)).toEqual(["vision-1"]);
  });

  it("starts a second replica for more than four waiting tasks, and never a third", () => {
    const four = at(t0, pool({ ...waiting, ready: 4 }, replica("vision-1", { leases: 2 })));
    expect(decide(initialState, four, policy).decisions).toEqual([]);
    const five = at(t0, pool({ ...waiting, ready: 5 }, replica("vision-1", { leases: 2 })));
    expect(sentences(decide(initialState, five, policy).decisions)).toEqual([
      "backlog: vision-2 started: 5 tasks wait for 1 replica, and one takes on 4",
    ]);
    const full = [replica("vision-1", { leases: 2 }), replica("vision-2", { leases: 2 })];
    const many = at(t0, pool({ ...waiting, ready: 50 }, ...full));
    expect(sentences(decide(initialState, many, policy).decisions)).toEqual([
      "at-maximum: vision held at 2: 50 tasks wait, but 2 is the most",
    ]);
  });

  it("stops only after no pipeline has needed it for scale_down_delay", () => {
    const up = [replica("vision-1"), replica("vision-2")];
    const blocked = decide(initialState, at(t0, pool({ blocked: 1, pipelines: 1 }, ...up)), policy);
    expect(blocked.decisions).toEqual([]);
    const first = decide(blocked.state, at(t0 + 10_000, pool({}, ...up)), policy);
    expect(sentences(first.decisions)).toEqual([
      "scale-down-delay: vision held at 2: no pipeline needs vision any more; it stops after 300 s without need",
    ]);
    const almost = decide(first.state, at(t0 + 309_999, pool({}, ...up)), policy);
    expect(almost.decisions).toEqual([]);
    const due = decide(almost.state, at(t0 + 310_000, pool({}, ...up)), policy);
    expect(sentences(due.decisions)).toEqual([
      "idle: vision-2 stopped: no pipeline has needed vision for 300 s",
      "idle: vision-1 stopped: no pipeline has needed vision for 300 s",
    ]);
  });

  it("begins the delay anew when a document comes in between", () => {
    const up = replica("vision-1");
    let { state } = decide(initialState, at(t0, pool({}, up)), policy);
    ({ state } = decide(state, at(t0 + 200_000, pool(waiting, up)), policy));
    ({ state } = decide(state, at(t0 + 201_000, pool({}, up)), policy));
    expect(decide(state, at(t0 + 400_000, pool({}, up)), policy).decisions).toEqual([]);
    expect(decide(state, at(t0 + 501_000, pool({}, up)), policy).decisions).toHaveLength(1);
  });

  it("keeps a replica whose lease has not ended", () => {
    const busy = replica("vision-1", { leases: 1 });
    const { state } = decide(initialState, at(t0, pool({}, busy)), policy);
    const due = decide(state, at(t0 + 400_000, pool({}, busy)), policy);
    expect(due.decisions.map((d) => [d.action, d.rule])).toEqual([["hold", "busy"]]);
  });
});

describe("text under the reference policy", () => {
  const idle = pool({});
  it("waits below 80 %, says so once, and starts early at 80 %", () => {
    const first = decide(initialState, at(t0, idle, pool(coming(0.41))), policy);
    expect(sentences(first.decisions)).toEqual([
      "pre-warm-wait: text held at 0: visual analysis is 41 % done; it starts at 80 % or 30 s before the end",
    ]);
    const again = decide(first.state, at(t0 + 1_000, idle, pool(coming(0.5))), policy);
    expect(again.decisions).toEqual([]);
    const near = decide(again.state, at(t0 + 2_000, idle, pool(coming(0.82, t0 + 8_000))), policy);
    expect(sentences(near.decisions)).toEqual([
      "pre-warm-progress: text-1 started early: visual analysis of 1 document is 82 % done; needed in about 6 s",
    ]);
  });

  it("starts pre_warm_delay before the expected end when that comes first", () => {
    const demand = coming(0.3, t0 + 30_000);
    expect(decide(initialState, at(t0 - 1, idle, pool(demand)), policy).decisions[0]?.action).toBe(
      "hold",
    );
    const due = decide(initialState, at(t0, idle, pool(demand)), policy);
    expect(due.decisions[0]).toMatchObject({ rule: "pre-warm-remaining", replica: "text-1" });
  });

  it("starts for ready work whatever the progress", () => {
    const due = decide(initialState, at(t0, idle, pool(waiting)), policy);
    expect(due.decisions[0]).toMatchObject({ rule: "work-ready", replica: "text-1" });
  });

  it("counts documents about to arrive as work", () => {
    const upstream = [1, 2, 3, 4, 5].map((n) => ({
      pipeline: `p${n}`,
      fraction: 0.9,
      expectedEndMs: null,
    }));
    const due = decide(
      initialState,
      at(t0, idle, pool({ blocked: 20, pipelines: 5, upstream })),
      policy,
    );
    expect(due.decisions.map((d) => d.replica)).toEqual(["text-1", "text-2"]);
    expect(due.decisions[0]?.sentence).toContain(
      "of 5 documents is near its end, the first 90 % done",
    );
  });

  it("is kept while a document is anywhere upstream", () => {
    const up = replica("text-1");
    const { state } = decide(initialState, at(t0, idle, pool(coming(0.1), up)), policy);
    const later = decide(state, at(t0 + 3_600_000, idle, pool(coming(0.1), up)), policy);
    expect(later.decisions).toEqual([]);
  });
});

describe("decide", () => {
  it("stops a replica that is not ready in time and starts another in a free slot", () => {
    const stuck = replica("vision-1", { phase: "loading" });
    const before = decide(initialState, at(t0 + 180_000, pool(waiting, stuck)), policy);
    expect(before.decisions).toEqual([]);
    const due = decide(before.state, at(t0 + 181_000, pool(waiting, stuck)), policy);
    expect(sentences(due.decisions)).toEqual([
      "work-ready: vision-2 started: 1 document waits and no vision container runs",
      "startup-timeout: vision-1 stopped: still loading 181 s after its request; the limit is 180 s",
    ]);
  });

  it("keeps a late one that has a lease all the same", () => {
    const busy = replica("vision-1", { phase: "canary", leases: 1 });
    expect(decide(initialState, at(t0 + 999_000, pool(waiting, busy)), policy).decisions).toEqual(
      [],
    );
  });

  it("stops late ones at once when there is no place for others", () => {
    const stuck = [1, 2].map((n) => replica(`vision-${n}`, { phase: "loading" }));
    const due = decide(initialState, at(t0 + 181_000, pool(waiting, ...stuck)), policy);
    expect(due.decisions.map((d) => [d.action, d.rule])).toEqual([
      ["stop", "startup-timeout"],
      ["stop", "startup-timeout"],
      ["hold", "slot-taken"],
    ]);
  });

  it("replaces a replica that stays in one phase for too long", () => {
    const phaseDeadlines = { loading: 60_000 };
    const strict = referencePolicy({ ...settings, vision: { ...settings.vision, phaseDeadlines } });
    const stuck = replica("vision-1", { phase: "loading", sinceMs: t0 + 10_000 });
    const before = decide(initialState, at(t0 + 70_000, pool(waiting, stuck)), strict);
    expect(before.decisions).toEqual([]);
    const due = decide(before.state, at(t0 + 71_000, pool(waiting, stuck)), strict);
    expect(sentences(due.decisions)).toEqual([
      "work-ready: vision-2 started: 1 document waits and no vision container runs",
      "phase-deadline: vision-1 stopped: loading for 61 s; the limit of this phase is 60 s",
    ]);
    expect(decide(before.state, at(t0 + 71_000, pool(waiting, stuck)), policy).decisions).toEqual(
      [],
    );
  });

  it("waits for a slot when every slot is still stopping", () => {
    const slots = [
      replica("vision-1", { phase: "draining" }),
      replica("vision-2", { phase: "draining" }),
    ];
    const due = decide(initialState, at(t0, pool(waiting, ...slots)), policy);
    expect(sentences(due.decisions)).toEqual([
      "slot-taken: vision held at 0: vision-1, vision-2 must stop first",
    ]);
  });

  it("replaces a lost replica at once the first time and backs off afterwards", () => {
    const up = (sinceMs: number) =>
      pool(waiting, replica("vision-1", { phase: "booting", sinceMs }));
    const up1 = decide(initialState, at(t0, up(t0)), policy);
    const lost1 = decide(up1.state, at(t0 + 100, pool(waiting)), policy);
    expect(lost1.decisions.map((d) => d.action)).toEqual(["start"]);
    const up2 = decide(lost1.state, at(t0 + 200, up(t0 + 150)), policy);
    const lost2 = decide(up2.state, at(t0 + 500, pool(waiting)), policy);
    expect(sentences(lost2.decisions)).toEqual([
      "back-off: vision held at 0: 2 replicas failed in a row; the next try is in 1 s",
    ]);
    const lost3 = decide(lost2.state, at(t0 + 1_500, pool(waiting)), policy);
    expect(lost3.decisions.map((d) => d.action)).toEqual(["start"]);
    const proven = pool(waiting, replica("vision-1", { sinceMs: t0 + 2_000 }));
    const ready = decide(lost3.state, at(t0 + 12_000, proven), policy);
    expect(ready.state.pools.vision?.failures).toBe(0);
  });

  it("counts a start that failed before it was ever seen", () => {
    const first = decide(initialState, at(t0, pool(waiting)), policy);
    const failed = replica("vision-1", { phase: "failed", sinceMs: t0 + 50 });
    const again = decide(first.state, at(t0 + 100, pool(waiting, failed)), policy);
    expect(again.state.pools.vision?.failures).toBe(1);
    expect(again.decisions.map((d) => d.replica)).toEqual(["vision-1"]);
  });

  it("counts no failure when a replica ends that was told to", () => {
    const up = decide(initialState, at(t0, pool({}, replica("vision-1"))), policy);
    const told = decide(up.state, at(t0 + 300_000, pool({}, replica("vision-1"))), policy);
    expect(told.decisions.map((d) => d.action)).toEqual(["stop"]);
    const gone = decide(told.state, at(t0 + 301_000, pool({})), policy);
    expect(gone.state.pools.vision).toMatchObject({ failures: 0, commands: [] });
    const draining = pool({}, replica("vision-1", { phase: "draining" }));
    const drained = decide(up.state, at(t0 + 1_000, draining), policy);
    const ended = decide(drained.state, at(t0 + 2_000, pool({})), policy);
    expect(ended.state.pools.vision?.failures).toBe(0);
  });

  it("decides again when a command got lost", () => {
    const first = decide(initialState, at(t0, pool(waiting)), policy);
    const still = decide(first.state, at(t0 + commandTtlMs - 1, pool(waiting)), policy);
    expect(still.decisions).toEqual([]);
    const again = decide(still.state, at(t0 + commandTtlMs, pool(waiting)), policy);
    expect(again.decisions.map((d) => d.replica)).toEqual(["vision-1"]);
  });

  it("keeps the minimum up and takes what is above the maximum down", () => {
    const warm = referencePolicy({ ...settings, text: { ...settings.text, minReplicas: 1 } });
    const up = decide(initialState, at(t0, pool({})), warm);
    expect(sentences(up.decisions)).toEqual([
      "minimum: text-1 started: the text pool keeps at least 1 replica",
    ]);
    const three = [1, 2, 3].map((n) => replica(`vision-${n}`));
    const down = decide(initialState, at(t0, pool(waiting, ...three)), policy);
    expect(sentences(down.decisions)).toEqual([
      "maximum: vision-3 stopped: the vision pool has at most 2 replicas",
    ]);
  });

  it("leaves a pool it knows nothing about as it is, and says so once", () => {
    const blind: Observation = { nowMs: t0, pools: { vision: pool({}) } };
    const first = decide(initialState, blind, policy);
    expect(first.decisions.map((d) => [d.pool, d.rule])).toEqual([["text", "no-data"]]);
    expect(decide(first.state, blind, policy).decisions).toEqual([]);
  });

  it("stops a pool even after the clock was set back", () => {
    const { state } = decide(
      initialState,
      at(t0 + 9_000_000, pool({}, replica("vision-1"))),
      policy,
    );
    const back = decide(state, at(t0, pool({}, replica("vision-1"))), policy);
    const due = decide(back.state, at(t0 + 300_000, pool({}, replica("vision-1"))), policy);
    expect(due.decisions.map((d) => d.action)).toEqual(["stop"]);
  });
});
