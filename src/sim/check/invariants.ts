import { bitOf } from "../../core/pipeline/graph.ts";
import type { TaskState } from "../../core/pipeline/life-cycle.ts";
import { percentOf } from "../../core/pipeline/progress.ts";
import { type Scene, type SimPipeline, taskStates } from "../engine/scene.ts";
import type { View } from "./view.ts";

/** A sentence about what is broken; null: it holds. */
export type Invariant = (view: View) => string | null;

function* onTheirWay({ oldest }: Scene): Iterable<SimPipeline> {
  for (let at = oldest; at !== null; at = at.after) yield at;
}

const tasksOf = ({ stage }: Scene): readonly number[] => stage.graph.names.map((_, task) => task);

const nameOf = ({ stage }: Scene, { document }: SimPipeline, task: number): string =>
  `${stage.graph.names[task]} of document ${document.id}`;

/** A leased task has one holder that exists and counts it; any other has none. */
export const oneLiveLeaseATask: Invariant = ({ scene }) => {
  const counted = new Map<string, number>();
  for (const pipeline of onTheirWay(scene)) {
    for (const task of tasksOf(scene)) {
      const holder = pipeline.holders[task] ?? null;
      const isLeased = pipeline.states[task] === taskStates.leased;
      if (isLeased !== (holder !== null)) {
        return `${nameOf(scene, pipeline, task)} is ${isLeased ? "leased by nobody" : "held though it is not leased"}`;
      }
      if (holder === null) continue;
      if (scene.replicas[holder.slot] !== holder) {
        return `${nameOf(scene, pipeline, task)} is held by ${holder.name}, which is gone`;
      }
      counted.set(holder.name, (counted.get(holder.name) ?? 0) + 1);
    }
  }
  const wrong = scene.replicas.find(
    (replica) => replica !== null && replica.leases !== (counted.get(replica.name) ?? 0),
  );
  if (!wrong) return null;
  return `${wrong.name} counts ${wrong.leases} leases and holds ${counted.get(wrong.name) ?? 0}`;
};

export const dependenciesFirst: Invariant = ({ scene }) => {
  const { needs } = scene.stage.graph;
  for (const pipeline of onTheirWay(scene)) {
    for (const task of tasksOf(scene)) {
      const state = pipeline.states[task] ?? 0;
      const hasBegun = state > taskStates.blocked && state <= taskStates.done;
      const open = tasksOf(scene).filter(
        (other) =>
          ((needs[task] ?? 0n) & bitOf(other)) !== 0n && pipeline.states[other] !== taskStates.done,
      );
      if (hasBegun && open.length > 0) {
        return `${nameOf(scene, pipeline, task)} came before ${scene.stage.graph.names[open[0] ?? 0]}`;
      }
    }
  }
  return null;
};

/** What exists is within the maximum; what stays is at least the minimum, unless starts keep failing. */
export const replicasWithinBounds: Invariant = ({ scene, limits, state }) => {
  for (const { name, replicas } of scene.poolList) {
    const bounds = limits[name];
    if (bounds === undefined) continue;
    if (replicas.length > bounds.maxReplicas) {
      return `${name} has ${replicas.length} replicas, and ${bounds.maxReplicas} is the most`;
    }
    const staying = replicas.filter(({ phase }) => phase !== "draining").length;
    const isHindered = (state.pools[name]?.failures ?? 0) > 1 || replicas.length > staying;
    if (staying < bounds.minReplicas && !isHindered) {
      return `${name} has ${staying} replicas, and ${bounds.minReplicas} is the least`;
    }
  }
  return null;
};

export const noNameTwice: Invariant = ({ scene }) => {
  const names = scene.poolList.flatMap(({ replicas }) => replicas.map(({ name }) => name));
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  return twice === undefined ? null : `${twice} exists twice`;
};

/** No operator gives orders here, so that every stop is for want of work or because a start takes too long. */
export const busyAreNotStopped: Invariant = ({ decisions, leasesBefore }) => {
  const stopped = decisions.find(
    ({ action, replica }) => action === "stop" && (leasesBefore.get(replica ?? "") ?? 0) > 0,
  );
  return stopped === undefined ? null : `${stopped.replica} is stopped with work: ${stopped.rule}`;
};

