/**
 * A world for policies alone: the load of each pool is a script, replicas start after a fixed time and
 * stop at once. `decide` is asked whenever something happens, when it asked to be, and at any other
 * instants a test names; and once at the beginning.
 */
import { decide } from "../../src/core/autoscaler/decide.ts";
import type { Policy } from "../../src/core/autoscaler/decision.ts";
import { initialState, type ScalerState } from "../../src/core/autoscaler/memory.ts";
import {
  type Demand,
  noDemand,
  type Observation,
  type PoolObservation,
} from "../../src/core/autoscaler/observation.ts";
import type { PolicyBase } from "../../src/core/autoscaler/policies/base.ts";
import { scalingDefaults, scalingOf } from "../../src/core/autoscaler/settings.ts";

export const scriptBase: PolicyBase = {
  scaling: scalingOf(scalingDefaults),
  topology: "split",
  microUsdPerHour: { vision: 500_000, text: 800_000, shared: 800_000 },
  quantumMs: 0,
};

/** From `atMs` on, this much waits and runs in the pool. */
export interface LoadChange {
  readonly atMs: number;
  readonly pool: string;
  readonly waiting: number;
  readonly running: number;
}

/** The same of the text pool alone, in seconds. */
export const textLoad = (atS: number, waiting: number, running = 0): LoadChange => ({
  atMs: atS * 1_000,
  pool: "text",
  waiting,
  running,
});

/** Starts and stops as words: "120 start text-1 work-ready", in seconds. */
export const playWords = (
  policy: Policy,
  script: readonly LoadChange[],
  untilMs: number,
): readonly string[] =>
  playScript(policy, script, { untilMs }).steps.map(
    ({ atMs, action, replica, rule }) => `${atMs / 1_000} ${action} ${replica} ${rule}`,
  );

export interface ScriptOptions {
  /** From the request of a replica to `ready`. */
  readonly coldMs?: number;
  /** Asked at these instants too, after anything else that happens then. */
  readonly extraAsksMs?: readonly number[];
  /** The state is written as JSON and read back at every ask. */
  readonly throughJson?: boolean;
  readonly untilMs: number;
}

export interface ScriptStep {
  readonly atMs: number;
  readonly action: "start" | "stop";
  readonly replica: string;
  readonly rule: string;
}

interface Machine {
  readonly name: string;
  readonly requestedAtMs: number;
  readonly readyMs: number;
  isReady: boolean;
  leases: number;
  idleSinceMs: number | null;
}

interface Pool {
  machines: Machine[];
  waiting: number;
  running: number;
  oldestReadyMs: number | null;
}

const never = Number.POSITIVE_INFINITY;

/** All starts and stops, and how often it was asked. */
export function playScript(
  policy: Policy,
  script: readonly LoadChange[],
  options: ScriptOptions,
): { readonly steps: readonly ScriptStep[]; readonly asks: number; readonly state: ScalerState } {
  const { coldMs = 100_000, extraAsksMs = [], throughJson = false, untilMs } = options;
  const pools = new Map<string, Pool>(
    Object.keys(policy.pools).map((pool) => [
      pool,
      { machines: [], waiting: 0, running: 0, oldestReadyMs: null },
    ]),
  );
  const changes = script.toSorted((a, b) => a.atMs - b.atMs);
  const extras = extraAsksMs.toSorted((a, b) => a - b);
  const steps: ScriptStep[] = [];
  let state = initialState;
  let againAtMs = never;
  let asks = 0;
  let nextChange = 0;
  let nextExtra = 0;
  let nowMs = 0;

  const ask = (): void => {
    asks += 1;
    const given = throughJson ? (JSON.parse(JSON.stringify(state)) as ScalerState) : state;
    const decided = decide(given, observe(pools, nowMs), policy);
    state = decided.state;
    againAtMs = decided.againAtMs ?? never;
    for (const { pool, action, replica, rule } of decided.decisions) {
      const own = pools.get(pool);
      if (action === "hold" || replica === null || own === undefined) continue;
      steps.push({ atMs: nowMs, action, replica, rule });
      if (action === "stop") own.machines = own.machines.filter(({ name }) => name !== replica);
      else own.machines.push(machine(replica, nowMs, coldMs));
    }
  };

  ask();
  for (;;) {
    const readyMs = Math.min(...readyTimes(pools), never);
    const eventMs = Math.min(changes[nextChange]?.atMs ?? never, readyMs, againAtMs);
    const extraMs = extras[nextExtra] ?? never;
    if (Math.min(eventMs, extraMs) > untilMs) return { steps, asks, state };
    if (extraMs < eventMs) {
      nextExtra += 1;
      nowMs = extraMs;
      ask();
      continue;
    }
    nowMs = eventMs;
    for (; (changes[nextChange]?.atMs ?? never) <= nowMs; nextChange += 1) {
      const change = changes[nextChange];
      const own = pools.get(change?.pool ?? "");
      if (change !== undefined && own !== undefined) apply(own, change);
    }
    for (const own of pools.values()) lease(own, nowMs);
    ask();
  }
}

const machine = (name: string, atMs: number, coldMs: number): Machine => ({
  name,
  requestedAtMs: atMs,
  readyMs: atMs + coldMs,
  isReady: false,
  leases: 0,
  idleSinceMs: null,
});

const readyTimes = (pools: ReadonlyMap<string, Pool>): number[] =>
  [...pools.values()].flatMap(({ machines }) =>
    machines.flatMap(({ readyMs, isReady }) => (isReady ? [] : readyMs)),
  );

function apply(pool: Pool, { atMs, waiting, running }: LoadChange): void {
  if (waiting === 0) pool.oldestReadyMs = null;
  else if (waiting > pool.waiting || pool.oldestReadyMs === null) pool.oldestReadyMs ??= atMs;
  pool.waiting = waiting;
  pool.running = running;
}

/** What is due becomes ready. Leases go to the ready replica that has fewest, and end on the one that has most. */
function lease({ machines, running }: Pool, nowMs: number): void {
  for (const one of machines) one.isReady ||= one.readyMs <= nowMs;
  const ready = machines.filter(({ isReady }) => isReady);
  let held = ready.reduce((sum, { leases }) => sum + leases, 0);
  for (; held < running && ready.length > 0; held += 1) {
    const least = ready.reduce((a, b) => (b.leases < a.leases ? b : a));
    least.leases += 1;
    least.idleSinceMs = null;
  }
  for (; held > running; held -= 1) {
    const most = ready.reduce((a, b) => (b.leases > a.leases ? b : a));
    most.leases -= 1;
    if (most.leases === 0) most.idleSinceMs = nowMs;
  }
}

function observe(pools: ReadonlyMap<string, Pool>, nowMs: number): Observation {
  return {
    nowMs,
    pools: Object.fromEntries([...pools].map(([name, pool]) => [name, observePool(pool)])),
  };
}

function observePool(pool: Pool): PoolObservation {
  const { waiting, running, oldestReadyMs } = pool;
  const demand: Demand = {
    ...noDemand,
    ready: waiting,
    leased: running,
    pipelines: waiting + running,
    oldestReadyMs,
  };
  return {
    demand,
    replicas: pool.machines.map(({ name, requestedAtMs, readyMs, isReady, ...rest }) => ({
      name,
      phase: isReady ? "ready" : "requested",
      sinceMs: isReady ? readyMs : requestedAtMs,
      requestedAtMs,
      leases: rest.leases,
      idleSinceMs: rest.idleSinceMs,
    })),
  };
}
