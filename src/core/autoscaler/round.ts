import type { Decision, Explanation, Inputs, PoolLimits, Want } from "./decision.ts";
import type { Command, PoolMemory } from "./memory.ts";
import {
  isLive,
  type Orders,
  type PoolObservation,
  type ReplicaObservation,
} from "./observation.ts";

/** A pool as it will stand once every open command has been carried out. Fixed ones stand apart. */
export interface Standing {
  readonly staying: readonly ReplicaObservation[];
  /** Started by a command that no observation shows yet. */
  readonly coming: readonly string[];
  readonly leaving: readonly string[];
  /** Names of live fixed replicas, and how many of them stay. */
  readonly fixed: readonly string[];
  readonly fixedStaying: number;
}

/** All that one choice about one pool looks at. */
export interface Round {
  readonly pool: string;
  readonly nowMs: number;
  readonly limits: PoolLimits;
  readonly memory: PoolMemory;
  readonly orders: Orders;
  readonly standing: Standing;
  readonly want: Want;
}

/** What one look at one pool comes to. */
/** What one look at one pool comes to. */
export interface Moves {
  readonly decisions: readonly Decision[];
  readonly commands: readonly Command[];
  readonly reason: string;
}

const nobody: readonly string[] = [];

export function standingOf(seen: PoolObservation, commands: readonly Command[]): Standing {
  // Nearly always: nothing is under way, so that all that is seen stays.
  if (commands.length === 0 && seen.replicas.every(isPlain)) {
    return {
      staying: seen.replicas,
      coming: nobody,
      leaving: nobody,
      fixed: nobody,
      fixedStaying: 0,
    };
  }
  const told = new Set(commands.filter((c) => c.action === "stop").map((c) => c.replica));
  const goes = (replica: ReplicaObservation) =>
    replica.phase === "draining" || told.has(replica.name);
  const live = seen.replicas.filter(isLive);
  const fixed = live.filter((replica) => replica.isFixed === true);
  const own = live.filter((replica) => replica.isFixed !== true);
  return {
    staying: own.filter((replica) => !goes(replica)),
    coming: commands.filter((c) => c.action === "start").map((c) => c.replica),
    leaving: own.filter(goes).map((replica) => replica.name),
    fixed: fixed.map((replica) => replica.name),
    fixedStaying: fixed.filter((replica) => !goes(replica)).length,
  };
}

const isPlain = (replica: ReplicaObservation): boolean =>
  isLive(replica) && replica.phase !== "draining" && replica.isFixed !== true;

/** How many work or will work, fixed ones included. */
export const supplyOf = (standing: Standing): number =>
  standing.staying.length + standing.coming.length + standing.fixedStaying;

/** How many the policy wants of those that we start and stop. */
export const wantedOwn = (want: Want, standing: Standing): number =>
  want.replicas - standing.fixedStaying;

/** The least that must run, and who says so. Fixed ones fill the minimum, not an operator's order. */
export function floorOf(
  limits: PoolLimits,
  orders: Orders,
  standing: Standing,
): { readonly replicas: number; readonly rule: "minimum" | "operator" } {
  const minimum = Math.max(0, limits.minReplicas - standing.fixedStaying);
  const ordered = Math.min(orders.extra, limits.maxReplicas);
  return ordered > minimum
    ? { replicas: ordered, rule: "operator" }
    : { replicas: minimum, rule: "minimum" };
}

/** The inputs of a decision: what the bounds look at, and what the policy did. */
export function inputsOf(
  { limits, memory, standing, orders }: Round,
  { inputs }: Pick<Explanation, "inputs">,
): Inputs {
  return {
    staying: standing.staying.length,
    coming: standing.coming.length,
    leaving: standing.leaving.length,
    fixed: standing.fixedStaying,
    extra: orders.extra,
    minReplicas: limits.minReplicas,
    maxReplicas: limits.maxReplicas,
    failures: memory.failures,
    ...inputs,
  };
}
