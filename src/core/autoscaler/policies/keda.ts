import type { Policy } from "../decision.ts";
import type { PoolScaling } from "../settings.ts";
import type { PolicyBase } from "./base.ts";
import {
  clamp,
  inFlight,
  type Load,
  nextTickMs,
  type QueueScaler,
  queuePolicy,
  type ScalerMemory,
} from "./queue-scaler.ts";

/** KEDA's ScaledObject and the HorizontalPodAutoscaler behind it, with their names and defaults. */
export interface KedaSettings {
  /** `pollingInterval` */
  readonly pollingMs: number;
  /** `cooldownPeriod`: from the last poll that saw work to 0 replicas. */
  readonly cooldownMs: number;
  /** `activationListLength`: more tasks than this are needed to start from 0. */
  readonly activation: number;
  /** `listLength`: tasks a replica; null: as many as it works on at once. */
  readonly target: number | null;
  /** Of the HPA: how often it looks, and by how much it may miss the target. */
  readonly syncMs: number;
  readonly tolerance: number;
  /** `scaleDown.stabilizationWindowSeconds` */
  readonly stabilisationMs: number;
}

export const kedaDefaults: KedaSettings = {
  pollingMs: 30_000,
  cooldownMs: 300_000,
  activation: 0,
  target: null,
  syncMs: 15_000,
  tolerance: 0.1,
  stabilisationMs: 300_000,
};

interface KedaMemory extends ScalerMemory {
  /** The last poll that saw work. */
  readonly activeMs: number;
  /** What the HPA recommended, with when it last did: only those that none of the later ones reaches. */
  readonly recommended: readonly (readonly [replicas: number, atMs: number])[];
}

/**
 * KEDA 2 with a queue's length as its metric. KEDA goes from 0 to 1 and back, at its polls; the HPA does
 * the rest, at its syncs:
 *
 *     poll:  m > activation: lastActive = t, and n = max(min, 1) if n was 0
 *            else, if min is 0 and t - lastActive > cooldown: n = 0
 *     sync:  d = n where |m / (A n) - 1| <= tolerance, else ceil(m / A); within [max(min, 1), max]
 *            up: n = min(d, max(n + 4, 2 n)); down: n = the largest d of the last 300 s
 *
 * Sources: kedacore/keda pkg/scaling/executor/scale_scaledobjects.go and apis/keda/v1alpha1; the
 * HPAScalingRules of Kubernetes; the HPA's replica_calculator.go for the ratio and its tolerance.
 *
 * Unlike the product: the metric is waiting and running tasks together, since a scaler of waiting ones
 * alone would stop pods at work; polls and syncs fall on multiples of their interval; the list length a
 * replica has no default there that means anything here, so it is what a replica works on at once;
 * `initialCooldownPeriod` (0), `idleReplicaCount` and fallbacks are left out; a pod at work is not
 * ended but goes when it is idle; after a restart the cool-down begins anew.
 */
export function kedaPolicy(base: PolicyBase, settings: KedaSettings): Policy {
  return queuePolicy("keda", base, (scaling) => kedaScaler(scaling, settings));
}

function kedaScaler(scaling: PoolScaling, settings: KedaSettings): QueueScaler<KedaMemory> {
  const { activation, cooldownMs, pollingMs, syncMs, stabilisationMs, tolerance } = settings;
  const target = settings.target ?? scaling.slots;
  const bounds = { ...scaling, minReplicas: Math.max(1, scaling.minReplicas) };
  const isActive = (load: Load) => inFlight(load) > activation;

  function poll(memory: KedaMemory, load: Load, atMs: number): KedaMemory {
    const { replicas, activeMs } = memory;
    if (isActive(load)) {
      const started = replicas === 0 ? bounds.minReplicas : replicas;
      return { ...memory, replicas: started, activeMs: atMs };
    }
    if (scaling.minReplicas > 0)
      return { ...memory, replicas: Math.max(replicas, scaling.minReplicas) };
    return replicas > 0 && atMs - activeMs > cooldownMs ? { ...memory, replicas: 0 } : memory;
  }

  function desiredOf(replicas: number, load: Load): number {
    const tasks = inFlight(load);
    const isNear = Math.abs(tasks / (target * replicas) - 1) <= tolerance;
    return clamp(isNear ? replicas : Math.ceil(tasks / target), bounds);
  }

  function sync(memory: KedaMemory, load: Load, atMs: number): KedaMemory {
    const { replicas } = memory;
    if (replicas === 0) return memory;
    const desired = desiredOf(replicas, load);
    const recommended = [
      ...memory.recommended.filter(
        ([more, lastMs]) => more > desired && lastMs > atMs - stabilisationMs,
      ),
      [desired, atMs] as const,
    ];
    const most = recommended[0]?.[0] ?? desired;
    const next =
      desired > replicas
        ? Math.min(desired, Math.max(replicas + 4, 2 * replicas))
        : Math.min(replicas, most);
    return { ...memory, replicas: next, recommended };
  }

  /** Polls and syncs would go on for ever and change nothing. */
  function isSettled({ replicas, recommended }: KedaMemory, load: Load): boolean {
    if (replicas === 0) return !isActive(load) && scaling.minReplicas === 0;
    if (!isActive(load) && scaling.minReplicas === 0) return false;
    const isOnly = recommended.length === 1 && recommended[0]?.[0] === replicas;
    return isOnly && desiredOf(replicas, load) === replicas;
  }

  return {
    begin: (replicas, nowMs) => ({ replicas, doneMs: nowMs, activeMs: nowMs, recommended: [] }),
    nextMs(memory, load) {
      const { replicas, doneMs } = memory;
      if (isSettled(memory, load)) return null;
      const pollMs = nextTickMs(doneMs, pollingMs);
      return replicas === 0 ? pollMs : Math.min(pollMs, nextTickMs(doneMs, syncMs));
    },
    advance(memory, load, atMs) {
      let after: KedaMemory = { ...settle(memory, load, atMs), doneMs: atMs };
      if (atMs % pollingMs === 0) after = poll(after, load, atMs);
      if (atMs % syncMs === 0) after = sync(after, load, atMs);
      return after;
    },
    see: (memory) => memory,
    inputs: ({ activeMs, doneMs, recommended }) => ({
      target,
      sinceActiveMs: doneMs - activeMs,
      recommended: recommended.at(-1)?.[0] ?? null,
    }),
  };

  /** The polls and syncs that were left out while nothing could change have happened all the same. */
  function settle(memory: KedaMemory, load: Load, atMs: number): KedaMemory {
    if (memory.replicas === 0 || !isSettled(memory, load)) return memory;
    const pollMs = nextTickMs(atMs, pollingMs) - pollingMs;
    const syncAtMs = nextTickMs(atMs, syncMs) - syncMs;
    return {
      ...memory,
      activeMs: isActive(load) && pollMs > memory.doneMs ? pollMs : memory.activeMs,
      recommended: memory.recommended.map(([replicas, lastMs]) => [
        replicas,
        syncAtMs > memory.doneMs ? syncAtMs : lastMs,
      ]),
    };
  }
}
