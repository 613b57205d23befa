import type { Policy } from "../decision.ts";
import type { PoolScaling } from "../settings.ts";
import type { PolicyBase } from "./base.ts";
import {
  clamp,
  inFlight,
  type Load,
  type QueueScaler,
  queuePolicy,
  type ScalerMemory,
} from "./queue-scaler.ts";

/** RunPod's serverless endpoints, with their defaults. */
export interface RunpodSettings {
  /** A worker that has nothing to do for this long is stopped. */
  readonly idleMs: number;
  /** Either of the two kinds of scaling. */
  readonly scaling:
    | { readonly kind: "queue-delay"; readonly delayMs: number }
    | { readonly kind: "request-count"; readonly perWorker: number };
}

export const runpodDefaults = { idleMs: 5_000, delayMs: 4_000, perWorker: 1 };

interface RunpodMemory extends ScalerMemory {
  /** Since when at least one, two, .. workers have been idle. */
  readonly idleSinceMs: readonly number[];
  /** When a worker was last added. */
  readonly addedMs: number | null;
}

/**
 * RunPod's two ways to scale an endpoint:
 *
 *     queue-delay:    a request that has waited for more than 4 s adds a worker
 *     request-count:  ceil((waiting + running) / scaler value) workers, 1 being the most eager
 *     both:           a worker that was idle for 5 s is stopped
 *
 * Source: runpod/docs serverless/endpoints/endpoint-configurations.mdx.
 *
 * What the documentation does not say is assumed: a request for which a worker is on its way adds no other
 * one, so that workers are added only while more wait than all workers, starting ones included, have room
 * for; the next is added after another delay. Unlike the product: it has at most the pool's maximum
 * (there 3); FlashBoot, which keeps stopped workers half warm, and the limits on execution and age are left out;
 * idle times are those of levels ("at least one worker is idle"), since a policy says here how many
 * replicas it wants and not which.
 */
export function runpodPolicy(base: PolicyBase, settings: RunpodSettings): Policy {
  const name = settings.scaling.kind === "queue-delay" ? "runpod" : "runpod-request-count";
  return queuePolicy(name, base, (scaling) => runpodScaler(scaling, settings));
}

function runpodScaler(
  scaling: PoolScaling,
  { idleMs, scaling: kind }: RunpodSettings,
): QueueScaler<RunpodMemory> {
  const { maxReplicas, minReplicas, slots } = scaling;

  /** No fewer than these stay, however idle they are. */
  const leastOf = (load: Load): number =>
    kind.kind === "queue-delay"
      ? minReplicas
      : clamp(Math.ceil(inFlight(load) / kind.perWorker), scaling);

  /** When the next worker is added while the load stays; null: none is. */
  function addAtMs({ replicas, addedMs }: RunpodMemory, load: Load): number | null {
    if (kind.kind === "request-count" || replicas >= maxReplicas) return null;
    if (load.waiting <= replicas * slots - load.running) return null;
    return Math.max(load.oldestMs ?? 0, addedMs ?? 0) + kind.delayMs;
  }

  function stopAtMs({ replicas, idleSinceMs }: RunpodMemory, load: Load): number | null {
    const [sinceMs] = idleSinceMs;
    return sinceMs === undefined || replicas <= leastOf(load) ? null : sinceMs + idleMs;
  }

  function step(memory: RunpodMemory, load: Load, atMs: number): RunpodMemory {
    const least = leastOf(load);
    const now = memory.replicas < least ? { ...memory, replicas: least } : memory;
    const { replicas, idleSinceMs } = now;
    if ((addAtMs(now, load) ?? never) <= atMs) {
      return step({ ...now, replicas: replicas + 1, addedMs: atMs }, load, atMs);
    }
    if ((stopAtMs(now, load) ?? never) > atMs) return now;
    return step({ ...now, replicas: replicas - 1, idleSinceMs: idleSinceMs.slice(1) }, load, atMs);
  }

  return {
    begin: (replicas, nowMs) => ({ replicas, doneMs: nowMs, idleSinceMs: [], addedMs: null }),
    nextMs(memory, load) {
      const nextMs = Math.min(addAtMs(memory, load) ?? never, stopAtMs(memory, load) ?? never);
      return nextMs === never ? null : nextMs;
    },
    advance: (memory, load, atMs) => step({ ...memory, doneMs: atMs }, load, atMs),
    see(memory, load) {
      const { idleSinceMs, doneMs } = memory;
      const more = Math.max(0, load.idle - idleSinceMs.length);
      const since = [...idleSinceMs.slice(0, load.idle), ...Array<number>(more).fill(doneMs)];
      return step({ ...memory, idleSinceMs: since }, load, doneMs);
    },
    inputs: ({ doneMs, idleSinceMs }, load) => ({
      waitedMs: load.oldestMs === null ? null : doneMs - load.oldestMs,
      idleForMs: idleSinceMs[0] === undefined ? null : doneMs - idleSinceMs[0],
    }),
  };
}

const never = Number.POSITIVE_INFINITY;
