import type { Plan } from "./plan.ts";
import { quantile, type Recovery } from "./recovery.ts";
import type { Outcome } from "./run.ts";

/** How long others hold a dead worker's job by default, as their documentation has it. */
const peers = [
  ["graphile-worker", "4 h"],
  ["River", "1 h"],
  ["Oban", "60 min"],
  ["pg-boss", "15 min"],
  ["Trigger.dev", "5 min"],
  ["Hatchet", "30 s"],
] as const;

const brokenShown = 10;
const print = (line = ""): void => {
  process.stdout.write(`${line}\n`);
};

/** @returns whether every promise was kept */
export function printOutcome({ seed, timings }: Plan, outcome: Outcome): boolean {
  const { seconds, tasks, verdicts } = outcome;
  print();
  print(`${tasks} results answered in ${seconds.toFixed(0)} s, seed ${seed}`);
  const [p50, p99, longest] = outcome.durations.map((value) => `${value.toFixed(2)} s`);
  print(`a pipeline took ${p50} (p50), ${p99} (p99), ${longest} at most`);
  print();
  printRecoveries(outcome.recoveries);
  print();
  const { heartbeatMs, ttlMs, rescuerMs, pollMs, statementTimeoutMs } = timings;
  print(
    `settings: heartbeat ${heartbeatMs / 1000} s, silent container lost after ${ttlMs / 1000} s, ` +
      `rescuer every ${rescuerMs / 1000} s, question for work open ${pollMs / 1000} s, ` +
      `statement at most ${statementTimeoutMs / 1000} s`,
  );
  print(`a dead worker's job elsewhere: ${peers.map((peer) => peer.join(" ")).join(", ")}`);
  print();
  for (const { promise, looked, broken } of verdicts) {
    print(`${broken.length === 0 ? "kept  " : "BROKEN"}  ${promise} (${looked})`);
    for (const one of broken.slice(0, brokenShown)) print(`          ${one}`);
    if (broken.length > brokenShown) print(`          and ${broken.length - brokenShown} more`);
  }
  return verdicts.every(({ broken }) => broken.length === 0);
}

function printRecoveries(all: readonly Recovery[]): void {
  const width = Math.max(...all.map(({ kind }) => kind.length));
  print(
    `${"".padEnd(width)}  times   next accepted (p50, max)   lost task leased again (p50, max)`,
  );
  for (const { kind, count, acceptedMs, leasedMs } of all) {
    const cells = [acceptedMs, leasedMs].map((values) => pair(values).padEnd(24)).join("   ");
    print(`${kind.padEnd(width)}  ${String(count).padStart(5)}   ${cells}`.trimEnd());
  }
}

const pair = (values: readonly number[]): string =>
  values.length === 0 ? "-" : `${seconds(quantile(values, 0.5))}  ${seconds(values.at(-1))}`;

const seconds = (ms: number | undefined): string => `${((ms ?? 0) / 1000).toFixed(2)} s`;
