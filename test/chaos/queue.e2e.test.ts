import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FaultKind } from "./queue/faults.ts";
import type { Plan } from "./queue/plan.ts";
import { type Outcome, runChaos } from "./queue/run.ts";

/** Each fault once, worst first, so that what it leaves behind meets the others. */
const script: readonly FaultKind[] = [
  "worker killed",
  "database connections killed",
  "worker frozen and back",
  "worker link half-open",
  "backup",
  "PostgreSQL crashed",
  "control plane killed",
  "database link stalled",
  "restore",
  "worker killed, not replaced in time",
  "PostgreSQL restarted",
  "worker link stalled",
  "database link half-open",
];

/** Shorter than the product's, so that the test waits for no pause alone. */
const plan: Plan = {
  seed: 1,
  pipelines: 600,
  poisonous: 6,
  submitMs: 20_000,
  workers: 2,
  timings: {
    heartbeatMs: 300,
    ttlMs: 1_000,
    pollMs: 500,
    rescuerMs: 200,
    statementTimeoutMs: 2_000,
    callMs: 1_500,
  },
  script,
  restMs: [100, 400],
  lastMs: [300, 900],
  stuckMs: 30_000,
};

let outcome: Outcome;
const said: string[] = [];
beforeAll(async () => {
  outcome = await runChaos(plan, (line) => said.push(line), new AbortController().signal);
});
afterAll(() => expect(ownProcesses()).toEqual([]));

describe("the queue, while everything under it is killed, cut and restored", () => {
  it("keeps every promise", () => {
    const broken = outcome.verdicts.filter((verdict) => verdict.broken.length > 0);
    expect(broken, said.join("\n")).toEqual([]);
    // A verdict on nothing is none.
    expect(outcome.verdicts.filter(({ looked }) => looked === 0)).toEqual([]);
    expect(outcome.verdicts.length).toBeGreaterThan(10);
  });

  it.each(script)("goes on by itself: %s", (kind) => {
    const recovery = outcome.recoveries.find((entry) => entry.kind === kind);
    expect(recovery?.acceptedMs).toHaveLength(1);
  });

  it("gives away what a lost worker held as soon as it is known to be lost", () => {
    const lost = outcome.recoveries.flatMap(({ leasedMs }) => leasedMs);
    expect(lost.length).toBeGreaterThan(0);
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
        const ours = /chaos\/queue|embedded\/guardian/.test(command);
        return fields?.[1] === String(process.pid) && ours ? [command] : [];
      } catch {
        return [];
      }
    });
}
