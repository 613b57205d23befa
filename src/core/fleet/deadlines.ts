import { seconds } from "../autoscaler/words.ts";
import { type ReplicaPhase, replicaPhases } from "../pipeline/life-cycle.ts";

/** The phases before `ready`: a cold start. */
export type StartPhase = Exclude<ReplicaPhase, "ready" | "draining" | "stopped" | "failed">;

/** How long each phase may last, in milliseconds; a phase that is left out has only the total. */
export type PhaseDeadlines = Readonly<Partial<Record<StartPhase, number>>>;

/**
 * None is above the request's 180 s for a whole start, so that the total still holds; each is what a
 * healthy start stays far below.
 */
export const defaultPhaseDeadlines: Readonly<Record<StartPhase, number>> = {
  // An order shows within a few ticks. One that shows nothing for a minute went astray.
  requested: 60_000,
  // A machine without an owner is there in seconds; one that is waited for may not come at all.
  provisioning: 120_000,
  // The image may carry the weights: 17 GB at 100 MB/s.
  pulling_image: 180_000,
  // A process that starts and registers: seconds, or a loop of crashes.
  booting: 60_000,
  // 17 GB again, from the registry of models or a disk in the network.
  pulling_model: 180_000,
  // Seconds from a local disk for 7 billion parameters, four times that for 27; a slow disk hangs.
  loading: 120_000,
  // One picture and one answer.
  canary: 60_000,
};

/** A replica on its way, with instants of one clock. */
export interface StartingReplica {
  readonly phase: ReplicaPhase;
  /** When it entered the phase. */
  readonly sinceMs: number;
  /** null: nobody knows, then `sinceMs` is used. */
  readonly requestedAtMs: number | null;
  readonly nowMs: number;
}

export interface StartDeadlines {
  /** For the whole start, from its request. */
  readonly totalMs: number;
  readonly phases: PhaseDeadlines;
}

export interface Lateness {
  readonly rule: "startup-timeout" | "phase-deadline";
  readonly phase: StartPhase;
  readonly ageMs: number;
  readonly limitMs: number;
  /** The rest of a sentence that begins with the replica. */
  readonly sentence: string;
}

/**
 * Whether a start takes too long, as a whole or in its phase; null while it does not, and from
 * `ready` on. A phase that may last longer than the whole gets its time on top: whoever allows ten
 * minutes for the model does not want the start given up after three.
 */
export function lateness(replica: StartingReplica, deadlines: StartDeadlines): Lateness | null {
  const { phase, sinceMs, requestedAtMs, nowMs } = replica;
  if (!isStartPhase(phase)) return null;
  const ageMs = nowMs - (requestedAtMs ?? sinceMs);
  const limitMs = wholeMs(deadlines);
  if (ageMs > limitMs) {
    const sentence = `still ${phase} ${seconds(ageMs)} after its request; the limit is ${seconds(limitMs)}`;
    return { rule: "startup-timeout", phase, ageMs, limitMs, sentence };
  }
  const phaseAgeMs = nowMs - sinceMs;
  const phaseLimitMs = deadlines.phases[phase];
  if (phaseLimitMs === undefined || phaseAgeMs <= phaseLimitMs) return null;
  return {
    rule: "phase-deadline",
    phase,
    ageMs: phaseAgeMs,
    limitMs: phaseLimitMs,
    sentence: `${phase} for ${seconds(phaseAgeMs)}; the limit of this phase is ${seconds(phaseLimitMs)}`,
  };
}

/** The first instant at which `lateness` will tell something, while the phase stays as it is. */
export function lateAtMs(replica: StartingReplica, deadlines: StartDeadlines): number {
  const { phase, sinceMs, requestedAtMs } = replica;
  if (!isStartPhase(phase)) return Number.POSITIVE_INFINITY;
  const wholeEndMs = (requestedAtMs ?? sinceMs) + wholeMs(deadlines);
  const phaseEndMs = sinceMs + (deadlines.phases[phase] ?? Number.POSITIVE_INFINITY);
  return Math.min(wholeEndMs, phaseEndMs) + 1;
}

/** How long a whole start may last: its limit, with each phase that may last longer on top. */
export function wholeMs({ totalMs, phases }: StartDeadlines): number {
  let wholeMs = totalMs;
  for (const ms of Object.values(phases)) if (ms > totalMs) wholeMs += ms;
  return wholeMs;
}

const readyAt = replicaPhases.indexOf("ready");

const isStartPhase = (phase: ReplicaPhase): phase is StartPhase =>
  replicaPhases.indexOf(phase) < readyAt;

/**
 * How long each phase of a cold start took, from the instants phases were entered at, in that order.
 * The last one entered is the end of the one before and has no length yet; what comes after `ready`
 * is no start. A clock that went back counts as no time.
 */
export function breakdown(
  phases: readonly { readonly phase: ReplicaPhase; readonly atMs: number }[],
): { readonly phase: StartPhase; readonly ms: number }[] {
  return phases.slice(0, -1).flatMap(({ phase, atMs }, at) => {
    const untilMs = phases[at + 1]?.atMs ?? atMs;
    return isStartPhase(phase) ? [{ phase, ms: Math.max(0, untilMs - atMs) }] : [];
  });
}
