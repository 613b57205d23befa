import type { Policy } from "../decision.ts";
import type { PoolScaling } from "../settings.ts";
import type { PolicyBase } from "./base.ts";
import { addInFlight, type InFlight, isSteady, nothingInFlight, sumOfLast } from "./in-flight.ts";
import {
  clamp,
  inFlight,
  type Load,
  nextTickMs,
  type QueueScaler,
  queuePolicy,
  type ScalerMemory,
} from "./queue-scaler.ts";

/** Knative's pod autoscaler, with the names and defaults of its `config-autoscaler`. */
export interface KnativeSettings {
  /** `containerConcurrency`; null: as many as a replica works on at once. */
  readonly concurrency: number | null;
  /** `container-concurrency-target-percentage`, 0..1 */
  readonly utilisation: number;
  /** `stable-window`, in whole ticks of 2 s */
  readonly stableMs: number;
  /** `panic-window-percentage` of the stable window, 0..1 */
  readonly panicShare: number;
  /** `panic-threshold-percentage` / 100 */
  readonly panicThreshold: number;
  readonly upRate: number;
  readonly downRate: number;
  /** `scale-to-zero-grace-period` */
  readonly graceMs: number;
  /** `scale-to-zero-pod-retention-period` */
  readonly retentionMs: number;
  /** `scale-down-delay` */
  readonly downDelayMs: number;
}

export const knativeDefaults: KnativeSettings = {
  concurrency: null,
  utilisation: 0.7,
  stableMs: 60_000,
  panicShare: 0.1,
  panicThreshold: 2,
  upRate: 1_000,
  downRate: 2,
  graceMs: 30_000,
  retentionMs: 0,
  downDelayMs: 0,
};

/** How often it decides. */
const tickMs = 2_000;

interface KnativeMemory extends ScalerMemory {
  readonly inFlight: InFlight;
  /** Since when there have been figures, if that is not a whole window yet; null: for long. */
  readonly firstMs: number | null;
  /** Since when there has been no pod and no request; null: there is one. */
  readonly emptyMs: number | null;
  /** When it last was over the threshold of panic, and the most it wanted since; null: no panic. */
  readonly panicMs: number | null;
  readonly panicReplicas: number;
  /** What it wanted and when it last did: only what none of the later ones reaches. */
  readonly wanted: readonly (readonly [replicas: number, atMs: number])[];
  /** Since when it has wanted 0. */
  readonly inactiveMs: number | null;
}

/**
 * Knative's pod autoscaler (KPA) on concurrency. Every 2 s, with S and P the mean number in flight,
 * waiting and running, over the stable (60 s) and the panic window (6 s):
 *
 *     ready = max(1, ready pods);  ds = ceil(S / target), dp = ceil(P / target),
 *     both within [floor(ready / down rate), ceil(up rate x ready)]
 *     dp / ready >= 2: panic (again);  60 s after the last time it ends
 *     in panic n is the most that max(ds, dp) has been; else n = ds
 *     scale-down-delay: n = the most of the time it spans
 *     to zero: n = 0, and then for max(retention, grace) more
 *
 * A request that meets no pod is told at once and ticks. The means are exact time integrals; like the
 * product they cover less than a window while there have been figures for less, counted anew
 * after a whole window without pods and requests.
 *
 * Sources: knative/serving config/core/configmaps/autoscaler.yaml, pkg/autoscaler/scaling/autoscaler.go
 * and multiscaler.go, pkg/autoscaler/aggregation/bucketing.go, pkg/reconciler/autoscaling/kpa/scaler.go.
 *
 * Unlike the product: the concurrency of a container is set, to what a replica works on at once (there
 * 100 and soft); ticks fall on multiples of 2 s; the grace period always lasts as long as it may; a
 * revision begins with what runs, not with `initial-scale` (1); `min-scale` and `max-scale` are the pool's;
 * buckets have no edges of 1 s; a pod at work is not ended.
 */
export function knativePolicy(base: PolicyBase, settings: KnativeSettings): Policy {
  return queuePolicy("knative", base, (scaling) => knativeScaler(scaling, settings));
}

