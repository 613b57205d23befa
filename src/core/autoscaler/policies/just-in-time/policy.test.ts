import { describe, expect, it } from "vitest";
import { decide } from "../../decide.ts";
import type { Decision, Policy } from "../../decision.ts";
import type { Fact } from "../../facts.ts";
import { initialState, type ScalerState } from "../../memory.ts";
import {
  type Demand,
  type DocumentObservation,
  noDemand,
  type Observation,
  type ReplicaObservation,
} from "../../observation.ts";
import { scalingDefaults, scalingOf } from "../../settings.ts";
import type { PolicyBase } from "../base.ts";
import { justInTimePolicy } from "./policy.ts";
import { type JustInTimeSettings, justInTimeDefaults } from "./settings.ts";
import type { JitState } from "./state.ts";

const base: PolicyBase = {
  scaling: scalingOf(scalingDefaults),
  topology: "split",
  microUsdPerHour: { vision: 500_000, text: 800_000, shared: 800_000 },
  quantumMs: 0,
};
const policyOf = (settings: Partial<JustInTimeSettings> = {}, other: Partial<PolicyBase> = {}) =>
  justInTimePolicy({ ...base, ...other }, { ...justInTimeDefaults, ...settings });
const t0 = 1_700_000_000_000;
const seconds = (s: number): number => t0 + 1_000 * s;

const ready = (name: string, sinceS: number, leases = 0): ReplicaObservation => ({
  name,
  phase: "ready",
  sinceMs: seconds(sinceS),
  requestedAtMs: seconds(sinceS - 100),
  leases,
  idleSinceMs: null,
});
const starting = (name: string, sinceS: number): ReplicaObservation => ({
  ...ready(name, sinceS),
  phase: "loading",
  requestedAtMs: seconds(sinceS),
});
const document = (rest: Partial<DocumentObservation> = {}): DocumentObservation => ({
  pipeline: "p1",
  uploadedAtMs: t0,
  slides: 16,
  visual: "waiting",
  slidesDone: 0,
  slideSinceMs: null,
  sumLnSeconds: 0,
  textTasksLeft: 4,
  ...rest,
});
const waiting = (documents: number): Demand => ({
  ...noDemand,
  ready: 2 * documents,
  pipelines: documents,
  oldestReadyMs: t0,
});
const blocked = (documents: number, fraction = 0): Demand => ({
  ...noDemand,
  blocked: 4 * documents,
  pipelines: documents,
  upstream: Array.from({ length: documents }, (_, i) => ({
    pipeline: `p${i + 1}`,
    fraction,
    expectedEndMs: null,
  })),
});
const look = (
  atS: number,
  vision: { demand?: Demand; replicas?: readonly ReplicaObservation[] },
  text: { demand?: Demand; replicas?: readonly ReplicaObservation[] } = {},
  rest: { documents?: readonly DocumentObservation[]; facts?: readonly Fact[] } = {},
): Observation => ({
  nowMs: seconds(atS),
  pools: {
    vision: { demand: vision.demand ?? noDemand, replicas: vision.replicas ?? [] },
    text: { demand: text.demand ?? noDemand, replicas: text.replicas ?? [] },
  },
  ...rest,
});
const said = ({ decisions }: { decisions: readonly Decision[] }) =>
  decisions.map(({ replica, pool, action, rule }) => `${replica ?? pool} ${action} ${rule}`);
const jitOf = (state: ScalerState) => state.policy as unknown as JitState;

