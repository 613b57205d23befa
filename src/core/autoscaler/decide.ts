import {
  count,
  type Decision,
  type Policy,
  type PoolLimits,
  seconds,
  type Want,
} from "./decision.ts";
import {
  type Command,
  emptyMemory,
  type PoolMemory,
  remember,
  type ScalerState,
  startNotBeforeMs,
} from "./memory.ts";
import {
  isLive,
  isStarting,
  type Observation,
  type PoolObservation,
  type ReplicaObservation,
} from "./observation.ts";

/** A pool as it will stand once every open command has been carried out. */
interface Standing {
  readonly staying: readonly ReplicaObservation[];
  /** Started by a command that no observation shows yet. */
  readonly coming: readonly string[];
  readonly leaving: readonly string[];
}

interface Verdict {
  readonly decisions: readonly Decision[];
  readonly commands: readonly Command[];
  readonly reason: string;
}

interface Round {
  readonly pool: string;
  readonly nowMs: number;
  readonly limits: PoolLimits;
  readonly memory: PoolMemory;
  readonly standing: Standing;
  readonly want: Want;
}

/**
 * The one place where replicas are started and stopped. Pure: the observation carries the time, the
 * state carries the memory. Asking again with the same observation decides nothing new. Whatever
 * the policy wants, a pool stays within its bounds, a replica with leases is never stopped for
 * want of work, and a replica that does not become ready in time is replaced.
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
  const late = stopLate(pool, limits, standingOf(seen, memory.commands), nowMs);
  const commands = [...memory.commands, ...late.commands];
  const standing = standingOf(seen, commands);
  const want = policy.want({
    pool,
    nowMs,
    replicas: standing.staying.length + standing.coming.length,
    demand: seen.demand,
    unneededSinceMs: memory.unneededSinceMs,
  });
  const wanted = clamp(want.replicas, limits);
  const verdict = move({ pool, nowMs, limits, memory, standing, want }, wanted);
  return {
    memory: {
      ...memory,
      wanted,
      reason: verdict.reason,
      commands: [...commands, ...verdict.commands],
    },
    decisions: [...late.decisions, ...verdict.decisions],
  };
}

const clamp = (replicas: number, limits: PoolLimits): number =>
  Math.max(limits.minReplicas, Math.min(limits.maxReplicas, replicas));

function standingOf(seen: PoolObservation, commands: readonly Command[]): Standing {
  const live = seen.replicas.filter(isLive);
  const told = new Set(commands.filter((c) => c.action === "stop").map((c) => c.replica));
  const goes = (replica: ReplicaObservation) =>
    replica.phase === "draining" || told.has(replica.name);
  return {
    staying: live.filter((replica) => !goes(replica)),
    coming: commands.filter((c) => c.action === "start").map((c) => c.replica),
    leaving: live.filter(goes).map((replica) => replica.name),
  };
}

/** A start that takes too long is given up; the missing replica is then started like any other. */
function stopLate(pool: string, limits: PoolLimits, standing: Standing, nowMs: number): Verdict {
  const ageMs = (replica: ReplicaObservation) => nowMs - (replica.requestedAtMs ?? replica.sinceMs);
  const late = standing.staying.filter(
    (replica) =>
      isStarting(replica) && replica.leases === 0 && ageMs(replica) > limits.startupTimeoutMs,
  );
  return {
    reason: "startup-timeout",
    commands: late.map(({ name }) => ({ action: "stop", replica: name, atMs: nowMs })),
    decisions: late.map((replica) => ({
      pool,
      action: "stop",
      replica: replica.name,
      rule: "startup-timeout",
      sentence: `${replica.name} stopped: still ${replica.phase} ${seconds(ageMs(replica))} after its request; the limit is ${seconds(limits.startupTimeoutMs)}`,
      inputs: { phase: replica.phase, ageMs: ageMs(replica), limitMs: limits.startupTimeoutMs },
      alternative: `wait on for ${replica.name}: it may never become ready`,
    })),
  };
}

function move(round: Round, wanted: number): Verdict {
  const { standing } = round;
  const missing = wanted - standing.staying.length - standing.coming.length;
  if (missing > 0) return start(round, missing);
  if (missing < 0 && standing.staying.length > 0) return stop(round, -missing);
  return hold(round, round.want.rule, round.want.because, round.want.quiet);
}

