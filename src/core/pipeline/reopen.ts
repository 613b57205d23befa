import { bitOf, type Graph, type Masks } from "./graph.ts";
import type { PipelineState } from "./life-cycle.ts";

/** A pipeline as far as opening it again goes. A cancelled one has ended too. */
export interface Reopenable {
  readonly masks: Masks;
  readonly hasEnded: boolean;
}

const endedMask = ({ done, dead, skipped }: Masks): bigint => done | dead | skipped;

/**
 * The tasks a retry opens: what failed, was skipped, was cancelled or has gaps, as far as `from`
 * names it (null: all), with what stands on it and what it cannot start without. 0n: none. The pure
 * twin of SQL `retry_mask`.
 */
export function retryMask(graph: Graph, pipeline: Reopenable, from: bigint | null): bigint {
  const { masks, hasEnded } = pipeline;
  const bad = masks.dead | masks.skipped;
  const failed = hasEnded ? (graph.full & ~masks.done) | masks.gaps : bad;
  const chosen = failed & (from ?? graph.full);
  return chosen === 0n ? 0n : spread(graph, pipeline, chosen);
}

/**
 * Whether a retry of these tasks begins a new generation: finished work is among them, or the pipeline ended with
 * all that would come, and its bar with 100 %. The pure twin of SQL `move_retry`.
 */
export const retryIsNewGeneration = (
  state: PipelineState,
  { done }: Masks,
  mask: bigint,
): boolean => state === "done_with_gaps" || (mask & done) !== 0n;

/** What a rerun opens, or those of its tasks that wait or run and stand in its way. */
export interface Rerun {
  readonly mask: bigint;
  readonly busy: bigint;
}

/**
 * The tasks a rerun opens, finished or not: those of `from` (null: all), with what stands on them
 * and what they cannot start without. It takes nothing out of anybody's hands: while any of them is in
 * the queue it is refused. A mask of 0n: nothing has ended there yet. The pure twin of SQL `rerun_mask`.
 */
export function rerunMask(graph: Graph, pipeline: Reopenable, from: bigint | null): Rerun {
  const { masks, hasEnded } = pipeline;
  const chosen = graph.full & (from ?? graph.full);
  if (chosen === 0n || (!hasEnded && (chosen & endedMask(masks)) === 0n)) {
    return { mask: 0n, busy: 0n };
  }
  const mask = spread(graph, pipeline, chosen);
  return { mask, busy: hasEnded ? 0n : mask & masks.queued & ~endedMask(masks) };
}

/** With what stands on them and what they cannot start without. */
function spread(graph: Graph, { masks, hasEnded }: Reopenable, chosen: bigint): bigint {
  const bad = masks.dead | masks.skipped;
  // A pipeline that goes on goes on as a whole: what it was cancelled before is not left behind.
  let mask = hasEnded ? chosen | (graph.full & ~endedMask(masks)) : chosen;
  for (let before = 0n; before !== mask; ) {
    before = mask;
    for (const [index, need] of graph.needs.entries()) {
      if ((need & before) !== 0n) mask |= bitOf(index);
      if ((before & bitOf(index)) !== 0n) mask |= need & bad;
    }
  }
  return mask;
}