describe("the first replica", () => {
  it("of vision starts at upload; text with it where its start takes longer than all before it", () => {
    const short = document({ slides: 8 });
    const seen = look(0, { demand: waiting(1) }, { demand: blocked(1) }, { documents: [short] });
    const decided = decide(initialState, seen, policyOf());
    expect(said(decided)).toEqual(["vision-1 start work-ready", "text-1 start just-in-time"]);
    expect(decided.decisions[1]?.sentence).toMatch(
      /^text-1 started early: needed in about \d+ s, cold start p90 \d+ s; started now it would come too late in \d+ % of cases$/,
    );
  });

  it("of text waits for a long deck, and says when it looks again", () => {
    const long = document({ slides: 80 });
    const seen = look(0, { demand: waiting(1) }, { demand: blocked(1) }, { documents: [long] });
    const decided = decide(initialState, seen, policyOf());
    expect(said(decided)).toEqual(["vision-1 start work-ready", "text hold just-in-time-wait"]);
    expect(decided.againAtMs).toBeGreaterThan(t0);
    expect(decided.againAtMs).toBeLessThanOrEqual(t0 + 15_000);
  });

  it("of text starts for several long decks where it would wait for one", () => {
    const slides = 46;
    const many = [1, 2, 3, 4].map((i) =>
      document({ pipeline: `p${i}`, slides, visual: "running", slideSinceMs: t0 }),
    );
    const replicas = [ready("vision-1", -500, 2), ready("vision-2", -500, 2)];
    const text = (documents: readonly DocumentObservation[]) =>
      said(
        decide(
          initialState,
          look(
            0,
            { demand: { ...waiting(0), leased: 4, pipelines: 4 }, replicas },
            { demand: blocked(documents.length) },
            { documents },
          ),
          policyOf({ waitPrice: 0.5 }),
        ),
      );
    expect(text(many.slice(0, 1))).toEqual(["text hold just-in-time-wait"]);
    expect(text(many)).toEqual(["text-1 start just-in-time"]);
  });

  it("of text starts no later than at 80 % of visual analysis, whatever the price of waiting", () => {
    // A minute a slide: twenty minutes are left.
    const almost = document({
      ...{ visual: "running", slides: 100, slidesDone: 80, slideSinceMs: t0 },
      sumLnSeconds: 80 * Math.log(60),
    });
    const at = (fraction: number) =>
      said(
        decide(
          initialState,
          look(
            0,
            {
              demand: { ...noDemand, leased: 1, pipelines: 1 },
              replicas: [ready("vision-1", -99, 1)],
            },
            { demand: blocked(1, fraction) },
            { documents: [almost] },
          ),
          policyOf({ waitPrice: 0.01 }),
        ),
      );
    expect(at(0.8)).toEqual(["text-1 start pre-warm-progress"]);
    expect(at(0.79)).toEqual(["text hold just-in-time-wait"]);
  });

  it("of a shared pool starts at upload", () => {
    const policy = policyOf({}, { topology: "shared" });
    const seen: Observation = {
      nowMs: t0,
      pools: { shared: { demand: waiting(1), replicas: [] } },
      documents: [document()],
    };
    expect(said(decide(initialState, seen, policy))).toEqual(["shared-1 start work-ready"]);
  });
});

/** Asked again and again as time passes, nothing else happening, until something is decided. */
function until(
  policy: Policy,
  seen: (atS: number) => Observation,
  state: ScalerState,
  fromS: number,
  toS: number,
) {
  let now = state;
  for (let atS = fromS; atS <= toS; atS += 5) {
    const decided = decide(now, seen(atS), policy);
    now = decided.state;
    const stop = decided.decisions.find(({ action }) => action === "stop");
    if (stop !== undefined) return { atS, stop };
  }
  return null;
}

