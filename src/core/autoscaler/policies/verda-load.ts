import type { Policy } from "../decision.ts";
import type { PoolScaling } from "../settings.ts";
import type { PolicyBase } from "./base.ts";
import { type Load, type QueueScaler, queuePolicy, type ScalerMemory } from "./queue-scaler.ts";

/** Verda's scaling of a container deployment, with the defaults of its command line. */
export interface VerdaLoadSettings {
  /** Messages that may wait for each replica; the presets are 1, 3 and 6. */
  readonly threshold: number;
  readonly upDelayMs: number;
  readonly downDelayMs: number;
}

export const verdaLoadDefaults: VerdaLoadSettings = {
  threshold: 3,
  upDelayMs: 0,
  downDelayMs: 300_000,
};

interface VerdaMemory extends ScalerMemory {
  /** Since when the load is over the threshold, or not; or since the last step that way. */
  readonly isOver: boolean;
  readonly sinceMs: number;
}

/**
 * Verda's own scaling by the load of its queue. A message that a replica has taken does not count:
 *
 *     load = waiting / max(1, n)
 *     n = 0 and something waits: n = 1
 *     load over the threshold for the up delay: n + 1; not over it for the down delay: n - 1
 *
 * Sources: docs.verda.com/containers/scaling; verda-cloud/verda-cli internal/verda-cli/cmd/serverless.
 *
 * What the documentation does not say is assumed: the first replica starts at once; a step is one
 * replica; after a step its delay begins anew, so that without an up delay all steps are taken at once; the
 * load is looked at all the time; a replica that would be added again at once stays. Triggers by CPU and GPU are
 * off. Unlike the product, which kills any replica when it scales down, one at work goes when it is idle.
 */
export function verdaLoadPolicy(base: PolicyBase, settings: VerdaLoadSettings): Policy {
  return queuePolicy("verda-load", base, (scaling) => verdaLoadScaler(scaling, settings));
}

function verdaLoadScaler(
  { minReplicas, maxReplicas }: PoolScaling,
  { threshold, upDelayMs, downDelayMs }: VerdaLoadSettings,
): QueueScaler<VerdaMemory> {
  const loadOf = (replicas: number, { waiting }: Load) => waiting / Math.max(1, replicas);

  function step(memory: VerdaMemory, load: Load, atMs: number): VerdaMemory {
    const { replicas } = memory;
    if (replicas === 0 && load.waiting > 0 && maxReplicas > 0) {
      const first = { ...memory, replicas: 1, isOver: loadOf(1, load) > threshold, sinceMs: atMs };
      return step(first, load, atMs);
    }
    const isOver = loadOf(replicas, load) > threshold;
    const now = isOver === memory.isOver ? memory : { ...memory, isOver, sinceMs: atMs };
    const next = replicas + (isOver ? 1 : -1);
    const isDue = atMs - now.sinceMs >= (isOver ? upDelayMs : downDelayMs);
    if (!isDue || next > maxReplicas || next < minReplicas) return now;
    if (!isOver && wouldReturn(replicas, load)) return startAnew(now, atMs);
    return step({ ...now, replicas: next, sinceMs: atMs }, load, atMs);
  }

  /** One that was taken away would be added again in the same instant. */
  const wouldReturn = (replicas: number, load: Load): boolean =>
    (replicas === 1 && load.waiting > 0) ||
    (upDelayMs === 0 && loadOf(replicas - 1, load) > threshold);

  /** All that is left of going and coming back is that the delay begins anew. */
  function startAnew(memory: VerdaMemory, atMs: number): VerdaMemory {
    const times = downDelayMs === 0 ? 0 : Math.floor((atMs - memory.sinceMs) / downDelayMs);
    return { ...memory, sinceMs: downDelayMs === 0 ? atMs : memory.sinceMs + times * downDelayMs };
  }

  return {
    begin: (replicas, nowMs) => ({ replicas, doneMs: nowMs, isOver: false, sinceMs: nowMs }),
    nextMs({ replicas, isOver, sinceMs }, load) {
      if (isOver) return replicas < maxReplicas ? sinceMs + upDelayMs : null;
      if (replicas <= minReplicas || wouldReturn(replicas, load)) return null;
      return sinceMs + downDelayMs;
    },
    advance: (memory, load, atMs) => step({ ...memory, doneMs: atMs }, load, atMs),
    see: (memory, load) => step(memory, load, memory.doneMs),
    inputs: ({ replicas, doneMs, sinceMs, isOver }, load) => ({
      load: loadOf(replicas, load),
      threshold,
      isOver: isOver ? 1 : 0,
      sinceMs: doneMs - sinceMs,
    }),
  };
}
