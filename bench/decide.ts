/**
 * `npm run bench -- decide`: what one decision costs with 10,000 pipelines in flight and 100 replicas, for
 * every policy. From one question to the next a second goes by and a slide ends. Three scenes: all
 * replicas run and work; no text container runs and no document is near its need of one, so that the first
 * start is weighed; half of the replicas run, so that each further one is.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { decide } from "../src/core/autoscaler/decide.ts";
import type { Policy } from "../src/core/autoscaler/decision.ts";
import type { Fact } from "../src/core/autoscaler/facts.ts";
import { initialState } from "../src/core/autoscaler/memory.ts";
import {
  type DocumentObservation,
  noDemand,
  type Observation,
  type ReplicaObservation,
} from "../src/core/autoscaler/observation.ts";
import type { PolicyBase } from "../src/core/autoscaler/policies/base.ts";
import { policyNamed, policyNames } from "../src/core/autoscaler/policies/registry.ts";
import { scalingDefaults, scalingOf } from "../src/core/autoscaler/settings.ts";
import { percentile } from "./queue/percentiles.ts";

const pipelines = 10_000;
const replicas = { vision: 40, text: 60 };
const slides = 16;
const slideMs = 3_500;
const goalMs = 10;
const warmUp = 30;
const rounds = 200;
const startMs = 10_000_000;
const lnSeconds = Math.log(slideMs / 1_000);

const defaults = scalingOf(scalingDefaults);
const base: PolicyBase = {
  scaling: {
    ...defaults,
    vision: { ...defaults.vision, maxReplicas: replicas.vision },
    text: { ...defaults.text, maxReplicas: replicas.text },
  },
  topology: "split",
  microUsdPerHour: { vision: 500_000, text: 800_000 },
  quantumMs: 0,
};

interface Scene {
  readonly name: string;
  readonly vision: number;
  readonly text: number;
  /** Documents in visual analysis have fewer slides read than this. */
  readonly readMax: number;
}

const scenes: readonly Scene[] = [
  { name: "100 replicas", vision: replicas.vision, text: replicas.text, readMax: slides },
  { name: "no text replica", vision: replicas.vision, text: 0, readMax: 7 },
  { name: "50 replicas", vision: replicas.vision / 2, text: replicas.text / 2, readMax: slides },
];

/** Half of the documents are past visual analysis where text runs; none is where it does not. */
function documentsOf({ vision, text, readMax }: Scene): DocumentObservation[] {
  const running = 2 * vision;
  return Array.from({ length: pipelines }, (_, at): DocumentObservation => {
    const isDone = text > 0 && at < pipelines / 2;
    const isRunning = !isDone && at % (pipelines / 2) < running;
    const slidesDone = isDone ? slides : isRunning ? at % readMax : 0;
    return {
      pipeline: `p${at}`,
      uploadedAtMs: startMs - pipelines + at,
      slides,
      visual: isDone ? "done" : isRunning ? "running" : "waiting",
      slidesDone,
      slideSinceMs: isRunning ? startMs - slideMs / 2 : null,
      sumLnSeconds: slidesDone * lnSeconds,
      textTasksLeft: 4,
    };
  });
}

const replicasOf = (pool: string, many: number, leases: number): readonly ReplicaObservation[] =>
  Array.from({ length: many }, (_, at) => ({
    name: `${pool}-${at + 1}`,
    phase: "ready" as const,
    sinceMs: startMs - 600_000,
    requestedAtMs: startMs - 700_000,
    leases,
    idleSinceMs: null,
  }));

/** Questions a second apart; a slide of one document ends in each. */
function createScene(scene: Scene): (at: number) => Observation {
  const documents = documentsOf(scene);
  const seeing = documents.filter(({ visual }) => visual !== "done");
  const moving = documents.flatMap((one, at) => (one.visual === "running" ? [at] : []));
  const done = documents.length - seeing.length;
  const vision = replicasOf("vision", scene.vision, 2);
  const text = replicasOf("text", scene.text, 3);
  return (round) => {
    const nowMs = startMs + 1_000 * round;
    const place = moving[round % moving.length] ?? 0;
    const before = documents[place] as DocumentObservation;
    const slidesDone = (before.slidesDone + 1) % scene.readMax;
    const sumLnSeconds = slidesDone * lnSeconds;
    const moved = { ...before, slidesDone, slideSinceMs: nowMs, sumLnSeconds };
    documents[place] = moved;
    const upstream = documents.flatMap(({ pipeline, visual, slidesDone: read }) => {
      if (visual === "done") return [];
      const expectedEndMs = visual === "running" ? nowMs + (slides - read) * slideMs : null;
      return [{ pipeline, fraction: read / slides, expectedEndMs }];
    });
    const fact: Fact = {
      kind: "slide-done",
      atMs: nowMs,
      pipeline: before.pipeline,
      tookMs: slideMs,
    };
    return {
      nowMs,
      pools: {
        vision: {
          replicas: vision,
          demand: {
            ...noDemand,
            ready: 2 * seeing.length - 2 * scene.vision,
            leased: 2 * scene.vision,
            pipelines: seeing.length,
            oldestReadyMs: startMs - pipelines,
          },
        },
        text: {
          replicas: text,
          demand: {
            ...noDemand,
            ready: Math.max(0, done - 3 * scene.text),
            leased: Math.min(done, 3 * scene.text),
            blocked: 4 * pipelines - done,
            pipelines,
            oldestReadyMs: done > 0 ? startMs - pipelines : null,
            upstream,
          },
        },
      },
      documents: [...documents],
      facts: round === 0 ? uploads(documents) : [fact],
    };
  };
}

const uploads = (documents: readonly DocumentObservation[]): readonly Fact[] =>
  documents.map(({ pipeline, uploadedAtMs }) => ({
    kind: "uploaded",
    atMs: uploadedAtMs,
    pipeline,
    slides,
  }));

function measure(policy: Policy, scene: Scene): { median: number; p95: number; max: number } {
  const observe = createScene(scene);
  let state = initialState;
  const tookMs: number[] = [];
  for (let round = 0; round < warmUp + rounds; round += 1) {
    const observation = observe(round);
    const beganMs = performance.now();
    const decided = decide(state, observation, policy);
    if (round >= warmUp) tookMs.push(performance.now() - beganMs);
    // What it starts is not shown: it would end the scene. So it is asked as if it had not been before.
    state = { ...decided.state, pools: initialState.pools };
  }
  const rounded = (share: number) => Number(percentile(tookMs, share).toFixed(3));
  return { median: rounded(0.5), p95: rounded(0.95), max: rounded(1) };
}

const milliseconds: Record<string, Record<string, ReturnType<typeof measure>>> = {};
for (const name of policyNames) {
  const choice = policyNamed(name, base);
  if ("problem" in choice) throw new Error(choice.problem);
  for (const scene of scenes) {
    const took = measure(choice.policy, scene);
    milliseconds[name] = { ...milliseconds[name], [scene.name]: took };
    const columns = [took.median, took.p95, took.max].map((ms) => ms.toFixed(2).padStart(8));
    console.log(`${name.padEnd(22)}${scene.name.padEnd(16)}${columns.join("")} ms`);
    if (took.median > goalMs) console.log(`over the goal of ${goalMs} ms`);
  }
}
const result = {
  pipelines,
  replicas,
  rounds,
  goalMs,
  cores: cpus().length,
  node: process.version,
  milliseconds,
};
const folder = fileURLToPath(new URL("results/", import.meta.url));
await mkdir(folder, { recursive: true });
await writeFile(`${folder}decide.json`, `${JSON.stringify(result, null, 2)}\n`);