function start(round: Round, missing: number): Verdict {
  const { pool, limits, memory, nowMs, standing, want } = round;
  const notBeforeMs = startNotBeforeMs(memory);
  if (nowMs < notBeforeMs) {
    const because = `${count(memory.failures, "replica")} failed in a row; the next try is in ${seconds(notBeforeMs - nowMs)}`;
    return hold(round, "back-off", because, false);
  }
  const taken = new Set([
    ...standing.staying.map((replica) => replica.name),
    ...standing.coming,
    ...standing.leaving,
  ]);
  // One that is still leaving takes a place: the maximum counts what exists, not what is wanted.
  const places = Math.min(missing, limits.maxReplicas - taken.size);
  const free: string[] = [];
  for (let slot = 1; slot <= limits.maxReplicas && free.length < places; slot += 1) {
    if (!taken.has(`${pool}-${slot}`)) free.push(`${pool}-${slot}`);
  }
  if (free.length === 0) {
    return hold(round, "slot-taken", `${standing.leaving.join(", ")} must stop first`, false);
  }
  const toMinimum = want.replicas < limits.minReplicas;
  const because = toMinimum
    ? `the ${pool} pool keeps at least ${count(limits.minReplicas, "replica")}`
    : want.because;
  const rule = toMinimum ? "minimum" : want.rule;
  return {
    reason: rule,
    commands: free.map((replica) => ({ action: "start", replica, atMs: nowMs })),
    decisions: free.map((replica) => ({
      ...facts(round),
      action: "start",
      replica,
      rule,
      sentence: `${replica} ${toMinimum ? "started" : want.verb}: ${because}`,
    })),
  };
}

/** Idle ones only: first slots beyond the maximum, then those not ready yet, then high numbers. */
function stop(round: Round, surplus: number): Verdict {
  const { pool, limits, nowMs, standing, want } = round;
  const slotOf = (replica: ReplicaObservation) => Number(replica.name.slice(pool.length + 1));
  const order = (replica: ReplicaObservation) =>
    (slotOf(replica) > limits.maxReplicas ? 2_000_000 : 0) +
    (isStarting(replica) ? 1_000_000 : 0) +
    slotOf(replica);
  const idle = standing.staying.filter((replica) => replica.leases === 0);
  const chosen = idle.toSorted((a, b) => order(b) - order(a)).slice(0, surplus);
  if (chosen.length === 0) {
    return hold(round, "busy", `${count(standing.staying.length, "replica")} still at work`, false);
  }
  const tooMany = want.replicas > limits.maxReplicas;
  const rule = tooMany ? "maximum" : want.rule;
  const because = tooMany
    ? `the ${pool} pool has at most ${count(limits.maxReplicas, "replica")}`
    : want.because;
  return {
    reason: rule,
    commands: chosen.map(({ name }) => ({ action: "stop", replica: name, atMs: nowMs })),
    decisions: chosen.map(({ name }) => ({
      ...facts(round),
      action: "stop",
      replica: name,
      rule,
      sentence: `${name} stopped: ${because}`,
    })),
  };
}

function hold(round: Round, rule: string, because: string, quiet: boolean): Verdict {
  // Between a command and its first sighting nothing is settled: there is no reason to tell yet.
  if (round.memory.commands.length > 0) {
    return { reason: round.memory.reason, commands: [], decisions: [] };
  }
  const silent = quiet || rule === round.memory.reason;
  const said: Decision = {
    ...facts(round),
    action: "hold",
    replica: null,
    rule,
    sentence: `${round.pool} held at ${round.standing.staying.length + round.standing.coming.length}: ${because}`,
  };
  return { reason: rule, commands: [], decisions: silent ? [] : [said] };
}

function facts(round: Round): Pick<Decision, "pool" | "inputs" | "alternative"> {
  const { pool, limits, memory, standing, want } = round;
  return {
    pool,
    alternative: want.alternative,
    inputs: {
      staying: standing.staying.length,
      coming: standing.coming.length,
      leaving: standing.leaving.length,
      minReplicas: limits.minReplicas,
      maxReplicas: limits.maxReplicas,
      failures: memory.failures,
      ...want.inputs,
    },
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
