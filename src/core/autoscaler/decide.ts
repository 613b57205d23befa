import type { Decision, Policy, PoolLimits } from "./decision.ts";
import { emptyMemory, type PoolMemory, remember, type ScalerState } from "./memory.ts";
import { move } from "./moves.ts";
import { noOrders, type Observation, type PoolObservation } from "./observation.ts";
import { stopLate, stopOrdered } from "./removals.ts";
import { floorOf, standingOf, supplyOf, type Verdict, wantedOwn } from "./round.ts";

/**
 * The one place where replicas are started and stopped. Pure: the observation carries the time, the
 * state carries the memory. Asking again with the same observation decides nothing new. Whatever
 * the policy wants, a pool stays within its bounds, a replica with leases is never stopped for
 * want of work, and a replica that does not become ready in time is replaced. Operators' orders go
 * through here too: a pause ends starts, an extra replica raises the minimum, a drain stops by name.
 */
export function decide(
  state: ScalerState,
  observation: Observation,
  policy: Policy,
): { state: ScalerState; decisions: Decision[] } {
  const pools: Record<string, PoolMemory> = {};
  const decisions: Decision[] = [];
  for (const [pool, limits] of Object.entries(policy.pools)) {
    const memory = state.pools[pool] ?? emptyMemory;
    const seen = observation.pools[pool];
    if (seen === undefined) {
      pools[pool] = { ...memory, reason: "no-data" };
      if (memory.reason !== "no-data") decisions.push(noData(pool));
      continue;
    }
    const decided = decidePool(pool, limits, memory, seen, observation.nowMs, policy);
    pools[pool] = decided.memory;
    decisions.push(...decided.decisions);
  }
  return { state: { pools }, decisions };
}

function decidePool(
  pool: string,
  limits: PoolLimits,
  before: PoolMemory,
  seen: PoolObservation,
  nowMs: number,
  policy: Policy,
): { memory: PoolMemory; decisions: readonly Decision[] } {
  const memory = remember(before, seen, nowMs);
  const orders = seen.orders ?? noOrders;
  const ordered = stopOrdered(pool, orders, seen, memory.commands, nowMs);
  const told = [...memory.commands, ...ordered.commands];
  const late = stopLate(pool, limits, standingOf(seen, told), nowMs);
  const commands = [...told, ...late.commands];
  const standing = standingOf(seen, commands);
  const want = policy.want({
    pool,
    nowMs,
    replicas: supplyOf(standing),
    fixed: standing.fixedStaying,
    demand: seen.demand,
    unneededSinceMs: memory.unneededSinceMs,
  });
  const least = floorOf(limits, orders, standing).replicas;
  const wanted = Math.max(least, Math.min(limits.maxReplicas, wantedOwn(want, standing)));
  const verdict = move({ pool, nowMs, limits, memory, orders, standing, want }, wanted);
  return {
    memory: {
      ...memory,
      wanted,
      reason: verdict.reason,
      commands: [...commands, ...verdict.commands],
    },
    decisions: [...ordered.decisions, ...inOrder(verdict, late.decisions)],
  };
}

/** A late replica's successor is started first, if there is a place for it. */
function inOrder(verdict: Verdict, late: readonly Decision[]): readonly Decision[] {
  const replaces = verdict.decisions.some(({ action }) => action === "start");
  return replaces ? [...verdict.decisions, ...late] : [...late, ...verdict.decisions];
}

function noData(pool: string): Decision {
  return {
    pool,
    action: "hold",
    replica: null,
    rule: "no-data",
    sentence: `${pool} held: nothing is known about it now`,
    inputs: {},
    alternative: "decide on old figures: work could lose its container",
  };
}
