import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type LoadChange,
  playScript,
  scriptBase,
} from "../../../../test/support/scripted-pools.ts";
import { type KnativeSettings, knativeDefaults, knativePolicy } from "./knative.ts";

const untilMs = 900_000;
const { slots, maxReplicas } = scriptBase.scaling.text;
const target = slots * knativeDefaults.utilisation;

/** Tasks in flight from an instant on. */
interface Flight {
  readonly atMs: number;
  readonly tasks: number;
}

/** The integral from `fromMs` to `toMs`, piece by piece. */
function integral(flights: readonly Flight[], fromMs: number, toMs: number): number {
  return flights.reduce((sum, { atMs, tasks }, at) => {
    const endMs = flights[at + 1]?.atMs ?? Number.POSITIVE_INFINITY;
    return sum + tasks * Math.max(0, Math.min(toMs, endMs) - Math.max(fromMs, atMs));
  }, 0);
}

/**
 * The same autoscaler written as its rules stand: every tick, every mean from the whole past, nothing left
 * out and nothing forgotten. Gives how many replicas run, whenever that changes.
 */
function plainly(flights: readonly Flight[], settings: KnativeSettings, coldMs: number) {
  const counts: { atMs: number; replicas: number }[] = [];
  const wanted: { atMs: number; replicas: number }[] = [];
  let machines: number[] = [];
  let firstMs = Number.NEGATIVE_INFINITY;
  let emptyMs = Number.NEGATIVE_INFINITY;
  let panicMs: number | null = null;
  let panicMax = 0;
  let inactiveMs: number | null = null;

  let gone: number[] = [];

  const run = (replicas: number, atMs: number): void => {
    if (replicas === machines.length) return;
    // What goes and comes back in one instant has never gone.
    if (counts.at(-1)?.atMs === atMs && machines.length === 0) {
      counts.pop();
      machines = gone;
      run(replicas, atMs);
      return;
    }
    gone = machines;
    machines = machines.toSorted((a, b) => a - b).slice(0, replicas);
    while (machines.length < replicas) machines.push(atMs + coldMs);
    if (replicas === 0) emptyMs = atMs;
    counts.push({ atMs, replicas });
  };
  const tick = (atMs: number, stable: number, panic: number): void => {
    const ready = Math.max(1, machines.filter((readyMs) => readyMs < atMs).length);
    const within = (many: number) => Math.max(many, Math.floor(ready / settings.downRate));
    const short = Math.ceil(panic / target - 1e-9);
    if (short / ready >= settings.panicThreshold) panicMs = atMs;
    else if (panicMs !== null && atMs - panicMs > settings.stableMs) panicMs = null;
    let desired = within(Math.ceil(stable / target - 1e-9));
    if (panicMs === null) panicMax = 0;
    else desired = panicMax = Math.max(panicMax, desired, within(short));
    wanted.push({ atMs, replicas: desired });
    const most = wanted.filter(
      (one) => one === wanted.at(-1) || one.atMs > atMs - settings.downDelayMs,
    );
    const replicas = Math.min(maxReplicas, Math.max(...most.map((one) => one.replicas)));
    inactiveMs = replicas > 0 ? null : (inactiveMs ?? atMs);
    const quietMs = Math.max(settings.graceMs, settings.retentionMs);
    run(inactiveMs !== null && atMs - inactiveMs < quietMs ? 1 : replicas, atMs);
  };

  for (let atMs = 0; atMs <= untilMs; atMs += 1_000) {
    if (atMs % 2_000 === 0 && atMs > 0 && machines.length > 0) {
      const mean = (windowMs: number) => {
        const sinceMs = Math.max(atMs - windowMs, firstMs);
        return integral(flights, sinceMs, atMs) / (atMs - sinceMs);
      };
      tick(atMs, mean(settings.stableMs), mean(settings.stableMs * settings.panicShare));
    }
    const tasks = flights.findLast((one) => one.atMs <= atMs)?.tasks ?? 0;
    if (machines.length > 0 || tasks === 0) continue;
    const isNew = atMs - emptyMs > settings.stableMs;
    if (isNew) firstMs = atMs;
    const mean = isNew ? tasks : 1e-6 * target;
    tick(atMs, mean, mean);
  }
  return counts;
}

/** How many run after each instant at which anything started or stopped. */
function countsOf(flights: readonly Flight[], settings: KnativeSettings, coldMs: number) {
  const script = flights.map(
    ({ atMs, tasks }): LoadChange => ({ atMs, pool: "text", waiting: tasks, running: 0 }),
  );
  const { steps } = playScript(knativePolicy(scriptBase, settings), script, { coldMs, untilMs });
  const counts = new Map<number, number>();
  let running = 0;
  for (const { atMs, action } of steps) {
    running += action === "start" ? 1 : -1;
    counts.set(atMs, running);
  }
  return [...counts].map(([atMs, replicas]) => ({ atMs, replicas }));
}

describe("Knative's pod autoscaler, left out ticks and all", () => {
  it("runs as many at every moment as its rules say, written plainly", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(
          fc.record({
            atMs: fc.integer({ min: 1, max: untilMs / 1_000 }).map((second) => second * 1_000),
            tasks: fc.oneof(fc.constant(0), fc.nat(9)),
          }),
          { selector: ({ atMs }) => atMs, maxLength: 12 },
        ),
        fc.constantFrom(0, 45_000),
        fc.constantFrom(0, 90_000),
        fc.constantFrom(3_000, 100_000),
        (unordered, downDelayMs, retentionMs, coldMs) => {
          const flights = unordered.toSorted((a, b) => a.atMs - b.atMs);
          const settings = { ...knativeDefaults, downDelayMs, retentionMs };
          expect(countsOf(flights, settings, coldMs)).toEqual(plainly(flights, settings, coldMs));
        },
      ),
      { numRuns: 150 },
    );
  });
});
