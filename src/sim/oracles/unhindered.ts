import { bitOf, type Graph } from "../../core/pipeline/graph.ts";
import type { SimDocument } from "../model.ts";

/** A task as it would run if a free replica always stood ready. Milliseconds of the simulation. */
export interface UnhinderedTask {
  readonly pool: string;
  readonly fromMs: number;
  readonly untilMs: number;
  /** It may end as late as this without its document ending later. `untilMs` where it has no slack. */
  readonly latestMs: number;
}

export interface UnhinderedRun {
  readonly arrivalMs: number;
  readonly endMs: number;
  /** By index of the graph. */
  readonly tasks: readonly UnhinderedTask[];
}

/** Every task as soon as all it needs is done: the zero-wait schedule of one document, its longest path from arrival to end. */
export function unhindered(graph: Graph, { arrivalMs, taskMs }: SimDocument): UnhinderedRun {
  const count = graph.names.length;
  const works = Array.from({ length: count }, (_, task) => taskMs[task] ?? 0);
  const ends: number[] = [];
  for (const task of inOrder(graph)) {
    const before = needsOf(graph, task).map((need) => ends[need] ?? 0);
    ends[task] = Math.max(arrivalMs, ...before) + (works[task] ?? 0);
  }
  const endMs = Math.max(arrivalMs, ...ends);
  const latest: number[] = works.map(() => endMs);
  for (const task of inOrder(graph).toReversed()) {
    for (const need of needsOf(graph, task)) {
      latest[need] = Math.min(latest[need] ?? endMs, (latest[task] ?? endMs) - (works[task] ?? 0));
    }
  }
  const tasks = works.map((work, task) => ({
    pool: graph.pools[task] ?? "",
    fromMs: (ends[task] ?? 0) - work,
    untilMs: ends[task] ?? 0,
    latestMs: latest[task] ?? endMs,
  }));
  return { arrivalMs, endMs, tasks };
}

const needsOf = (graph: Graph, task: number): number[] =>
  graph.names.flatMap((_, other) =>
    ((graph.needs[task] ?? 0n) & bitOf(other)) === 0n ? [] : [other],
  );

const orders = new WeakMap<Graph, readonly number[]>();

/** Tasks so that each comes after all it needs. A graph's order is worked out once. */
function inOrder(graph: Graph): readonly number[] {
  const known = orders.get(graph);
  if (known !== undefined) return known;
  const order: number[] = [];
  for (let done = 0n; done !== graph.full; ) {
    for (const [task, need] of graph.needs.entries()) {
      if ((done & bitOf(task)) !== 0n || (need & ~done) !== 0n) continue;
      order.push(task);
      done |= bitOf(task);
    }
  }
  orders.set(graph, order);
  return order;
}
