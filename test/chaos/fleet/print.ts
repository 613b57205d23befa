import type { Plan } from "./plan.ts";
import type { Outcome } from "./run.ts";

const brokenShown = 10;
const print = (line = ""): void => {
  process.stdout.write(`${line}\n`);
};

/** @returns whether every invariant held */
export function printOutcome({ seed, timings }: Plan, outcome: Outcome): boolean {
  print();
  print(`${outcome.pipelines} pipelines in ${outcome.seconds.toFixed(0)} s, seed ${seed}`);
  const [p50, p99, longest] = outcome.durations.map((value) => `${value.toFixed(2)} s`);
  print(`a pipeline took ${p50} (p50), ${p99} (p99), ${longest} at most`);
  if (outcome.paid !== null) {
    const { machines, theirs, ours } = outcome.paid;
    const said = `${theirs.toFixed(0)} s in the provider's books, ${ours.toFixed(0)} s in ours`;
    print(`${machines} machines were rented: ${said}`);
  }
  print();
  const width = Math.max(0, ...Object.keys(outcome.faults).map(({ length }) => length));
  for (const [kind, count] of Object.entries(outcome.faults)) {
    print(`${kind.padEnd(width)}  ${String(count).padStart(5)} times`);
  }
  print();
  const settings = Object.entries(timings).map(([name, ms]) => `${name} ${ms / 1000} s`);
  print(`settings: ${settings.join(", ").replaceAll("Ms", "")}`);
  print();
  for (const { invariant, looked, broken } of outcome.verdicts) {
    print(`${broken.length === 0 ? "held  " : "BROKEN"}  ${invariant} (${looked})`);
    for (const one of broken.slice(0, brokenShown)) print(`          ${one}`);
    if (broken.length > brokenShown) print(`          and ${broken.length - brokenShown} more`);
  }
  return outcome.verdicts.every(({ broken }) => broken.length === 0);
}
