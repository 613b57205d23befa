import type { Demand } from "./observation.ts";
import type { PoolScaling, ScalingSettings } from "./settings.ts";

/** `split`: a pool for each kind of work. `shared`: one pool, `shared`, whose containers do both. */
export type Topology = "split" | "shared";

/**
 * The one pool of the shared topology. It keeps what the more demanding of the two pools keeps, and no
 * sum, since each replica does both kinds of work: the larger minimum, maximum, slots, startup timeout
 * and scale-down delay. It starts as vision does, at upload; nothing is left to pre-warm then.
 */
export function sharedScaling({ vision, text }: ScalingSettings): PoolScaling {
  return {
    minReplicas: Math.max(vision.minReplicas, text.minReplicas),
    maxReplicas: Math.max(vision.maxReplicas, text.maxReplicas),
    startAtFraction: vision.startAtFraction,
    scaleUpDelayMs: vision.scaleUpDelayMs,
    preWarmDelayMs: null,
    scaleDownDelayMs: Math.max(vision.scaleDownDelayMs, text.scaleDownDelayMs),
    startupTimeoutMs: Math.max(vision.startupTimeoutMs, text.startupTimeoutMs),
    slots: Math.max(vision.slots, text.slots),
    ...sharedDeadlines(vision, text),
  };
}

/** A phase lasts as long as either pool allows; without a deadline in one, there is none. */
function sharedDeadlines(
  vision: PoolScaling,
  text: PoolScaling,
): Pick<PoolScaling, "phaseDeadlines"> {
  const ours = vision.phaseDeadlines;
  const theirs = text.phaseDeadlines;
  if (ours === undefined || theirs === undefined) return {};
  const byPhase = new Map(Object.entries(theirs));
  const longer = Object.entries(ours).flatMap(([phase, ms]): [string, number][] => {
    const other = byPhase.get(phase);
    return other === undefined ? [] : [[phase, Math.max(ms, other)]];
  });
  return { phaseDeadlines: Object.fromEntries(longer) };
}

/**
 * The demand of the shared pool: tasks add up. Most documents have work of both kinds, and how many
 * have is not told, so `pipelines` is the larger of the two: never more than there are, and 0 only
 * when both are. Nothing is upstream, since no work waits for another pool.
 */
export function sharedDemand(vision: Demand, text: Demand): Demand {
  const oldest = [vision.oldestReadyMs, text.oldestReadyMs].flatMap((ms) => ms ?? []);
  return {
    ready: vision.ready + text.ready,
    leased: vision.leased + text.leased,
    delayed: vision.delayed + text.delayed,
    blocked: vision.blocked + text.blocked,
    pipelines: Math.max(vision.pipelines, text.pipelines),
    oldestReadyMs: oldest.length === 0 ? null : Math.min(...oldest),
    upstream: [],
  };
}
