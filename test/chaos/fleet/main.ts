/**
 * `npm run chaos -- [--minutes 5] [--seed 1] [--pipelines 200] [--provider verda]`: submits decks while containers, control
 * plane, database and provider are killed, hung and cut off, then has a checker of its own process judge
 * what is left. `--provider local` has child processes for containers, `verda` rents them from a stub.
 * `--scenario loss --losses 20` measures how long a lost task waits for another container.
 * Exit code 1 when an invariant was broken.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { measureLosses, printLosses } from "./loss.ts";
import { type Plan, productTimings } from "./plan.ts";
import { printOutcome } from "./print.ts";
import { runFleet } from "./run.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "5" },
    pipelines: { type: "string", default: "200" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    provider: { type: "string", default: "verda" },
    scenario: { type: "string", default: "faults" },
    losses: { type: "string", default: "20" },
  },
});

function fail(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
}

const number = (name: "minutes" | "pipelines" | "seed" | "losses"): number => {
  const value = Number(values[name]);
  if (Number.isFinite(value) && value > 0) return value;
  return fail(`--${name} has to be a number above 0.`);
};

const provider = (): Plan["provider"] => {
  const { provider: name } = values;
  return name === "local" || name === "verda" ? name : fail("--provider is local or verda.");
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

async function save(name: string, result: object): Promise<void> {
  const folder = fileURLToPath(new URL("../../../bench/results/", import.meta.url));
  await mkdir(folder, { recursive: true });
  const about = { cores: cpus().length, node: process.version };
  await writeFile(`${folder}${name}.json`, `${JSON.stringify({ ...about, ...result }, null, 2)}\n`);
}

async function faultsOf(): Promise<boolean> {
  const plan: Plan = {
    seed: number("seed"),
    provider: provider(),
    pipelines: number("pipelines"),
    submitMs: number("minutes") * 60_000,
    script: null,
    restMs: [1_000, 5_000],
    timings: productTimings,
    stuckMs: 120_000,
  };
  const { pipelines, seed } = plan;
  say(`${pipelines} pipelines in ${values.minutes} minutes at ${plan.provider}, seed ${seed}`);
  const outcome = await runFleet(plan, say, stop.signal);
  const { clues, ...figures } = outcome;
  await save("chaos-fleet", { plan, ...figures });
  await save("chaos-fleet-clues", clues);
  return printOutcome(plan, outcome);
}

async function lossesOf(): Promise<boolean> {
  const measured = await measureLosses(number("losses"), say, stop.signal);
  await save("chaos-loss", measured);
  printLosses(measured);
  return true;
}

const scenarios: Readonly<Record<string, () => Promise<boolean>>> = {
  faults: faultsOf,
  loss: lossesOf,
};
const scenario = scenarios[values.scenario] ?? fail("--scenario is faults or loss.");
try {
  process.exitCode = (await scenario()) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
