import type { Decision, Json, Policy, PoolLimits, PoolQuestion, Want } from "./decision.ts";
import {
  type Command,
  emptyMemory,
  nextChangeMs,
  type PoolMemory,
  remember,
  type ScalerState,
} from "./memory.ts";
import { move } from "./moves.ts";
import { type Demand, noOrders, type Observation, type PoolObservation } from "./observation.ts";
import { nextLateMs, stopLate, stopOrdered } from "./removals.ts";
import { floorOf, type Moves, type Round, standingOf, supplyOf, wantedOwn } from "./round.ts";

export interface Decided {
  readonly state: ScalerState;
  readonly decisions: readonly Decision[];
  /** When something may be due though nothing happens; null: never. */
  readonly againAtMs: number | null;
}

/**
 * The one place where replicas are started and stopped. Pure: the observation carries the time, the
 * state carries the memory. Asking again with the same observation decides nothing new. Whatever
 * the policy wants, a pool stays within its bounds, a replica with leases is never stopped for
 * want of work, and a replica that does not become ready in time is replaced. Operators' orders go
 * through here too: a pause ends starts, an extra replica raises the minimum, a drain stops by name.
 */
export function decide(state: ScalerState, observation: Observation, policy: Policy): Decided {
  const { nowMs } = observation;
  const names = Object.keys(policy.pools);
  // As long as it will be: a list that grows takes room for sixteen more.
  const rounds = new Array<PoolRound | undefined>(names.length);
  const questions: Record<string, PoolQuestion> = {};
  let unseen: Record<string, PoolMemory> | null = null;
  const decisions: Decision[] = [];
  for (let at = 0; at < names.length; at += 1) {
    const pool = names[at] ?? "";
    const limits = policy.pools[pool];
    const memory = state.pools[pool] ?? emptyMemory;
    const seen = observation.pools[pool];
    if (limits === undefined) continue;
    if (seen === undefined) {
      unseen ??= {};
      unseen[pool] = { ...memory, reason: "no-data" };
      if (memory.reason !== "no-data") decisions.push(noData(pool));
      continue;
    }
    const round = openRound(pool, limits, memory, seen, nowMs);
    rounds[at] = round;
    questions[pool] = questionOf(round);
  }
  const answer = policy.want(
    {
      nowMs,
      pools: questions,
      documents: observation.documents ?? [],
      facts: observation.facts ?? [],
    },
    state.policy ?? policy.initial,
  );
  let againAtMs = never;
  for (const round of rounds) {
    if (round === undefined) continue;
    round.want = answer.wants[round.pool] ?? keepAll(round);
    const { moves, dueMs } = closeRound(round);
    for (const decision of round.due) decisions.push(decision);
    for (const decision of inOrder(moves, round.late)) decisions.push(decision);
    againAtMs = Math.min(againAtMs, dueMs);
  }
  return {
    state: stateAfter(state, rounds, unseen, answer.state),
    decisions,
    againAtMs: againAtMs === never ? null : againAtMs,
  };
}

/** The same state again where nothing new is to be kept. */
function stateAfter(
  state: ScalerState,
  rounds: readonly (PoolRound | undefined)[],
  unseen: Readonly<Record<string, PoolMemory>> | null,
  policy: Json,
): ScalerState {
  if (isAsBefore(state, rounds) && unseen === null && state.policy === policy) return state;
  const pools: Record<string, PoolMemory> = { ...unseen };
  for (const round of rounds) if (round !== undefined) pools[round.pool] = round.memory;
  return { pools, policy };
}

function isAsBefore({ pools }: ScalerState, rounds: readonly (PoolRound | undefined)[]): boolean {
  for (const round of rounds) {
    if (round !== undefined && pools[round.pool] !== round.memory) return false;
  }
  let known = 0;
  for (const _ in pools) known += 1;
  return known === rounds.length;
}

