import type { Graph } from "../../src/core/pipeline/graph.ts";
import { type Ending, nextMove, type Spent } from "../../src/core/pipeline/retry.ts";
import type { Random } from "../../src/lib/random.ts";
import type { GraphTask } from "../support/queue.ts";

/** Limits of every task here: low, so that a short life sees tasks die. */
export const policy = {
  ...{ attemptsMax: 2, lostMax: 3, backoffMs: 1000, backoffMaxMs: 60_000 },
  ...{ roundsExtra: 0, roundDelayMs: 0 },
};

/** What becomes of a task; that a document is suspected has a model of its own (test/support/pipeline-model.ts). */
export function nextOf(
  ending: Ending,
  spent: Pick<Spent, "failures" | "lost">,
  random: Random,
): { readonly kind: "delay"; readonly afterMs: number } | { readonly kind: "dead" } {
  const next = nextMove(ending, { ...spent, containersLost: 0 }, policy, random);
  return next.kind === "delay" ? { kind: "delay", afterMs: next.afterMs } : { kind: "dead" };
}
export const timeoutMs = 60_000;
export const stallMs = 30_000;

const limits = { attempts: policy.attemptsMax, lost: policy.lostMax, timeoutMs, stallMs };

/** Two packs: one with a join of two pools and a feature, one with two roots. */
export const packTasks: Readonly<Record<string, readonly GraphTask[]>> = {
  wide: [
    { name: "join", after: ["left", "right"] },
    { name: "left", after: "root" },
    { name: "root" },
    { name: "right", after: ["root"], pool: "text" },
    { name: "alone", after: "root", features: ["ocr"] },
    { name: "last", after: ["join", "alone"], pool: "text" },
  ].map((task) => ({ ...task, ...limits })),
  twin: [
    { name: "first" },
    { name: "second" },
    { name: "both", after: ["first", "second"], pool: "text" },
    { name: "aside" },
  ].map((task) => ({ ...task, ...limits })),
};

/** What the model has to know of a pack. */
export interface ModelPack {
  readonly name: string;
  readonly graph: Graph;
  readonly tasks: readonly { readonly pool: string; readonly features: readonly string[] }[];
}

export const modelPack = (name: string, graph: Graph): ModelPack => ({
  name,
  graph,
  tasks: (packTasks[name] ?? []).map(({ pool, features }) => ({
    pool: pool ?? "vision",
    features: features ?? [],
  })),
});

export interface ContainerShape {
  readonly pool: string;
  readonly features: string[];
  readonly slots: number;
  readonly pipelines: number;
}

/** Pools and features that differ, slots and pipelines that bind. */
export const containerShapes: readonly ContainerShape[] = [
  { pool: "vision", features: [], slots: 3, pipelines: 2 },
  { pool: "vision", features: [], slots: 1, pipelines: 1 },
  { pool: "vision", features: [], slots: 5, pipelines: 3 },
  { pool: "vision", features: ["ocr"], slots: 4, pipelines: 3 },
  { pool: "text", features: [], slots: 2, pipelines: 2 },
  { pool: "shared", features: ["ocr"], slots: 3, pipelines: 1 },
];
