import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  anyFlights,
  countsUnder,
  type Flight,
  integral,
  type ReplicaCount,
} from "../../../../test/support/flights.ts";
import { scriptBase } from "../../../../test/support/scripted-pools.ts";
import { type KnativeSettings, knativeDefaults, knativePolicy } from "./knative.ts";

const untilMs = 900_000;
const { slots, maxReplicas } = scriptBase.scaling.text;
const target = slots * knativeDefaults.utilisation;

/**
 * The same autoscaler written as its rules stand: every tick, every mean from the whole past, nothing left
 * out and nothing forgotten. Gives how many replicas run, whenever that changes.
 */
function plainly(flights: readonly Flight[], settings: KnativeSettings, coldMs: number) {
  const counts: ReplicaCount[] = [];
  const wanted: ReplicaCount[] = [];
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

describe("Knative's pod autoscaler, left out ticks and all", () => {
  it("runs as many at every moment as its rules say, written plainly", () => {
    fc.assert(
      fc.property(
        anyFlights(untilMs),
        fc.constantFrom(0, 45_000),
        fc.constantFrom(0, 90_000),
        fc.constantFrom(3_000, 100_000),
        (flights, downDelayMs, retentionMs, coldMs) => {
          const settings = { ...knativeDefaults, downDelayMs, retentionMs };
          const policy = knativePolicy(scriptBase, settings);
          expect(countsUnder(policy, flights, { coldMs, untilMs })).toEqual(
            plainly(flights, settings, coldMs),
          );
        },
      ),
      { numRuns: 150 },
    );
  });
});
