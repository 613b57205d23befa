/** What tests of autoscalers share that hold a policy against its rules written plainly. */
import fc from "fast-check";
import type { Policy } from "../../src/core/autoscaler/decision.ts";
import { type LoadChange, playScript, type ScriptOptions } from "./scripted-pools.ts";

/** Tasks in flight from an instant on. */
export interface Flight {
  readonly atMs: number;
  readonly tasks: number;
}

/** So many run from an instant on. */
export interface ReplicaCount {
  readonly atMs: number;
  readonly replicas: number;
}

/** In order of time, at whole seconds, half of them without any task. */
export const anyFlights = (untilMs: number): fc.Arbitrary<readonly Flight[]> =>
  fc
    .uniqueArray(
      fc.record({
        atMs: fc.integer({ min: 1, max: untilMs / 1_000 }).map((second) => second * 1_000),
        tasks: fc.oneof(fc.constant(0), fc.nat(9)),
      }),
      { selector: ({ atMs }) => atMs, maxLength: 12 },
    )
    .map((flights) => flights.toSorted((a, b) => a.atMs - b.atMs));

/** How many are in flight at an instant; a change at that very instant counts if `withIt` says so. */
export const tasksAt = (flights: readonly Flight[], atMs: number, withIt: boolean): number =>
  flights.findLast((one) => one.atMs < atMs || (withIt && one.atMs === atMs))?.tasks ?? 0;

/** Tasks x milliseconds from `fromMs` to `toMs`. */
export function integral(flights: readonly Flight[], fromMs: number, toMs: number): number {
  return flights.reduce((sum, { atMs, tasks }, at) => {
    const endMs = flights[at + 1]?.atMs ?? Number.POSITIVE_INFINITY;
    return sum + tasks * Math.max(0, Math.min(toMs, endMs) - Math.max(fromMs, atMs));
  }, 0);
}

/** How many text replicas run after each instant at which any started or stopped. All tasks wait. */
export function countsUnder(
  policy: Policy,
  flights: readonly Flight[],
  options: ScriptOptions,
): readonly ReplicaCount[] {
  const script = flights.map(
    ({ atMs, tasks }): LoadChange => ({ atMs, pool: "text", waiting: tasks, running: 0 }),
  );
  const counts: ReplicaCount[] = [];
  for (const { atMs, action } of playScript(policy, script, options).steps) {
    const replicas = (counts.at(-1)?.replicas ?? 0) + (action === "start" ? 1 : -1);
    if (counts.at(-1)?.atMs === atMs) counts.pop();
    counts.push({ atMs, replicas });
  }
  return counts;
}
