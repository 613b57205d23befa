import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  anyFlights,
  countsUnder,
  type Flight,
  type ReplicaCount,
  tasksAt,
} from "../../../../test/support/flights.ts";
import { scriptBase } from "../../../../test/support/scripted-pools.ts";
import { type KedaSettings, kedaDefaults, kedaPolicy } from "./keda.ts";

const untilMs = 2_400_000;
const { slots, maxReplicas } = scriptBase.scaling.text;

/** KEDA and the HPA as their rules stand: every poll and sync, nothing left out and nothing forgotten. */
function plainly(flights: readonly Flight[], settings: KedaSettings): readonly ReplicaCount[] {
  const counts: ReplicaCount[] = [];
  const recommended: ReplicaCount[] = [];
  let replicas = 0;
  let activeMs = 0;
  for (let atMs = 1_000; atMs <= untilMs; atMs += 1_000) {
    const before = replicas;
    const tasks = tasksAt(flights, atMs, false);
    if (atMs % settings.pollingMs === 0) {
      if (tasks > 0) {
        activeMs = atMs;
        replicas = Math.max(1, replicas);
      } else if (atMs - activeMs > settings.cooldownMs) replicas = 0;
    }
    if (atMs % settings.syncMs === 0 && replicas > 0) {
      const ratio = tasks / (slots * replicas);
      const isNear = Math.abs(ratio - 1) <= settings.tolerance;
      const exact = isNear ? replicas : Math.ceil(tasks / slots);
      const desired = Math.max(1, Math.min(maxReplicas, exact));
      recommended.push({ atMs, replicas: desired });
      const recent = recommended.filter((one) => one.atMs > atMs - settings.stabilisationMs);
      if (desired > replicas) replicas = Math.min(desired, Math.max(replicas + 4, 2 * replicas));
      else replicas = Math.min(replicas, Math.max(...recent.map((one) => one.replicas)));
    }
    if (replicas !== before) counts.push({ atMs, replicas });
  }
  return counts;
}

describe("KEDA with the HPA, left out polls and all", () => {
  it("runs as many at every moment as its rules say, written plainly", () => {
    fc.assert(
      fc.property(
        anyFlights(untilMs),
        fc.constantFrom(kedaDefaults, {
          ...kedaDefaults,
          cooldownMs: 70_000,
          stabilisationMs: 45_000,
          tolerance: 0.4,
        }),
        (flights, settings) => {
          const policy = kedaPolicy(scriptBase, settings);
          expect(countsUnder(policy, flights, { untilMs })).toEqual(plainly(flights, settings));
        },
      ),
      { numRuns: 150 },
    );
  });
});
