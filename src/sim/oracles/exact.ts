import type { Graph } from "../../core/pipeline/graph.ts";
import { createHeap } from "../engine/heap.ts";
import type { SimDocument } from "../model.ts";
import { unhindered } from "./unhindered.ts";

/** A small instance. All lengths and instants are whole numbers of steps of one length. */
export interface ExactInstance {
  readonly graph: Graph;
  /** `arrivalMs` and `taskMs` in steps; `slideMs` is not looked at. At most 8 documents. */
  readonly documents: readonly SimDocument[];
  readonly pools: Readonly<Record<string, ExactPool>>;
  /** What a step of waiting of one document costs; above 0. */
  readonly waitPrice: number;
}

export interface ExactPool {
  /** At most so many replicas at once, from the start order to the stop. */
  readonly maximum: number;
  readonly slots: number;
  /** From the start order to `ready`, in steps. */
  readonly coldSteps: number;
  readonly costPerStep: number;
}

/** A replica: on its way to ready, or ready with the tasks it works on. */
interface Replica {
  readonly pool: number;
  /** Steps until it is ready. */
  readonly cold: number;
  /** `new`: never used. `free`: just became so. `kept`: at work, or idle for later. */
  readonly mood: "new" | "free" | "kept";
  readonly tasks: readonly Running[];
}

interface Running {
  readonly document: number;
  readonly task: number;
  readonly left: number;
}

interface State {
  readonly at: number;
  /** By document: tasks begun, and tasks done, as masks. */
  readonly begun: readonly number[];
  readonly done: readonly number[];
  readonly replicas: readonly Replica[];
  readonly cost: number;
}

/**
 * The least J = money + `waitPrice` x (sum of completion time minus longest path) of any schedule that
 * knows the future, in this model: a task runs on one replica of its pool without a break; a replica works on at
 * most `slots` tasks; it is ready `coldSteps` after the order, is paid from the order to the stop, and stops at once
 * when it is free; at most `maximum` are paid for at any moment. Whole steps lose nothing: with the
 * order of events fixed, the cost is linear in their instants and the constraints are differences
 * of them by whole numbers, so that some best schedule lies on whole steps.
 *
 * Best-first search (A*). Without loss of a better schedule a start is ordered so that the replica is used the
 * moment it is ready, and a replica is stopped only the moment it becomes free. Exponential:
 * for tests on a handful of documents. `coldSteps` must be 1 or more, and so must each task. Throws RangeError after `statesMax` states.
 */
export function exactOptimum(instance: ExactInstance, statesMax = 400_000): number {
  const puzzle = puzzleOf(instance);
  const open = createHeap();
  const states: State[] = [];
  const best = new Map<string, number>();
  const push = (state: State): void => {
    const key = keyOf(state);
    if ((best.get(key) ?? Number.POSITIVE_INFINITY) <= state.cost + 1e-9) return;
    best.set(key, state.cost);
    states.push(state);
    open.push(state.cost + atLeast(puzzle, state), 0, states.length - 1, 0);
  };
  push(firstState(puzzle));
  for (let seen = 0; seen < statesMax; ) {
    const state = open.size === 0 ? undefined : states[open.pop().subject];
    if (state === undefined) break;
    if ((best.get(keyOf(state)) ?? 0) < state.cost - 1e-9) continue;
    if (state.done.every((mask) => mask === puzzle.full)) return state.cost - puzzle.longestPaths;
    seen += 1;
    for (const replicas of choices(puzzle, state)) push(step(puzzle, state, replicas));
  }
  throw new RangeError(`no optimum within ${statesMax} states: the instance is too large`);
}

function keyOf({ at, begun, done, replicas }: State): string {
  const head = `${at}|${begun.join()}|${done.join()}`;
  return `${head}|${replicas.map(wordOf).toSorted().join(";")}`;
}

const wordOf = ({ pool, cold, mood, tasks }: Replica): string =>
  `${pool}${mood}${cold}:${tasks.map((t) => `${t.document}.${t.task}.${t.left}`).join(",")}`;