const roundUp = (value: number): number => Math.ceil(value - 1e-9);

/** The settings in the units that its arithmetic has. */
interface Plan {
  readonly settings: KnativeSettings;
  readonly scaling: PoolScaling;
  readonly target: number;
  readonly stablePieces: number;
  readonly panicPieces: number;
  readonly stableMs: number;
  /** From the first wish for 0 to 0. */
  readonly quietMs: number;
  readonly grid: { readonly pieceMs: number; readonly keep: number };
}

function planOf(scaling: PoolScaling, settings: KnativeSettings): Plan {
  const stablePieces = Math.max(1, Math.round(settings.stableMs / tickMs));
  return {
    settings,
    scaling,
    target: (settings.concurrency ?? scaling.slots) * settings.utilisation,
    stablePieces,
    panicPieces: Math.max(1, Math.round(stablePieces * settings.panicShare)),
    stableMs: stablePieces * tickMs,
    quietMs: Math.max(settings.retentionMs, settings.graceMs),
    grid: { pieceMs: tickMs, keep: stablePieces },
  };
}

/** The mean over the last pieces, at a tick. */
function meanOf({ inFlight: flight, firstMs }: KnativeMemory, pieces: number, atMs: number) {
  const knownMs = firstMs === null ? Number.POSITIVE_INFINITY : atMs - firstMs;
  return sumOfLast(flight, pieces) / Math.max(1, Math.min(pieces * tickMs, knownMs));
}

function tick(plan: Plan, memory: KnativeMemory, load: Load, atMs: number): KnativeMemory {
  const { stableMs, stablePieces, panicPieces } = plan;
  const isOld = memory.firstMs !== null && atMs - memory.firstMs >= stableMs;
  const now = isOld ? { ...memory, firstMs: null } : memory;
  const stable = meanOf(now, stablePieces, atMs);
  return weigh(plan, now, load, { stable, panic: meanOf(now, panicPieces, atMs) }, atMs);
}

/** What a tick makes of the two means. */
function weigh(
  { settings, target, stableMs, ...plan }: Plan,
  memory: KnativeMemory,
  load: Load,
  means: { readonly stable: number; readonly panic: number },
  atMs: number,
): KnativeMemory {
  const { downRate, upRate, panicThreshold, downDelayMs } = settings;
  const ready = Math.max(1, Math.min(load.ready, memory.replicas));
  const within = (desired: number) =>
    Math.min(Math.max(desired, Math.floor(ready / downRate)), Math.ceil(upRate * ready));
  const desiredPanic = roundUp(means.panic / target);
  const isOver = desiredPanic / ready >= panicThreshold;
  const { panicMs: lastMs } = memory;
  const isPast = lastMs !== null && atMs - lastMs > stableMs;
  const panicMs = isOver ? atMs : isPast ? null : lastMs;
  const stable = within(roundUp(means.stable / target));
  const most = Math.max(stable, within(desiredPanic), memory.panicReplicas);
  const desired = panicMs === null ? stable : most;
  const wanted = [
    ...memory.wanted.filter(([more, at]) => more > desired && at > atMs - downDelayMs),
    [desired, atMs] as const,
  ];
  const after = { ...memory, panicMs, panicReplicas: panicMs === null ? 0 : most, wanted };
  return scaleTo(plan, after, wanted[0]?.[0] ?? desired, atMs);
}

/** The bounds, and the way to zero. */
function scaleTo(
  { scaling, quietMs }: Pick<Plan, "scaling" | "quietMs">,
  memory: KnativeMemory,
  wanted: number,
  atMs: number,
): KnativeMemory {
  const replicas = clamp(wanted, scaling);
  if (replicas > 0) return { ...memory, replicas, inactiveMs: null };
  const inactiveMs = memory.inactiveMs ?? atMs;
  if (atMs - inactiveMs < quietMs) return { ...memory, replicas: 1, inactiveMs };
  return {
    ...memory,
    replicas,
    wanted: [],
    panicMs: null,
    panicReplicas: 0,
    inactiveMs: null,
    emptyMs: atMs,
  };
}

