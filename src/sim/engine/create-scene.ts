import { seededRandom } from "../../lib/random.ts";
import type { Simulation, Stage } from "../model.ts";
import { neededBy } from "./close.ts";
import { createEventQueue } from "./event-queue.ts";
import { createGraphWalk } from "./graph-walk.ts";
import { createReadyQueue } from "./ready-queue.ts";
import type { Journal, Scene, SimPipeline, SimPool, SimWork } from "./scene.ts";

/** Backoff is jittered; every policy meets the same jitter. */
const jitterSeed = 1;

/** The scene before anything has happened. Throws Error where a task has no container. */
export function createScene(simulation: Simulation, journal: Journal | null): Scene {
  const { world, stage, policy, observer } = simulation;
  const pipelines: SimPipeline[] = [];
  const poolList = Object.keys(stage.containers).map((name) => createPool(stage, name, pipelines));
  const pools = new Map(poolList.map((pool) => [pool.name, pool]));
  const works = worksOf(stage, pools);
  const workOf = stage.graph.pools.map((name) => named(works, name));
  const textWork = works.find((work) => work.name === textName) ?? works.at(-1);
  if (textWork === undefined) throw new Error("the graph has no tasks");
  return {
    ...{ world, stage, observer, pools, poolList, works, workOf, textWork, pipelines, journal },
    attention: policy.attention,
    walk: createGraphWalk(stage.graph),
    events: createEventQueue(),
    random: seededRandom(jitterSeed),
    nowMs: 0,
    textPool: textWork.pool,
    isEachSlide: stage.graph.names.map((_, task) => stage.eachSlide.includes(task)),
    freePipelines: [],
    replicas: [],
    starts: 0,
    oldest: null,
    newest: null,
    onTheirWay: 0,
    ended: 0,
    endMs: 0,
    order: { share: null, handedOutMs: null, drainedAtMs: Number.NEGATIVE_INFINITY },
    needed: neededBy(stage.graph),
    facts: [],
  };
}

const textName = "text";

function named(works: readonly SimWork[], name: string): SimWork {
  const work = works.find((one) => one.name === name);
  if (work === undefined) throw new Error(`no container does the work of ${name}`);
  return work;
}

function createPool(stage: Stage, name: string, pipelines: readonly SimPipeline[]): SimPool {
  const shape = stage.containers[name];
  if (shape === undefined) throw new Error(`the stage has no containers for ${name}`);
  return {
    ...{ name, slots: shape.slots, pipelinesMax: shape.pipelinesMax, stopMs: shape.stopMs },
    works: [],
    replicas: [],
    readyReplicas: 0,
    queue: createReadyQueue(pipelines),
    mayHandOut: false,
    offSinceMs: new Map(),
    shown: null,
    broken: [],
  };
}

function worksOf({ graph, visual }: Stage, pools: ReadonlyMap<string, SimPool>): SimWork[] {
  const visualWork = graph.pools[visual];
  return [...new Set(graph.pools)].map((name, index) => {
    const pool = pools.get(name) ?? pools.get("shared");
    if (pool === undefined) throw new Error(`no container does the work of ${name}`);
    const work: SimWork = {
      ...{ name, index, pool },
      isDownstream: name !== visualWork && !pools.has("shared"),
      tasks: graph.pools.flatMap((other, task) => (other === name ? [task] : [])),
      ...{ ready: 0, leased: 0, delayed: 0, blocked: 0, pipelines: 0, shown: null },
    };
    pool.works.push(work);
    return work;
  });
}