/** The instance in the form that the search works on. Pools and tasks are numbers, sets of tasks masks. */
interface Puzzle {
  readonly limits: readonly ExactPool[];
  readonly poolOf: readonly number[];
  readonly needs: readonly number[];
  readonly full: number;
  readonly arrivals: readonly number[];
  /** By document and task. */
  readonly works: readonly (readonly number[])[];
  /** Steps from the begin of a task to the end of its document, at best. By document and task. */
  readonly tails: readonly (readonly number[])[];
  readonly waitPrice: number;
  /** The sum of all longest paths at the price of waiting. */
  readonly longestPaths: number;
}

function puzzleOf({ graph, documents, pools, waitPrice }: ExactInstance): Puzzle {
  const names = Object.keys(pools);
  const runs = documents.map((document) => unhindered(graph, document));
  const works = documents.map(({ taskMs }) => graph.names.map((_, task) => taskMs[task] ?? 0));
  return {
    limits: Object.values(pools),
    poolOf: graph.pools.map((name) => names.indexOf(name)),
    needs: graph.needs.map(Number),
    full: Number(graph.full),
    arrivals: documents.map(({ arrivalMs }) => arrivalMs),
    works,
    tails: runs.map(({ endMs, tasks }, document) =>
      tasks.map(({ latestMs }, task) => endMs - latestMs + (works[document]?.[task] ?? 0)),
    ),
    waitPrice,
    longestPaths: waitPrice * runs.reduce((sum, run) => sum + run.endMs - run.arrivalMs, 0),
  };
}

/** Early enough that a replica can be ready for the first arrival. */
function firstState({ limits, arrivals }: Puzzle): State {
  const longest = Math.max(0, ...limits.map(({ coldSteps }) => coldSteps));
  const none = arrivals.map(() => 0);
  return { at: Math.min(...arrivals) - longest, begun: none, done: none, replicas: [], cost: 0 };
}

/** What is surely still to be paid: all work, cold starts under way and due, and the rest of every longest path. */
function atLeast({ limits, poolOf, works, tails, waitPrice }: Puzzle, state: State): number {
  const left = tails.map(() => 0);
  const work = limits.map(() => 0);
  let cost = 0;
  for (const [document, ofTasks] of works.entries()) {
    for (const [task, steps] of ofTasks.entries()) {
      if (((state.begun[document] ?? 0) & (1 << task)) !== 0) continue;
      const pool = poolOf[task] ?? 0;
      work[pool] = (work[pool] ?? 0) + steps;
      left[document] = Math.max(left[document] ?? 0, tails[document]?.[task] ?? 0);
    }
  }
  for (const { pool, tasks, cold } of state.replicas) {
    cost += (limits[pool]?.costPerStep ?? 0) * cold;
    for (const running of tasks) {
      const { document, task } = running;
      const tail = (tails[document]?.[task] ?? 0) - (works[document]?.[task] ?? 0);
      work[pool] = (work[pool] ?? 0) + running.left;
      left[document] = Math.max(left[document] ?? 0, tail + running.left);
    }
  }
  for (const [pool, { costPerStep, slots, coldSteps }] of limits.entries()) {
    const steps = work[pool] ?? 0;
    const isOff = !state.replicas.some((replica) => replica.pool === pool);
    cost += costPerStep * (steps / slots + (steps > 0 && isOff ? coldSteps : 0));
  }
  return cost + waitPrice * left.reduce((sum, steps) => sum + steps, 0);
}

function readyTasks({ works, needs, poolOf, arrivals }: Puzzle, state: State, pool: number) {
  const ready: Running[] = [];
  for (const [document, ofTasks] of works.entries()) {
    if ((arrivals[document] ?? 0) > state.at) continue;
    const begun = state.begun[document] ?? 0;
    const done = state.done[document] ?? 0;
    for (const [task, left] of ofTasks.entries()) {
      const isReady = (begun & (1 << task)) === 0 && ((needs[task] ?? 0) & ~done) === 0;
      if (isReady && poolOf[task] === pool) ready.push({ document, task, left });
    }
  }
  return ready;
}

