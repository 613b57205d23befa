import type { Answer, Inputs, Json, Policy, PoolQuestion, Want } from "../decision.ts";
import type { PoolScaling } from "../settings.ts";
import { count } from "../words.ts";
import { type PolicyBase, poolsOf } from "./base.ts";

/** What a scaler sees of its pool: its own queue, and nothing of what is upstream. */
export interface Load {
  readonly waiting: number;
  readonly running: number;
  /** Replicas that are ready and stay. */
  readonly ready: number;
}

type Bounds = Pick<PoolScaling, "minReplicas" | "maxReplicas">;

export const inFlight = ({ waiting, running }: Load): number => waiting + running;

export const clamp = (replicas: number, { minReplicas, maxReplicas }: Bounds): number =>
  Math.max(minReplicas, Math.min(maxReplicas, replicas));

/** The first multiple of `everyMs` after `afterMs`: all timers of a kind tick together. */
export const nextTickMs = (afterMs: number, everyMs: number): number =>
  (Math.floor(afterMs / everyMs) + 1) * everyMs;

/** So many steps are looked ahead; beyond them it asks to be asked again. */
const stepsAheadMax = 2_000;

/** What one product remembers of one pool. Plain data. */
export interface ScalerMemory {
  /** How many replicas it wants: its own number, whatever runs. */
  readonly replicas: number;
  /** All that was due up to this instant is done. */
  readonly doneMs: number;
}

/**
 * The autoscaler of some product, for one pool. It does things at instants of its own, which need not
 * be those at which it is asked: between two asks the load was constant.
 */
export interface QueueScaler<S extends ScalerMemory> {
  begin(replicas: number, nowMs: number): S;
  /** The first instant after `doneMs` at which it does anything while the load stays; null: never. */
  nextMs(memory: S, load: Load): number | null;
  /**
   * Time goes on to `atMs` under this load, and what is due right then is done. `atMs` is no later
   * than `nextMs`; earlier, only time passes.
   */
  advance(memory: S, load: Load, atMs: number): S;
  /** The load has just become another: what it does without waiting for any timer. */
  see(memory: S, load: Load): S;
  /** What its figures are now, for people. */
  inputs(memory: S, load: Load): Inputs;
}

interface PoolState {
  readonly memory: ScalerMemory;
  readonly load: Load;
  readonly againAtMs: number | null;
}

/** Everything up to and with `toMs`, under one load. */
function catchUp<S extends ScalerMemory>(
  scaler: QueueScaler<S>,
  memory: S,
  load: Load,
  toMs: number,
): S {
  let now = memory;
  for (;;) {
    const nextMs = scaler.nextMs(now, load);
    if (nextMs === null || nextMs > toMs) break;
    now = scaler.advance(now, load, nextMs);
  }
  return now.doneMs < toMs ? scaler.advance(now, load, toMs) : now;
}

/** When it will want another number if the load stays as it is; null: never. */
function nextChangeMs<S extends ScalerMemory>(
  scaler: QueueScaler<S>,
  memory: S,
  load: Load,
): number | null {
  let now = memory;
  for (let step = 0; step < stepsAheadMax; step += 1) {
    const nextMs = scaler.nextMs(now, load);
    if (nextMs === null) return null;
    now = scaler.advance(now, load, nextMs);
    if (now.replicas !== memory.replicas) return nextMs;
  }
  return now.doneMs;
}

function loadOf({ demand, staying, fixed }: PoolQuestion): Load {
  let ready = fixed;
  for (const { phase } of staying) if (phase === "ready") ready += 1;
  return { waiting: demand.ready, running: demand.leased, ready };
}

const isSame = (a: Load, b: Load): boolean =>
  a.waiting === b.waiting && a.running === b.running && a.ready === b.ready;

/**
 * What is due at an instant is done under the load that was there right before it, so that it does not
 * matter how often, or in which order, it is asked within that instant.
 */
function nextState<S extends ScalerMemory>(
  scaler: QueueScaler<S>,
  before: PoolState | undefined,
  question: PoolQuestion,
  nowMs: number,
): PoolState {
  const load = loadOf(question);
  // A clock that was set back: its timers begin anew.
  const known = before !== undefined && before.memory.doneMs <= nowMs ? before : undefined;
  if (known !== undefined && isSame(known.load, load)) {
    if (known.againAtMs === null || nowMs < known.againAtMs) return known;
  }
  const memory =
    known === undefined
      ? scaler.see(scaler.begin(before?.memory.replicas ?? question.replicas, nowMs), load)
      : afterwards(scaler, known, load, nowMs);
  return { memory, load, againAtMs: nextChangeMs(scaler, memory, load) };
}

function afterwards<S extends ScalerMemory>(
  scaler: QueueScaler<S>,
  known: PoolState,
  load: Load,
  nowMs: number,
): S {
  // The state is what this scaler itself has left there.
  const done = catchUp(scaler, known.memory as S, known.load, nowMs);
  return isSame(known.load, load) ? done : scaler.see(done, load);
}

/** A policy in which every pool has a scaler of its own that knows nothing of the others. */
export function queuePolicy<S extends ScalerMemory>(
  name: string,
  base: Pick<PolicyBase, "scaling" | "topology">,
  scalerOf: (scaling: PoolScaling) => QueueScaler<S>,
): Policy {
  const pools = poolsOf(base);
  const scalers = new Map(Object.entries(pools).map(([pool, own]) => [pool, scalerOf(own)]));
  return {
    name,
    pools,
    attention: { documents: false, facts: false, slides: false, milestones: [] },
    initial: null,
    want({ nowMs: askedAtMs, pools: asked }, state): Answer {
      // Timers add and subtract delays: with fractions the sum may fall short of itself, for ever.
      const nowMs = Math.floor(askedAtMs);
      const before = (state ?? {}) as unknown as Readonly<Record<string, PoolState>>;
      const after: Record<string, PoolState> = { ...before };
      const wants: Record<string, Want> = {};
      for (const [pool, scaler] of scalers) {
        const question = asked[pool];
        if (question === undefined) continue;
        const next = nextState(scaler, before[pool], question, nowMs);
        after[pool] = next;
        wants[pool] = wantOf(name, question, next, () =>
          scaler.inputs(next.memory as S, next.load),
        );
      }
      return { wants, state: after as unknown as Json };
    },
  };
}

function wantOf(
  name: string,
  question: PoolQuestion,
  { memory, load, againAtMs }: PoolState,
  inputs: () => Inputs,
): Want {
  const wanted = memory.replicas;
  const rule = ruleOf(question, wanted, load);
  return {
    replicas: wanted,
    rule,
    quiet: rule === "enough" || rule === "no-work",
    againAtMs,
    explain: () => ({
      verb: "started",
      because: `${name} wants ${count(wanted, "replica")}; ${count(load.waiting, "task")} wait and ${load.running} run`,
      inputs: { ...load, wanted, ...inputs() },
      alternative: "want another number: the product that this models would not",
    }),
  };
}

/** The words that the other policies have for it. */
function ruleOf({ replicas }: PoolQuestion, wanted: number, load: Load): string {
  const work = inFlight(load);
  if (wanted > replicas) return replicas === 0 ? "work-ready" : "backlog";
  if (wanted < replicas) return wanted === 0 ? "idle" : "surplus";
  if (work === 0) return wanted === 0 ? "no-work" : "scale-down-delay";
  return wanted === 0 ? "scale-up-delay" : "enough";
}
