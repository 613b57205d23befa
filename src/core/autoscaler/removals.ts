import {
  lateAtMs,
  lateness,
  type StartDeadlines,
  type StartingReplica,
} from "../fleet/deadlines.ts";
import type { Decision, PoolLimits } from "./decision.ts";
import type { Command } from "./memory.ts";
import {
  isLive,
  isStarting,
  type Orders,
  type PoolObservation,
  type ReplicaObservation,
} from "./observation.ts";
import type { Standing } from "./round.ts";

/** Stops that are due whatever the policy wants. */
export interface Removal {
  readonly decisions: readonly Decision[];
  readonly commands: readonly Command[];
}

const none: Removal = { decisions: [], commands: [] };

/** A start that takes too long is given up; the missing replica is then started like any other. */
export function stopLate(
  pool: string,
  limits: PoolLimits,
  standing: Standing,
  nowMs: number,
): Removal {
  if (!standing.staying.some(isStarting)) return none;
  const deadlines = deadlinesOf(limits);
  const late = standing.staying.flatMap((replica) => {
    if (!isStarting(replica) || replica.leases > 0) return [];
    const how = lateness(onItsWay(replica, nowMs), deadlines);
    return how === null ? [] : [{ ...how, name: replica.name }];
  });
  return {
    commands: late.map(({ name }) => ({ action: "stop", replica: name, atMs: nowMs })),
    decisions: late.map(({ name, rule, phase, ageMs, limitMs, sentence }) => ({
      pool,
      action: "stop",
      replica: name,
      rule,
      sentence: `${name} stopped: ${sentence}`,
      inputs: { phase, ageMs, limitMs },
      alternative: `wait on for ${name}: it may never become ready`,
    })),
  };
}

/** When the next start that is still on its way takes too long; infinite: none is. */
export function nextLateMs(limits: PoolLimits, standing: Standing, nowMs: number): number {
  let nextMs = Number.POSITIVE_INFINITY;
  for (const replica of standing.staying) {
    if (!isStarting(replica) || replica.leases > 0) continue;
    nextMs = Math.min(nextMs, lateAtMs(onItsWay(replica, nowMs), deadlinesOf(limits)));
  }
  return nextMs;
}

/** Written out, since a copy by spreading takes ten times as long. */
const onItsWay = (
  { phase, sinceMs, requestedAtMs }: ReplicaObservation,
  nowMs: number,
): StartingReplica => ({ phase, sinceMs, requestedAtMs, nowMs });

const noPhases: StartDeadlines["phases"] = {};

const deadlinesOf = (limits: PoolLimits): StartDeadlines => ({
  totalMs: limits.startupTimeoutMs,
  phases: limits.phaseDeadlines ?? noPhases,
});

/** Exactly the replicas an operator named, at work or not: a drain waits for their leases. */
export function stopOrdered(
  pool: string,
  orders: Orders,
  seen: PoolObservation,
  open: readonly Command[],
  nowMs: number,
): Removal {
  if (orders.drain.length === 0) return none;
  const told = new Set(open.filter((c) => c.action === "stop").map((c) => c.replica));
  const named = seen.replicas.filter(
    (replica) =>
      orders.drain.includes(replica.name) &&
      isLive(replica) &&
      replica.phase !== "draining" &&
      !told.has(replica.name),
  );
  return {
    commands: named.map(({ name }) => ({ action: "stop", replica: name, atMs: nowMs })),
    decisions: named.map((replica) => ordered(pool, replica)),
  };
}

function ordered(pool: string, { name, phase, leases }: ReplicaObservation): Decision {
  const work =
    leases === 0 ? "" : `; its ${leases === 1 ? "lease is" : `${leases} leases are`} waited for`;
  return {
    pool,
    action: "stop",
    replica: name,
    rule: "operator",
    sentence: `${name} stopped: an operator wants it drained${work}`,
    inputs: { phase, leases },
    alternative: `keep ${name}: the operator would wait in vain`,
  };
}