/** All that may be chosen now: the replicas of every pool after it. */
function choices(puzzle: Puzzle, state: State): Replica[][] {
  let all: Replica[][] = [[]];
  for (const [pool, limit] of puzzle.limits.entries()) {
    const own = state.replicas.filter((replica) => replica.pool === pool);
    const chosen = new Map<string, readonly Replica[]>();
    for (const given of assignments(own, readyTasks(puzzle, state, pool), limit.slots)) {
      for (const kept of settlements(given)) {
        for (let live = kept.length; live <= limit.maximum; live += 1) {
          const started = Array.from(
            { length: live - kept.length },
            (): Replica => ({ pool, cold: limit.coldSteps, mood: "new", tasks: [] }),
          );
          const after = [...kept, ...started];
          chosen.set(after.map(wordOf).toSorted().join(";"), after);
        }
      }
    }
    const ways = [...chosen.values()];
    all = all.flatMap((some) => ways.map((way) => [...some, ...way]));
  }
  return all;
}

/** One step on: what runs goes on, what ends is done, and it is paid. */
function step(puzzle: Puzzle, state: State, replicas: readonly Replica[]): State {
  const begun = [...state.begun];
  const done = [...state.done];
  let cost = state.cost;
  const next = replicas.map((replica): Replica => {
    cost += puzzle.limits[replica.pool]?.costPerStep ?? 0;
    if (replica.cold > 0) return { ...replica, cold: replica.cold - 1 };
    const left = replica.tasks.map((task) => ({ ...task, left: task.left - 1 }));
    for (const { document, task, left: steps } of left) {
      begun[document] = (begun[document] ?? 0) | (1 << task);
      if (steps === 0) done[document] = (done[document] ?? 0) | (1 << task);
    }
    const tasks = left.filter((task) => task.left > 0);
    return { ...replica, tasks, mood: left.length > 0 && tasks.length === 0 ? "free" : "kept" };
  });
  for (const [document, mask] of state.done.entries()) {
    const isHere = (puzzle.arrivals[document] ?? 0) <= state.at;
    if (isHere && mask !== puzzle.full) cost += puzzle.waitPrice;
  }
  return { at: state.at + 1, begun, done, replicas: next, cost };
}

/** All ways to give ready tasks to replicas with a free slot. Every task may also go on waiting. */
function assignments(
  replicas: readonly Replica[],
  ready: readonly Running[],
  slots: number,
): (readonly Replica[])[] {
  const [task, ...rest] = ready;
  if (task === undefined) return [replicas];
  const ways = assignments(replicas, rest, slots);
  const tried = new Set<string>();
  for (const [at, replica] of replicas.entries()) {
    if (replica.cold > 0 || replica.tasks.length >= slots) continue;
    const alike = `${replica.mood}${replica.tasks.map((t) => `${t.document}.${t.task}.${t.left}`)}`;
    if (tried.has(alike)) continue;
    tried.add(alike);
    const tasks = [...replica.tasks, task];
    ways.push(...assignments(replicas.with(at, { ...replica, tasks }), rest, slots));
  }
  return ways;
}

/** One that is ready and new must have got a task. One that has just become free without getting one is stopped or kept. */
function settlements(replicas: readonly Replica[]): Replica[][] {
  let ways: Replica[][] = [[]];
  for (const replica of replicas) {
    const isIdle = replica.cold === 0 && replica.tasks.length === 0;
    if (isIdle && replica.mood === "new") return [];
    const stays: Replica = replica.cold > 0 ? replica : { ...replica, mood: "kept" };
    const mayStop = isIdle && replica.mood === "free";
    ways = ways.flatMap((way) => (mayStop ? [way, [...way, stays]] : [[...way, stays]]));
  }
  return ways;
}
