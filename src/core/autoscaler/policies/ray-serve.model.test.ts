import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  anyFlights,
  countsUnder,
  type Flight,
  integral,
  type ReplicaCount,
  tasksAt,
} from "../../../../test/support/flights.ts";
import { scriptBase } from "../../../../test/support/scripted-pools.ts";
import { type RayServeSettings, rayServeDefaults, rayServePolicy } from "./ray-serve.ts";

const untilMs = 3_000_000;
const { maxReplicas } = scriptBase.scaling.text;

/** Ray Serve's rules as they stand, with a control loop of one second: all instants here are whole seconds. */
function plainly(flights: readonly Flight[], settings: RayServeSettings): readonly ReplicaCount[] {
  const { target, lookBackMs, pushMs, upscaleDelayMs, downscaleDelayMs } = settings;
  const counts: ReplicaCount[] = [];
  let replicas = 0;
  let ongoing = 0;
  let direction = 0;
  let sinceMs = 0;
  for (let atMs = 1_000; atMs <= untilMs; atMs += 1_000) {
    const before = replicas;
    if (atMs % pushMs === 0) ongoing = integral(flights, atMs - lookBackMs, atMs) / lookBackMs;
    const wanted = Math.max(0, Math.min(maxReplicas, Math.ceil(ongoing / target - 1e-9)));
    if (replicas > 0) {
      const now = Math.sign(wanted - replicas);
      if (now !== direction) {
        direction = now;
        sinceMs = atMs;
      }
      const delayMs = direction > 0 ? upscaleDelayMs : downscaleDelayMs;
      if (direction !== 0 && atMs - sinceMs >= delayMs) {
        replicas = replicas > 1 ? Math.max(1, wanted) : wanted;
        direction = Math.sign(wanted - replicas);
        sinceMs = atMs;
      }
    }
    if (replicas === 0 && tasksAt(flights, atMs, true) > 0) {
      replicas = 1;
      direction = 0;
    }
    if (replicas !== before) counts.push({ atMs, replicas });
  }
  return counts;
}

describe("Ray Serve, left out pushes and all", () => {
  it("runs as many at every moment as its rules say, written plainly", () => {
    fc.assert(
      fc.property(
        anyFlights(untilMs),
        fc.constantFrom(rayServeDefaults, {
          ...rayServeDefaults,
          target: 1.5,
          upscaleDelayMs: 7_000,
          downscaleDelayMs: 93_000,
        }),
        (flights, settings) => {
          const policy = rayServePolicy(scriptBase, settings);
          expect(countsUnder(policy, flights, { untilMs })).toEqual(plainly(flights, settings));
        },
      ),
      { numRuns: 150 },
    );
  });
});
