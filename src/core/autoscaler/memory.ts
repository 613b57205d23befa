import type { Json } from "./decision.ts";
import { isLive, isNeeded, type PoolObservation, type ReplicaObservation } from "./observation.ts";

/** Something decided but not yet visible in an observation. */
export interface Command {
  readonly action: "start" | "stop";
  readonly replica: string;
  readonly atMs: number;
}

/** What a pool's decisions remember. Plain JSON, so that it can be stored and replayed. */
export interface PoolMemory {
  readonly commands: readonly Command[];
  readonly unneededSinceMs: number | null;
  /** The rule of the last decision or hold: a hold is said again only when it changes. */
  readonly reason: string;
  /** Replicas that lived when last seen and were not told to go: if one is gone, it failed. */
  readonly alive: readonly string[];
  /** Failures in a row, and when the last one was. */
  readonly failures: number;
  readonly failedAtMs: number | null;
  /** Replicas wanted at the last decision, apart from fixed ones. */
  readonly wanted: number;
}

export interface ScalerState {
  readonly pools: Readonly<Record<string, PoolMemory>>;
  /** What the policy remembers; absent before it was ever asked. */
  readonly policy?: Json;
}

export const initialState: ScalerState = { pools: {} };

export const emptyMemory: PoolMemory = {
  commands: [],
  unneededSinceMs: null,
  reason: "no-work",
  alive: [],
  failures: 0,
  failedAtMs: null,
  wanted: 0,
};

/** A command that nothing answered for this long got lost on the way: it is decided again. */
export const commandTtlMs = 10_000;
/** A replica that stayed ready for this long ends a row of failures. */
const provenMs = 10_000;
/** Failures further apart than this are not a row. */
const failureRowMs = 600_000;
const backOffBaseMs = 1_000;
const backOffMaxMs = 60_000;

/**
 * When the pool may start again. The first failure costs no waiting, since most are a machine
 * that went away; from the second on the pause doubles up to a minute.
 */
export function startNotBeforeMs(memory: PoolMemory): number {
  if (memory.failedAtMs === null || memory.failures < 2) return 0;
  const pauseMs = Math.min(backOffMaxMs, backOffBaseMs * 2 ** (memory.failures - 2));
  return memory.failedAtMs + pauseMs;
}

/** When an open command counts as lost, or a pause after failures ends; infinite: nothing is due. */
export function nextChangeMs(memory: PoolMemory, nowMs: number): number {
  const startMs = startNotBeforeMs(memory);
  let nextMs = startMs > nowMs ? startMs : Number.POSITIVE_INFINITY;
  for (const { atMs } of memory.commands) nextMs = Math.min(nextMs, atMs + commandTtlMs);
  return nextMs;
}

function isOpen(command: Command, seen: ReplicaObservation | undefined, nowMs: number): boolean {
  if (nowMs - command.atMs >= commandTtlMs || nowMs < command.atMs) return false;
  if (command.action === "stop") {
    return seen !== undefined && isLive(seen) && seen.phase !== "draining";
  }
  // An end older than the command belongs to the slot's earlier life and answers nothing.
  return seen === undefined || (!isLive(seen) && seen.sinceMs <= command.atMs);
}

/**
 * A replica ended by itself when it lived before, or was just started, and lives no more. This needs
 * no record of ended replicas, so it also notices one that vanished without a trace.
 */
function countFailures(
  memory: PoolMemory,
  pool: PoolObservation,
  nowMs: number,
): Pick<PoolMemory, "failures" | "failedAtMs"> {
  // A fixed machine that goes or comes says nothing about whether starts succeed.
  const own = pool.replicas.filter((replica) => replica.isFixed !== true);
  const live = new Set(own.filter(isLive).map((replica) => replica.name));
  const told = new Set(memory.commands.map((command) => command.replica));
  const lost = memory.alive.filter((name) => !live.has(name) && !told.has(name)).length;
  const stillborn = memory.commands.filter(
    (command) =>
      command.action === "start" &&
      own.some(
        ({ name, phase, sinceMs }) =>
          name === command.replica && phase === "failed" && sinceMs > command.atMs,
      ),
  ).length;
  const recent = memory.failedAtMs !== null && nowMs - memory.failedAtMs < failureRowMs;
  const proven = own.some(
    (replica) => replica.phase === "ready" && nowMs - replica.sinceMs >= provenMs,
  );
  const earlier = recent && !proven ? memory.failures : 0;
  const fresh = lost + stillborn;
  const failedAtMs = fresh > 0 ? nowMs : earlier > 0 ? memory.failedAtMs : null;
  return { failures: earlier + fresh, failedAtMs };
}

/** The memory brought up to date with what is seen now, before anything is decided. */
export function remember(memory: PoolMemory, pool: PoolObservation, nowMs: number): PoolMemory {
  // A clock set back must not leave a pool unneeded "since the future": it would never stop.
  const sinceMs = isNeeded(pool.demand) ? null : Math.min(memory.unneededSinceMs ?? nowMs, nowMs);
  if (isAsItWas(memory, pool)) {
    // Nearly every look is one of these; the same object again costs nothing.
    return sinceMs === memory.unneededSinceMs ? memory : unneededSince(memory, sinceMs);
  }
  const byName = new Map(pool.replicas.map((replica) => [replica.name, replica]));
  const commands = memory.commands.filter((command) =>
    isOpen(command, byName.get(command.replica), nowMs),
  );
  const told = new Set(commands.map((command) => command.replica));
  const { failures, failedAtMs } = countFailures(memory, pool, nowMs);
  return {
    commands,
    unneededSinceMs: sinceMs,
    reason: memory.reason,
    alive: pool.replicas
      .filter((replica) => stays(replica) && !told.has(replica.name))
      .map((replica) => replica.name),
    failures,
    failedAtMs,
    wanted: memory.wanted,
  };
}

/** Written out, since a copy by spreading takes ten times as long. */
const unneededSince = (memory: PoolMemory, sinceMs: number | null): PoolMemory => ({
  commands: memory.commands,
  unneededSinceMs: sinceMs,
  reason: memory.reason,
  alive: memory.alive,
  failures: memory.failures,
  failedAtMs: memory.failedAtMs,
  wanted: memory.wanted,
});

const stays = (replica: ReplicaObservation): boolean =>
  isLive(replica) && replica.isFixed !== true && replica.phase !== "draining";

/** No command is open, no failure counts, and the same replicas stay in the same order. */
function isAsItWas({ commands, alive, failedAtMs }: PoolMemory, pool: PoolObservation): boolean {
  if (commands.length > 0 || failedAtMs !== null) return false;
  let staying = 0;
  for (const replica of pool.replicas) {
    if (!stays(replica)) continue;
    if (alive[staying] !== replica.name) return false;
    staying += 1;
  }
  return staying === alive.length;
}