/** A pool after what is due whatever the policy wants. */
interface PoolRound extends Omit<Round, "want" | "memory"> {
  /** Filled in once the policy has answered: a second object for it would be most of the garbage. */
  want: Want;
  /** Brought up to date by what is seen, then by what was chosen. */
  memory: PoolMemory;
  readonly demand: Demand;
  readonly due: readonly Decision[];
  readonly late: readonly Decision[];
  /** All that is open: what memory holds, and what was just found due. */
  readonly commands: readonly Command[];
}

const notAsked: Want = {
  replicas: 0,
  rule: "no-rule",
  quiet: true,
  againAtMs: null,
  explain: () => ({ verb: "", because: "", inputs: {}, alternative: "" }),
};

function openRound(
  pool: string,
  limits: PoolLimits,
  before: PoolMemory,
  seen: PoolObservation,
  nowMs: number,
): PoolRound {
  const memory = remember(before, seen, nowMs);
  const orders = seen.orders ?? noOrders;
  const ordered = stopOrdered(pool, orders, seen, memory.commands, nowMs);
  const told = joined(memory.commands, ordered.commands);
  const standing = standingOf(seen, told);
  const late = stopLate(pool, limits, standing, nowMs);
  const commands = joined(told, late.commands);
  return {
    pool,
    nowMs,
    limits,
    memory,
    orders,
    want: notAsked,
    demand: seen.demand,
    due: ordered.decisions,
    late: late.decisions,
    commands,
    standing: commands === told ? standing : standingOf(seen, commands),
  };
}

/** The same list again where nothing is added. */
const joined = <T>(all: readonly T[], more: readonly T[]): readonly T[] =>
  more.length === 0 ? all : [...all, ...more];

const questionOf = ({ pool, memory, demand, commands, standing }: PoolRound): PoolQuestion => ({
  pool,
  replicas: supplyOf(standing),
  fixed: standing.fixedStaying,
  staying: standing.staying,
  coming: commands.length === 0 ? commands : commands.filter(({ action }) => action === "start"),
  leaving: standing.leaving.length,
  demand,
  unneededSinceMs: memory.unneededSinceMs,
});

/** What is moved, noted in the round's memory, and when the pool may change though nothing happens. */
function closeRound(round: PoolRound): { readonly moves: Moves; readonly dueMs: number } {
  const { nowMs, limits, memory, orders, standing, want } = round;
  const least = floorOf(limits, orders, standing).replicas;
  const wanted = Math.max(least, Math.min(limits.maxReplicas, wantedOwn(want, standing)));
  const moves = move(round, wanted);
  const commands = joined(round.commands, moves.commands);
  round.memory = noted(memory, wanted, moves.reason, commands);
  const dueMs = Math.min(
    want.againAtMs ?? never,
    nextChangeMs(round.memory, nowMs),
    nextLateMs(limits, standing, nowMs),
  );
  return { moves, dueMs };
}

/** The same memory again where nothing new is to be kept. */
function noted(
  memory: PoolMemory,
  wanted: number,
  reason: string,
  commands: readonly Command[],
): PoolMemory {
  const isKnown =
    memory.wanted === wanted && memory.reason === reason && memory.commands === commands;
  if (isKnown) return memory;
  const { unneededSinceMs, alive, failures, failedAtMs } = memory;
  return { commands, unneededSinceMs, reason, alive, failures, failedAtMs, wanted };
}

const never = Number.POSITIVE_INFINITY;

/** A late replica's successor is started first, if there is a place for it. */
function inOrder(moves: Moves, late: readonly Decision[]): readonly Decision[] {
  if (late.length === 0) return moves.decisions;
  const replaces = moves.decisions.some(({ action }) => action === "start");
  return replaces ? [...moves.decisions, ...late] : [...late, ...moves.decisions];
}

function keepAll({ standing }: PoolRound): Want {
  return {
    replicas: supplyOf(standing),
    rule: "no-rule",
    quiet: true,
    againAtMs: null,
    explain: () => ({
      verb: "started",
      because: "no rule of the policy names it",
      inputs: {},
      alternative: "start or stop a replica now: the policy gives no reason to",
    }),
  };
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
