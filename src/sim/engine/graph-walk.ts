import {
  advance,
  bitOf,
  type EndState,
  emptyMasks,
  type Graph,
  type Masks,
} from "../../core/pipeline/graph.ts";

/** Where a pipeline stands in its graph, as `advance` says. One object a standing, so that it is asked once. */
export interface Standpoint {
  readonly masks: Masks;
  /** Tasks that became ready on the way here, by their index. */
  readonly ready: readonly number[];
  /** Tasks that were skipped on the way here. */
  readonly skipped: readonly number[];
  readonly end: EndState | null;
  /** Where it goes from here when this task is done, or dead; filled as it is met. */
  readonly whenDone: (Standpoint | undefined)[];
  readonly whenDead: (Standpoint | undefined)[];
}

export interface GraphWalk {
  readonly first: Standpoint;
  done(from: Standpoint, task: number): Standpoint;
  dead(from: Standpoint, task: number): Standpoint;
}

/**
 * The production's `advance`, remembered: the same few standings come again a million times, and
 * its masks are big integers.
 */
export function createGraphWalk(graph: Graph): GraphWalk {
  const indexes = graph.names.map((_, index) => index);
  const standAt = (before: Masks, masks: Masks): Standpoint => {
    const moved = advance(graph, masks);
    const fresh = moved.masks.skipped & ~before.skipped;
    return {
      masks: moved.masks,
      ready: moved.ready,
      skipped: indexes.filter((index) => (fresh & bitOf(index)) !== 0n),
      end: moved.end,
      whenDone: new Array(indexes.length),
      whenDead: new Array(indexes.length),
    };
  };
  return {
    first: standAt(emptyMasks, emptyMasks),
    done(from, task) {
      const { masks, whenDone } = from;
      const known = whenDone[task];
      if (known !== undefined) return known;
      const to = standAt(masks, { ...masks, done: masks.done | bitOf(task) });
      whenDone[task] = to;
      return to;
    },
    dead(from, task) {
      const { masks, whenDead } = from;
      const known = whenDead[task];
      if (known !== undefined) return known;
      const to = standAt(masks, { ...masks, dead: masks.dead | bitOf(task) });
      whenDead[task] = to;
      return to;
    },
  };
}