/** Every further tick would say the same: only the times in memory would move. */
function isSettled(plan: Plan, memory: KnativeMemory, load: Load): boolean {
  if (!isSteady(memory.inFlight, inFlight(load), plan.grid) || memory.firstMs !== null)
    return false;
  const atMs = nextTickMs(memory.doneMs, tickMs);
  const next = tick(plan, memory, load, atMs);
  return (
    next.replicas === memory.replicas &&
    next.inactiveMs === null &&
    next.wanted.length === 1 &&
    next.panicReplicas === memory.panicReplicas &&
    (next.panicMs === null || next.panicMs === atMs)
  );
}

/** While only time decides, nothing happens before what is remembered runs out. */
function nextIdleMs({ settings, quietMs }: Plan, memory: KnativeMemory): number {
  const { doneMs, wanted, inactiveMs, panicMs } = memory;
  const soonMs = nextTickMs(doneMs, tickMs);
  if (panicMs !== null) return soonMs;
  const delayedMs = wanted.length > 1 ? (wanted[0]?.[1] ?? 0) + settings.downDelayMs : soonMs;
  const dueMs = inactiveMs === null ? delayedMs : inactiveMs + quietMs;
  return Math.max(soonMs, Math.ceil(dueMs / tickMs) * tickMs);
}

/** A request that meets no pod. */
function wake(plan: Plan, memory: KnativeMemory, load: Load): KnativeMemory {
  const { doneMs, emptyMs } = memory;
  const isNew = emptyMs !== null && doneMs - emptyMs > plan.stableMs;
  // Over a whole window it is next to nothing yet, but not nothing.
  const mean = isNew ? inFlight(load) : plan.target * 1e-6;
  const first = { ...memory, firstMs: isNew ? doneMs : null, emptyMs: null, replicas: 1 };
  return weigh(plan, first, load, { stable: mean, panic: mean }, doneMs);
}

const begin = (plan: Plan, replicas: number, nowMs: number): KnativeMemory => ({
  replicas,
  doneMs: nowMs,
  inFlight: nothingInFlight,
  firstMs: null,
  emptyMs: replicas === 0 ? nowMs - plan.stableMs - 1 : null,
  // Like the product after a restart: what runs stays until a window has been seen.
  panicMs: replicas > 1 ? nowMs : null,
  panicReplicas: replicas > 1 ? replicas : 0,
  wanted: [],
  inactiveMs: null,
});

function knativeScaler(
  scaling: PoolScaling,
  settings: KnativeSettings,
): QueueScaler<KnativeMemory> {
  const plan = planOf(scaling, settings);
  const { grid } = plan;
  return {
    begin: (replicas, nowMs) => begin(plan, replicas, nowMs),
    nextMs(memory, load) {
      if (memory.replicas === 0 || isSettled(plan, memory, load)) return null;
      const isIdle = inFlight(load) === 0 && isSteady(memory.inFlight, 0, grid);
      return isIdle ? nextIdleMs(plan, memory) : nextTickMs(memory.doneMs, tickMs);
    },
    advance(memory, load, atMs) {
      const { doneMs } = memory;
      const flight = addInFlight(memory.inFlight, inFlight(load), [doneMs, atMs], grid);
      const now = { ...memory, inFlight: flight, doneMs: atMs };
      if (memory.replicas === 0) return now;
      const lastTickMs = Math.floor(atMs / tickMs) * tickMs;
      return lastTickMs > doneMs ? tick(plan, now, load, lastTickMs) : now;
    },
    see: (memory, load) =>
      memory.replicas > 0 || inFlight(load) === 0 ? memory : wake(plan, memory, load),
    inputs: (memory) => ({
      target: plan.target,
      stable: meanOf(memory, plan.stablePieces, memory.doneMs),
      isPanic: memory.panicMs === null ? 0 : 1,
      wantedNow: memory.wanted.at(-1)?.[0] ?? 0,
    }),
  };
}
