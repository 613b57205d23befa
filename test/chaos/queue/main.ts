/**
 * `npm run chaos:queue -- [--minutes 5] [--pipelines 20000] [--seed 1]`: submits pipelines of tasks
 * that do nothing while everything under them is killed, cut and restored, then holds what workers and
 * submitter were told against the database. Exit code 1 when a promise was broken.
 */
import { parseArgs } from "node:util";
import { type Plan, productTimings } from "./plan.ts";
import { printOutcome } from "./print.ts";
import { runChaos } from "./run.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "5" },
    pipelines: { type: "string", default: "20000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const number = (name: keyof typeof values): number => {
  const value = Number(values[name]);
  if (Number.isFinite(value) && value > 0) return value;
  process.stderr.write(`--${name} has to be a number above 0.\n`);
  process.exit(2);
};
const pipelines = number("pipelines");
const plan: Plan = {
  seed: number("seed"),
  pipelines,
  poisonous: Math.ceil(pipelines / 500),
  submitMs: number("minutes") * 60_000,
  workers: 4,
  timings: productTimings,
  script: null,
  restMs: [500, 3_000],
  lastMs: [3_000, 9_000],
  stuckMs: 90_000,
};

const startMs = Date.now();
const say = (sentence: string): void => {
  const seconds = ((Date.now() - startMs) / 1000).toFixed(1).padStart(6);
  process.stdout.write(`${seconds} s  ${sentence}\n`);
};
const stop = new AbortController();
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(name, () => stop.abort(new Error(`stopped by ${name}`)));
}
say(`${pipelines} pipelines in ${values.minutes} minutes, seed ${plan.seed}`);
try {
  const outcome = await runChaos(plan, say, stop.signal);
  process.exitCode = printOutcome(plan, outcome) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