describe("keeping what is idle", () => {
  const idle = (atS: number) => look(atS, { replicas: [ready("vision-1", -900)] });

  it("lasts for the break-even time before enough gaps were seen", () => {
    // A start of vision is believed to take about 0.6 of 180 s at first: 112 s with its spread.
    const { atS, stop } = until(policyOf(), idle, initialState, 0, 3_000) ?? {};
    expect(atS).toBeGreaterThan(112 * (1 + 6.4) * 0.8);
    expect(atS).toBeLessThan(180 * (1 + 6.4));
    expect(stop).toMatchObject({ rule: "idle", replica: "vision-1" });
    expect(stop?.sentence).toMatch(
      /no pipeline has needed vision for \d+ s, and keeping it pays for \d+ s/,
    );
  });

  it("ends just before the end of a paid quantum, the threshold rounded to it", () => {
    const policy = policyOf({ waitPrice: 1 }, { quantumMs: 600_000 });
    // Requested at -1000 s: quanta end at 200, 800, 1400 s ...
    const { atS } = until(policy, idle, initialState, 0, 5_000) ?? {};
    expect(((atS ?? 0) + 1_000) % 600).toBeGreaterThanOrEqual(580);
  });

  it("ends while a very long deck is read, if text is needed no sooner than a new start pays", () => {
    const reading = (slides: number) =>
      look(
        0,
        { demand: { ...noDemand, leased: 1, pipelines: 1 }, replicas: [ready("vision-1", -99, 1)] },
        { demand: blocked(1), replicas: [ready("text-1", -99)] },
        { documents: [document({ visual: "running", slides, slideSinceMs: t0 })] },
      );
    const decided = decide(initialState, reading(400), policyOf());
    expect(said(decided)).toContain("text-1 stop far-off");
    expect(decided.decisions[0]?.sentence).toMatch(/no document needs text sooner than in \d+ s/);
    expect(said(decide(initialState, reading(40), policyOf()))).not.toContain(
      "text-1 stop far-off",
    );
    // What was stopped is not started again until it is time.
    const gone = { ...reading(400), nowMs: t0 + 40_000 };
    const later = { ...gone, pools: { ...gone.pools, text: { demand: blocked(1), replicas: [] } } };
    expect(said(decide(decided.state, later, policyOf()))).toEqual(["text hold just-in-time-wait"]);
  });

  it("gives back a further replica by itself while the first one works", () => {
    const work = { ...noDemand, leased: 1, pipelines: 1 };
    const seen = (atS: number) =>
      look(atS, { demand: work, replicas: [ready("vision-1", -900, 1), ready("vision-2", -900)] });
    expect(until(policyOf(), seen, initialState, 0, 3_000)?.stop).toMatchObject({
      replica: "vision-2",
      rule: "extra-idle",
    });
  });

  it("lasts for at least 45 s of being ready, and never ends while a start is on its way", () => {
    const fresh = (atS: number) => look(atS, { replicas: [ready("vision-1", 3_000)] });
    const { atS } = until(policyOf(), fresh, initialState, 3_000, 9_000) ?? {};
    expect(atS).toBeGreaterThanOrEqual(3_045);
    const work = { ...noDemand, leased: 1, pipelines: 1 };
    const seen = (s: number) =>
      look(s, {
        demand: work,
        replicas: [ready("vision-1", -900, 1), starting("vision-2", s - 20)],
      });
    expect(until(policyOf(), seen, initialState, 0, 3_000)).toBeNull();
  });
});

describe("further replicas", () => {
  const queue = (documents: number) =>
    look(
      0,
      {
        demand: { ...waiting(documents), leased: 2, pipelines: documents + 1 },
        replicas: [ready("vision-1", -900, 2)],
      },
      { demand: blocked(documents + 1), replicas: [ready("text-1", -900)] },
      {
        documents: Array.from({ length: documents }, (_, i) => document({ pipeline: `p${i}` })),
      },
    );

  it("start when they save more than they cost", () => {
    const policy = policyOf();
    expect(said(decide(initialState, queue(1), policy))).not.toContain("vision-2 start scale-out");
    const decided = decide(initialState, queue(12), policy);
    expect(said(decided)).toContain("vision-2 start scale-out");
    const saved = decided.decisions.find(({ rule }) => rule === "scale-out")?.inputs;
    expect(Number(saved?.savedMs)).toBeGreaterThan(Number(saved?.enoughMs));
  });
});

