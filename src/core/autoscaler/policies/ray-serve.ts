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

/** Ray Serve's AutoscalingConfig, with its names and defaults. */
export interface RayServeSettings {
  /** `target_ongoing_requests`, a replica */
  readonly target: number;
  readonly upscaleDelayMs: number;
  readonly downscaleDelayMs: number;
  /** null: as `downscaleDelayMs`. */
  readonly downscaleToZeroDelayMs: number | null;
  /** `look_back_period_s`, in whole pushes */
  readonly lookBackMs: number;
  /** `metrics_interval_s` */
  readonly pushMs: number;
  readonly upscalingFactor: number;
  readonly downscalingFactor: number;
}

export const rayServeDefaults: RayServeSettings = {
  target: 2,
  upscaleDelayMs: 30_000,
  downscaleDelayMs: 600_000,
  downscaleToZeroDelayMs: null,
  lookBackMs: 30_000,
  pushMs: 10_000,
  upscalingFactor: 1,
  downscalingFactor: 1,
};

interface RayMemory extends ScalerMemory {
  readonly inFlight: InFlight;
  /** Whether it has been deciding for more (1), fewer (-1) or neither (0), and since when. */
  readonly direction: number;
  readonly sinceMs: number;
}

/**
 * Ray Serve's default policy, replica_queue_length_autoscaling_policy, and its delays:
 *
 *     n = 0: a request that waits starts ceil(upscaling_factor) at once
 *     want = ceil(n + f (ongoing / target - n)), within the bounds; f = up- or downscaling factor;
 *            n - 1 where that would shrink and rounding keeps it at n
 *     up after 30 s of nothing but decisions for more, down after 600 s of nothing but decisions for
 *     fewer; 1 -> 0 only from 1, with a delay of its own, all other shrinking stops at 1
 *
 * `ongoing`, waiting and running, is the mean over the last 30 s, told every 10 s.
 *
 * Sources: ray-project/ray python/ray/serve/autoscaling_policy.py, config.py, _private/constants.py.
 *
 * Unlike the product: `min_replicas` and `max_replicas` are the pool's (there 1 and 1), so that it can
 * scale to zero; all figures are pushed at multiples of the interval; a delay is counted from the push that
 * changed the decision and not in turns of the control loop; a replica at work is not stopped.
 */
export function rayServePolicy(base: PolicyBase, settings: RayServeSettings): Policy {
  return queuePolicy("ray-serve", base, (scaling) => rayServeScaler(scaling, settings));
}

/** `CONTROL_LOOP_INTERVAL_S`: no delay is shorter. */
const controlLoopMs = 100;

/** What is a whole number but for the arithmetic of floating point is that number. */
const roundUp = (value: number): number => Math.ceil(value - 1e-9);

function rayServeScaler(scaling: PoolScaling, settings: RayServeSettings): QueueScaler<RayMemory> {
  const { target, pushMs, upscaleDelayMs, downscaleDelayMs } = settings;
  const keep = Math.max(1, Math.round(settings.lookBackMs / pushMs));
  const grid = { pieceMs: pushMs, keep };
  const ongoingOf = (memory: RayMemory) => sumOfLast(memory.inFlight, keep) / (keep * pushMs);

  function wantedOf(memory: RayMemory): number {
    const { replicas } = memory;
    const desired = ongoingOf(memory) / target;
    const factor = desired > replicas ? settings.upscalingFactor : settings.downscalingFactor;
    const scaled = roundUp(replicas + factor * (desired - replicas));
    const isStuck = roundUp(desired) < replicas && scaled === replicas;
    return clamp(isStuck ? scaled - 1 : scaled, scaling);
  }

  const delayMs = ({ direction, replicas }: RayMemory): number => {
    const toZeroMs = settings.downscaleToZeroDelayMs ?? downscaleDelayMs;
    const downMs = replicas === 1 ? toZeroMs : downscaleDelayMs;
    return Math.max(controlLoopMs, direction > 0 ? upscaleDelayMs : downMs);
  };

  function decideAgain(memory: RayMemory, atMs: number): RayMemory {
    if (memory.replicas === 0) return memory;
    const wanted = wantedOf(memory);
    const direction = Math.sign(wanted - memory.replicas);
    const now = direction === memory.direction ? memory : { ...memory, direction, sinceMs: atMs };
    if (direction === 0 || atMs - now.sinceMs < delayMs(now)) return now;
    const floor = direction < 0 && now.replicas > 1 ? 1 : 0;
    const after = { ...now, replicas: Math.max(floor, wanted), sinceMs: atMs };
    const goesOn = after.replicas === 0 ? 0 : Math.sign(wantedOf(after) - after.replicas);
    return { ...after, direction: goesOn };
  }

  /** From 0 no delay counts and no mean: what is there is enough. */
  function wake(memory: RayMemory, load: Load): RayMemory {
    if (memory.replicas > 0 || inFlight(load) === 0) return memory;
    const started = clamp(Math.ceil(settings.upscalingFactor), scaling);
    return { ...memory, replicas: started, direction: 0, sinceMs: memory.doneMs };
  }

  return {
    begin: (replicas, nowMs) => ({
      replicas,
      doneMs: nowMs,
      inFlight: nothingInFlight,
      direction: 0,
      sinceMs: nowMs,
    }),
    nextMs(memory, load) {
      const { replicas, direction, sinceMs, doneMs } = memory;
      if (replicas === 0) return null;
      const dueMs = direction === 0 ? null : sinceMs + delayMs(memory);
      if (isSteady(memory.inFlight, inFlight(load), doneMs, grid)) return dueMs;
      const pushAtMs = nextTickMs(doneMs, pushMs);
      return dueMs === null ? pushAtMs : Math.min(dueMs, pushAtMs);
    },
    advance(memory, load, atMs) {
      const { doneMs } = memory;
      const flight = addInFlight(memory.inFlight, inFlight(load), [doneMs, atMs], grid);
      return wake(decideAgain({ ...memory, inFlight: flight, doneMs: atMs }, atMs), load);
    },
    see: (memory, load) => wake(decideAgain(memory, memory.doneMs), load),
    inputs: (memory) => ({
      target,
      ongoing: ongoingOf(memory),
      wantedNow: memory.replicas === 0 ? 0 : wantedOf(memory),
      decidingMs: memory.doneMs - memory.sinceMs,
    }),
  };
}
