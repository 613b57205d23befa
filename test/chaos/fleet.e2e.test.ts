import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FaultKind } from "./fleet/faults.ts";
import { type Plan, shortTimings } from "./fleet/plan.ts";
import { type Outcome, runFleet } from "./fleet/run.ts";

/** Each fault of a local fleet once. */
const script: readonly FaultKind[] = [
  "container killed",
  "container stopped, woken late",
  "container hung",
  "container cut off",
  "PostgreSQL crashed",
  "container preempted",
  "control plane killed",
];

const plan: Plan = {
  seed: 1,
  provider: "local",
  pipelines: 15,
  submitMs: 20_000,
  script,
  restMs: [500, 1_500],
  timings: shortTimings,
  stuckMs: 30_000,
};

let outcome: Outcome;
const said: string[] = [];
beforeAll(async () => {
  outcome = await runFleet(plan, (line) => said.push(line), new AbortController().signal);
});
afterAll(() => expect(ownProcesses()).toEqual([]));

describe("a fleet, while everything in it is killed, hung and cut off", () => {
  it("keeps every invariant", () => {
    const broken = outcome.verdicts.filter((verdict) => verdict.broken.length > 0);
    expect(broken, said.join("\n")).toEqual([]);
    // A verdict on nothing is none. Whether a fault hits a replica in the middle of its work is chance.
    const empty = outcome.verdicts.filter(({ looked }) => looked === 0);
    const byChance = "a replica with work is stopped for a cause";
    expect(empty.filter(({ invariant }) => invariant !== byChance)).toEqual([]);
    expect(outcome.verdicts.length).toBeGreaterThan(15);
    expect(outcome.pipelines).toBe(plan.pipelines);
  });

  it("went through every fault", () => {
    expect(outcome.faults, said.join("\n")).toEqual(
      Object.fromEntries(script.map((kind) => [kind, 1])),
    );
  });
});

/** Processes that this one started and that are still there. */
function ownProcesses(): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ");
        const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
        const ours = /stack-host|chaos\/fleet|worker\/main|embedded\/guardian/.test(command);
        return fields?.[1] === String(process.pid) && ours ? [command] : [];
      } catch {
        return [];
      }
    });
}
