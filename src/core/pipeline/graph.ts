/**
 * A pack's tasks as a graph compiled to bit masks: bit i stands for task i. The SQL of
 * `migrations/0002_moves.sql` does the same on the same masks; a model test holds the two equal.
 */
export interface TaskShape {
  readonly name: string;
  readonly layer: number;
  readonly weight: number;
  readonly pool: string;
  /** The PRD's form of dependencies: null, one task, or a list of tasks. */
  readonly after: null | string | readonly string[];
}

export interface Graph {
  readonly names: readonly string[];
  readonly layers: readonly number[];
  readonly weights: readonly number[];
  readonly pools: readonly string[];
  /** needs[i]: the tasks that must be done before task i. */
  readonly needs: readonly bigint[];
  /** dependents[i]: all tasks that stand on task i, however far. */
  readonly dependents: readonly bigint[];
  readonly full: bigint;
}

const tasksMax = 63;

export const bitOf = (index: number): bigint => 1n << BigInt(index);

/** Throws Error naming the task when a dependency is unknown, when there is a cycle, or over 63 tasks. */
export function compileGraph(tasks: readonly TaskShape[]): Graph {
  if (tasks.length === 0) throw new Error("a pack needs at least one task");
  if (tasks.length > tasksMax) throw new Error(`a pack has at most ${tasksMax} tasks`);
  const names = tasks.map((task) => task.name);
  if (new Set(names).size !== names.length) throw new Error("two tasks have the same name");
  const needs = tasks.map((task) => needMask(task, names));
  const full = (1n << BigInt(tasks.length)) - 1n;
  if (reachable(needs) !== full) throw new Error("the tasks wait for each other in a circle");
  return {
    names,
    layers: tasks.map((task) => task.layer),
    weights: tasks.map((task) => task.weight),
    pools: tasks.map((task) => task.pool),
    needs,
    dependents: needs.map((_, index) => dependentsOf(needs, index)),
    full,
  };
}

function dependentsOf(needs: readonly bigint[], index: number): bigint {
  let above = bitOf(index);
  for (let before = 0n; before !== above; ) {
    before = above;
    for (const [other, need] of needs.entries()) if ((need & above) !== 0n) above |= bitOf(other);
  }
  return above & ~bitOf(index);
}

function needMask(task: TaskShape, names: readonly string[]): bigint {
  const after =
    task.after === null ? [] : typeof task.after === "string" ? [task.after] : task.after;
  return after.reduce((mask, name) => {
    const index = names.indexOf(name);
    if (index < 0) throw new Error(`${task.name} waits for ${name}, which is not a task`);
    return mask | bitOf(index);
  }, 0n);
}

/** What could ever be done, starting from nothing: everything, unless there is a cycle. */
function reachable(needs: readonly bigint[]): bigint {
  let done = 0n;
  for (let before = -1n; before !== done; ) {
    before = done;
    for (const [index, need] of needs.entries()) if ((need & ~done) === 0n) done |= bitOf(index);
  }
  return done;
}

export interface Masks {
  readonly queued: bigint;
  readonly done: bigint;
  readonly dead: bigint;
  readonly skipped: bigint;
  readonly gaps: bigint;
}

export const emptyMasks: Masks = { queued: 0n, done: 0n, dead: 0n, skipped: 0n, gaps: 0n };

export type EndState = "done" | "done_with_gaps" | "failed";

/**
 * Frees what may start, skips what never can, and says whether the pipeline has ended: the pure
 * twin of SQL `free_and_close`.
 */
export function advance(
  graph: Graph,
  masks: Masks,
): { masks: Masks; ready: number[]; end: EndState | null } {
  const skipped = graph.dependents.reduce(
    (mask, above, index) => ((masks.dead & bitOf(index)) === 0n ? mask : mask | above),
    masks.skipped,
  );
  const taken = masks.queued | masks.done | masks.dead | skipped;
  const ready = graph.needs.flatMap((need, index) =>
    (taken & bitOf(index)) === 0n && (need & ~masks.done) === 0n ? [index] : [],
  );
  const queued = ready.reduce((mask, index) => mask | bitOf(index), masks.queued);
  const next = { ...masks, skipped, queued };
  return { masks: next, ready, end: endOf(graph, next) };
}

function endOf(graph: Graph, masks: Masks): EndState | null {
  if ((masks.done | masks.dead | masks.skipped) !== graph.full) return null;
  if (masks.done === graph.full && masks.gaps === 0n) return "done";
  return masks.done === 0n ? "failed" : "done_with_gaps";
}
