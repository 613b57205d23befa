import type { Policy } from "../../src/core/autoscaler/decision.ts";
import type {
  DocumentObservation,
  Observation,
  ReplicaObservation,
} from "../../src/core/autoscaler/observation.ts";
import type { Built } from "./built.ts";

export type Figures = Readonly<Record<string, number>>;

export interface Scenario {
  readonly what: string;
  /** What must be reached, in the first figure named here. */
  readonly goal: { readonly figure: string; readonly atMost?: number; readonly atLeast?: number };
  run(built: Built, share: number): Figures;
}

const perHour = 30;
const seed = 1;

const baseOf = (built: Built) => ({
  scaling: built.scalingOf(built.scalingDefaults),
  topology: "split" as const,
  microUsdPerHour: { vision: 500_000, text: 800_000 },
  quantumMs: 0,
});

/**
 * Traffic at random on the containers of the defaults, with the request's cold starts. The processor time
 * of all threads is what one core needs, also on a machine that has other work.
 */
function play(built: Built, policy: Policy, count: number): Figures {
  const { scaling } = baseOf(built);
  const world = built.createWorld({
    name: "bench",
    arrivalsMs: built.poissonArrivals({ perHour, count, seed }),
    service: built.pinnedServiceTimes,
    coldStarts: built.prdColdStarts,
    seed,
  });
  let ended = 0;
  let earlyBytes = 0;
  const cpu = process.cpuUsage();
  const startedMs = performance.now();
  const summary = built.simulate({
    world,
    policy,
    stage: built.pitchDeckStage(scaling, "split"),
    observer: {
      onDocument() {
        ended += 1;
        if (ended === Math.ceil(count / 10)) earlyBytes = process.memoryUsage().rss;
      },
    },
  });
  const seconds = (performance.now() - startedMs) / 1000;
  const used = process.cpuUsage(cpu);
  const cpuSeconds = (used.user + used.system) / 1e6;
  return {
    documents: summary.documents,
    events: summary.events,
    decisions: summary.decisions,
    seconds,
    cpuSeconds,
    documentsPerCpuSecond: summary.documents / cpuSeconds,
    mebibytesAtATenth: earlyBytes / 2 ** 20,
    mebibytesAtTheEnd: process.memoryUsage().rss / 2 ** 20,
  };
}

const replica = (name: string): ReplicaObservation => ({
  name,
  phase: "ready",
  sinceMs: 0,
  requestedAtMs: -100_000,
  leases: 2,
  idleSinceMs: null,
});

const pipelines = 10_000;
const replicas = 100;

/** 10,000 pipelines on their way, half of them still in vision, on 50 replicas a pool. */
function crowd(nowMs: number): Observation {
  const documents = Array.from({ length: pipelines }, (_, at): DocumentObservation => {
    const isVisual = at % 2 === 0;
    return {
      pipeline: String(at),
      uploadedAtMs: nowMs - 1000 * at,
      slides: 20,
      visual: !isVisual ? "done" : at < 200 ? "running" : "waiting",
      slidesDone: !isVisual ? 20 : at < 200 ? at % 20 : 0,
      slideSinceMs: isVisual && at < 200 ? nowMs - 1500 : null,
      sumLnSeconds: 25,
      textTasksLeft: 4,
    };
  });
  const upstream = documents
    .filter(({ visual }) => visual !== "done")
    .slice(0, 250)
    .map(({ pipeline, slidesDone }) => ({
      pipeline,
      fraction: slidesDone / 20,
      expectedEndMs: slidesDone < 2 ? null : nowMs + 3000 * (20 - slidesDone),
    }));
  const names = (pool: string) =>
    Array.from({ length: replicas / 2 }, (_, at) => replica(`${pool}-${at + 1}`));
  const work = { leased: 100, delayed: 0, pipelines: pipelines / 2, oldestReadyMs: 0 };
  return {
    nowMs,
    documents,
    facts: [],
    pools: {
      vision: {
        replicas: names("vision"),
        demand: { ...work, ready: 9900, blocked: 0, upstream: [] },
      },
      text: {
        replicas: names("text"),
        demand: { ...work, ready: 4900, blocked: 15_000, upstream },
      },
    },
  };
}

function decideInACrowd(built: Built, share: number): Figures {
  const base = baseOf(built);
  const wide = {
    ...base.scaling,
    vision: { ...base.scaling.vision, maxReplicas: 60 },
    text: { ...base.scaling.text, maxReplicas: 60 },
  };
  const policy = built.justInTimePolicy({ ...base, scaling: wide }, built.justInTimeDefaults);
  const rounds = Math.max(20, Math.round(400 * share));
  let state = built.initialState;
  const ms: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const seen = crowd(1_000_000 + 500 * round);
    const startedMs = performance.now();
    state = built.decide(state, seen, policy).state;
    ms.push(performance.now() - startedMs);
  }
  ms.sort((a, b) => a - b);
  return {
    decisions: rounds,
    p50Ms: ms[rounds >> 1] ?? 0,
    p99Ms: ms[Math.floor(0.99 * rounds)] ?? 0,
  };
}

export const scenarios: Readonly<Record<string, Scenario>> = {
  reference: {
    what: "1,000,000 documents, `reference`, a look at every event of a task",
    goal: { figure: "cpuSeconds", atMost: 20 },
    run: (built, share) =>
      play(built, built.referencePolicy(baseOf(built).scaling), Math.ceil(1_000_000 * share)),
  },
  attentive: {
    what: "100,000 documents, `reference`, shown every slide, all documents and all facts",
    goal: { figure: "documentsPerCpuSecond", atLeast: 2000 },
    run(built, share) {
      const policy = built.referencePolicy(baseOf(built).scaling);
      const attention = { documents: true, facts: true, slides: true, milestones: [] };
      return play(built, { ...policy, attention }, Math.ceil(100_000 * share));
    },
  },
  "just-in-time": {
    what: "40,000 documents, `just-in-time`, a look at every slide",
    goal: { figure: "documentsPerCpuSecond", atLeast: 2000 },
    run: (built, share) =>
      play(
        built,
        built.justInTimePolicy(baseOf(built), built.justInTimeDefaults),
        Math.ceil(40_000 * share),
      ),
  },
  crowd: {
    what: "one decision of `just-in-time`, 10,000 pipelines on their way and 100 replicas",
    goal: { figure: "p50Ms", atMost: 10 },
    run: decideInACrowd,
  },
};