describe("early starts", () => {
  it("rest for 30 s after a stop, unless text is ready or the reference would start", () => {
    const policy = policyOf();
    const gone: Fact = {
      kind: "replica-ended",
      atMs: t0,
      pool: "text",
      replica: "text-1",
      how: "stopped",
      worked: true,
    };
    const seen = (atS: number, facts: readonly Fact[] = []) =>
      look(atS, { demand: waiting(1) }, { demand: blocked(1) }, { documents: [document()], facts });
    const first = decide(initialState, seen(1, [gone]), policy);
    expect(said(first)).toContain("text hold start-bound");
    expect(said(decide(first.state, seen(30), policy))).toContain("text-1 start just-in-time");
    const needed = look(
      2,
      {},
      { demand: { ...noDemand, ready: 1, pipelines: 1, oldestReadyMs: t0 } },
    );
    expect(said(decide(first.state, needed, policy))).toContain("text-1 start work-ready");
  });

  it("are at most so many an hour", () => {
    const policy = policyOf({ speculativeStartsPerHour: 3 });
    let state = initialState;
    let starts = 0;
    for (let atS = 0; atS < 3_600; atS += 20) {
      const seen = look(
        atS,
        { demand: waiting(1), replicas: [ready("vision-1", -900, 1)] },
        { demand: blocked(1) },
        { documents: [document({ uploadedAtMs: seconds(atS) })] },
      );
      const decided = decide(state, seen, policy);
      state = decided.state;
      starts += decided.decisions.filter(
        ({ pool, action }) => pool === "text" && action === "start",
      ).length;
    }
    expect(starts).toBe(3);
  });
});

describe("what it remembers", () => {
  it("learns gaps of past days out of their facts, as told after a restart", () => {
    const facts: Fact[] = [];
    for (let i = 0; i < 20; i += 1) {
      const atMs = t0 + i * 3_600_000;
      const pipeline = `p${i}`;
      facts.push(
        { kind: "uploaded", atMs, pipeline, slides: 16 },
        { kind: "text-needed", atMs: atMs + 60_000, pipeline },
        { kind: "pipeline-ended", atMs: atMs + 100_000, pipeline },
      );
    }
    const { state } = decide(initialState, look(30 * 3_600, {}, {}, { facts }), policyOf());
    const { idle } = jitOf(state);
    expect(idle.visionMs).toHaveLength(19);
    expect(idle.visionMs.every((ms) => ms === 3_540_000)).toBe(true);
    expect(idle.textMs.every((ms) => ms === 3_500_000)).toBe(true);
    expect(idle.keep).not.toBeNull();
  });

  it("is plain JSON of some tens of kilobytes at most after years of traffic", () => {
    const policy = policyOf({ microUsdPerDay: 50_000_000 });
    let state = initialState;
    let atMs = t0;
    for (let i = 0; i < 3_000; i += 1) {
      const pipeline = `${"0".repeat(30)}${i}`;
      const facts: Fact[] = [
        { kind: "uploaded", atMs, pipeline, slides: 3 },
        { kind: "slide-done", atMs: atMs + 3_000, pipeline, tookMs: 3_000 },
        { kind: "text-needed", atMs: atMs + 3_000, pipeline },
        {
          kind: "start-ended",
          atMs: atMs + 4_000,
          pool: "text",
          replica: "text-1",
          how: "ready",
          tookMs: 100_000 + i,
          offMs: null,
        },
      ];
      const busy = { ...noDemand, leased: 9, pipelines: 1 };
      const on = look(0, { demand: busy }, { demand: busy }, { facts });
      state = decide(state, { ...on, nowMs: atMs + 5_000 }, policy).state;
      state = decide(state, { ...look(0, {}), nowMs: atMs + 100_000 }, policy).state;
      atMs += 1_000_000 + ((i * 7_919) % 5_000_000);
    }
    const text = JSON.stringify(state);
    expect(text.length).toBeLessThan(60_000);
    expect(JSON.parse(text)).toEqual(state);
    expect(jitOf(state).idle.visionMs).toHaveLength(400);
  }, 60_000);
});