export const containersNotOverfull: Invariant = ({ scene }) => {
  for (const replica of scene.replicas) {
    if (replica === null) continue;
    const { name, pool, leases, held, phase } = replica;
    if (leases > pool.slots) return `${name} has ${leases} leases and ${pool.slots} slots`;
    if (held.length > pool.pipelinesMax) {
      return `${name} works on ${held.length} pipelines, and ${pool.pipelinesMax} is the most`;
    }
    if (leases > 0 && phase !== "ready" && phase !== "draining")
      return `${name} works while ${phase}`;
  }
  return null;
};

/** Within a generation, what was done stays done, down to the slide. */
export const finishedIsNotRepeated: Invariant = ({ scene, before }) => {
  for (const pipeline of onTheirWay(scene)) {
    const last = before[pipeline.slot];
    if (last === undefined || last.document !== pipeline.document.id) continue;
    for (const task of tasksOf(scene)) {
      const wasDone = last.states[task] === taskStates.done;
      if (wasDone && pipeline.states[task] !== taskStates.done) {
        return `${nameOf(scene, pipeline, task)} was done and is not any more`;
      }
      if ((pipeline.slidesKept[task] ?? 0) < (last.slidesKept[task] ?? 0)) {
        return `${nameOf(scene, pipeline, task)} lost slides that were finished`;
      }
    }
    if (pipeline.slidesDone < last.slidesDone) {
      return `document ${pipeline.document.id} lost slides that were finished`;
    }
  }
  return null;
};

const stateNames: readonly TaskState[] = [
  ...(["blocked", "ready", "leased", "delayed"] as const),
  ...(["done", "dead", "skipped"] as const),
];

/** As people see it, by the production's own rule. */
export function percentNow(scene: Scene, pipeline: SimPipeline): number {
  const { graph, visual } = scene.stage;
  const slides = pipeline.document.slideMs.length;
  return percentOf(
    "active",
    graph.weights.map((weight, task) => ({
      weight,
      state: stateNames[pipeline.states[task] ?? 0] ?? "blocked",
      fraction: (task === visual ? pipeline.slidesDone : (pipeline.slidesKept[task] ?? 0)) / slides,
    })),
  );
}

export const progressNeverFalls: Invariant = ({ scene, before }) => {
  for (const pipeline of onTheirWay(scene)) {
    const last = before[pipeline.slot];
    if (last === undefined || last.document !== pipeline.document.id) continue;
    const percent = percentNow(scene, pipeline);
    if (percent < last.percent) {
      return `document ${pipeline.document.id} fell from ${last.percent} % to ${percent} %`;
    }
  }
  return null;
};

/** What the scaler is told is what there is. */
export const demandIsCounted: Invariant = ({ scene }) => {
  for (const work of scene.works) {
    const counts = [0, 0, 0, 0];
    let pipelines = 0;
    for (const pipeline of onTheirWay(scene)) {
      const open = work.tasks.filter((task) => (pipeline.states[task] ?? 0) < taskStates.done);
      for (const task of open) {
        const state = pipeline.states[task] ?? 0;
        counts[state] = (counts[state] ?? 0) + 1;
      }
      if (open.length > 0) pipelines += 1;
    }
    const told = [work.blocked, work.ready, work.leased, work.delayed, work.pipelines];
    const real = [...counts, pipelines];
    if (told.join() !== real.join()) {
      return `${work.name}: blocked, ready, leased, delayed and pipelines are told as ${told} and are ${real}`;
    }
  }
  return null;
};

/** Nothing that could be worked on waits beside a container with room for it. */
export const nobodyIdlesBesideWork: Invariant = ({ scene }) => {
  for (const pool of scene.poolList) {
    const waiting = pool.works.reduce((sum, work) => sum + work.ready, 0);
    const idle = pool.replicas.find(({ phase, leases }) => phase === "ready" && leases === 0);
    if (waiting > 0 && idle !== undefined) return `${idle.name} idles while ${waiting} tasks wait`;
  }
  return null;
};

export const factsInOrder: Invariant = ({ facts, scene }) => {
  let lastMs = Number.NEGATIVE_INFINITY;
  for (const { kind, atMs } of facts) {
    if (atMs < lastMs) return `${kind} is told after what came later`;
    if (atMs > scene.nowMs) return `${kind} is told before it happens`;
    lastMs = atMs;
  }
  return null;
};
