import type { Policy } from "../decision.ts";
import type { PoolScaling } from "../settings.ts";
import type { PolicyBase } from "./base.ts";
import { addInFlight, type InFlight, nothingInFlight, sumOfLast } from "./in-flight.ts";
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

interface Means {
  readonly stable: number;
  readonly panic: number;
}

function tick(plan: Plan, memory: KnativeMemory, load: Load, atMs: number): KnativeMemory {
  const { stableMs, stablePieces, panicPieces } = plan;
  const isOld = memory.firstMs !== null && atMs - memory.firstMs >= stableMs;
  const now = isOld ? { ...memory, firstMs: null } : memory;
  const stable = meanOf(now, stablePieces, atMs);
  return weigh(plan, now, load, { stable, panic: meanOf(now, panicPieces, atMs) }, atMs);
}

/** How many replicas the two means ask for, and whether that is panic. */
function desiredOf(
  { settings, target }: Plan,
  memory: KnativeMemory,
  load: Load,
  means: Means,
): { readonly stable: number; readonly panic: number; readonly isOver: boolean } {
  const ready = Math.max(1, Math.min(load.ready, memory.replicas));
  const least = Math.floor(ready / settings.downRate);
  const most = Math.ceil(settings.upRate * ready);
  const panic = roundUp(means.panic / target);
  return {
    stable: Math.min(Math.max(roundUp(means.stable / target), least), most),
    panic: Math.min(Math.max(panic, least), most),
    isOver: panic / ready >= settings.panicThreshold,
  };
}

/** What a tick makes of the two means. */
function weigh(
  plan: Plan,
  memory: KnativeMemory,
  load: Load,
  means: Means,
  atMs: number,
): KnativeMemory {
  const { stable, panic, isOver } = desiredOf(plan, memory, load, means);
  const { panicMs: lastMs } = memory;
  const isPast = lastMs !== null && atMs - lastMs > plan.stableMs;
  const panicMs = isOver ? atMs : isPast ? null : lastMs;
  const most = Math.max(stable, panic, memory.panicReplicas);
  const desired = panicMs === null ? stable : most;
  const sinceMs = atMs - plan.settings.downDelayMs;
  const wanted = memory.wanted.filter(([more, lateMs]) => more > desired && lateMs > sinceMs);
  wanted.push([desired, atMs]);
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

/** Time goes on, and the last tick of it is done: those before said the same. */
function advance(plan: Plan, memory: KnativeMemory, load: Load, atMs: number): KnativeMemory {
  const { doneMs } = memory;
  const flight = addInFlight(memory.inFlight, inFlight(load), [doneMs, atMs], plan.grid);
  const now = { ...memory, inFlight: flight, doneMs: atMs };
  if (memory.replicas === 0) return now;
  const lastTickMs = Math.floor(atMs / tickMs) * tickMs;
  return lastTickMs > doneMs ? tick(plan, now, load, lastTickMs) : now;
}

/**
 * The last tick before one that says something new, or the next one if that is new; null: none ever is
 * while the load stays. In between only times in memory move, and the last of them is what counts.
 */
function nextNewMs(plan: Plan, memory: KnativeMemory, load: Load): number | null {
  const soonMs = nextTickMs(memory.doneMs, tickMs);
  const next = advance(plan, memory, load, soonMs);
  const isSame =
    next.replicas === memory.replicas &&
    next.panicReplicas === memory.panicReplicas &&
    next.wanted.length === memory.wanted.length &&
    next.wanted.at(-1)?.[0] === memory.wanted.at(-1)?.[0] &&
    (next.inactiveMs === null) === (memory.inactiveMs === null) &&
    (next.panicMs === null) === (memory.panicMs === null) &&
    (next.panicMs === soonMs || next.panicMs === memory.panicMs);
  if (!isSame) return soonMs;
  const { panicMs, wanted, inactiveMs } = next;
  const calmMs = panicMs === null || panicMs === soonMs ? never : panicMs + plan.stableMs + 1;
  const forgetMs =
    wanted.length > 1 ? (wanted[0]?.[1] ?? never) + plan.settings.downDelayMs : never;
  const endMs = inactiveMs === null ? never : inactiveMs + plan.quietMs;
  const dueMs = Math.ceil(Math.min(calmMs, forgetMs, endMs) / tickMs) * tickMs;
  const nextMs = Math.min(dueMs - tickMs, soonMs + (sameTicks(plan, next, load) ?? never) * tickMs);
  return nextMs === never ? null : Math.max(soonMs, nextMs);
}

/** For how many ticks after this one the means ask for what they ask for now; null: for ever. */
function sameTicks(plan: Plan, memory: KnativeMemory, load: Load): number | null {
  const { stablePieces, panicPieces, stableMs } = plan;
  const { doneMs, firstMs, panicMs, panicReplicas } = memory;
  const { pieces } = memory.inFlight;
  const full = inFlight(load) * tickMs;
  const piece = (at: number) => (at < 0 ? 0 : at < pieces.length ? (pieces[at] ?? 0) : full);
  const knownAt = (atMs: number) => (firstMs === null ? stableMs : Math.max(1, atMs - firstMs));
  const finalOf = (means: Means) => {
    const { stable, panic, isOver } = desiredOf(plan, memory, load, means);
    const isPanic = panicMs !== null || isOver;
    return (isPanic ? Math.max(stable, panic, panicReplicas) : stable) * (isOver ? -1 : 1);
  };
  let stable = sumOfLast(memory.inFlight, stablePieces);
  let panic = sumOfLast(memory.inFlight, panicPieces);
  let now: number | null = null;
  for (let ticks = 0; ticks <= stablePieces + 1; ticks += 1) {
    const known = knownAt(doneMs + ticks * tickMs);
    const final = finalOf({
      stable: stable / Math.min(stableMs, known),
      panic: panic / Math.min(panicPieces * tickMs, known),
    });
    if (now !== null && final !== now) return ticks - 1;
    now = final;
    const added = piece(pieces.length + ticks);
    stable += added - piece(pieces.length + ticks - stablePieces);
    panic += added - piece(pieces.length + ticks - panicPieces);
  }
  return null;
}

const never = Number.POSITIVE_INFINITY;

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
  return {
    begin: (replicas, nowMs) => begin(plan, replicas, nowMs),
    nextMs: (memory, load) => (memory.replicas === 0 ? null : nextNewMs(plan, memory, load)),
    advance: (memory, load, atMs) => advance(plan, memory, load, atMs),
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
