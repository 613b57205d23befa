import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { arch, cpus, loadavg, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { percentile } from "./queue/percentiles.ts";
import { builtFrom } from "./sim/built.ts";
import { type Figures, type Scenario, scenarios } from "./sim/scenarios.ts";

const usage = `npm run bench -- sim [options]
  --only NAME[,NAME]  of ${Object.keys(scenarios).join(", ")}
  --runs N            runs of each that count, 3 if not given; each in a process of its own
  --share X           of the documents, 1 if not given: 0.01 to see whether everything runs
  --dist DIR          the build that is measured, dist if not given`;

const { values } = parseArgs({
  options: {
    only: { type: "string", default: Object.keys(scenarios).join(",") },
    runs: { type: "string", default: "3" },
    share: { type: "string", default: "1" },
    dist: { type: "string", default: fileURLToPath(new URL("../dist", import.meta.url)) },
    child: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const share = Number(values.share);
const runs = Number(values.runs);

if (values.help) console.log(usage);
else if (!(share > 0) || !Number.isInteger(runs) || runs < 1) throw new Error(usage);
else if (values.child) await runHere(values.only);
else await measureAll(values.only.split(","));

function scenarioOf(name: string): Scenario {
  const scenario = scenarios[name];
  if (scenario === undefined) throw new Error(`There is no scenario ${name}.\n${usage}`);
  return scenario;
}

async function runHere(name: string): Promise<void> {
  console.log(JSON.stringify(scenarioOf(name).run(await builtFrom(values.dist), share)));
}

/** In a process of its own, so that no run finds another's code compiled or its memory used. */
async function runApart(name: string): Promise<Figures> {
  const args = [
    ...["--import", "tsx", fileURLToPath(import.meta.url), "--child", "--only", name],
    ...["--share", values.share, "--dist", values.dist],
  ];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as Figures;
}

async function measureAll(names: readonly string[]): Promise<void> {
  const found: Record<string, object> = {};
  for (const name of names) {
    const { what, goal } = scenarioOf(name);
    console.log(`${name}: ${what}`);
    const all: Figures[] = [];
    for (let run = 0; run < runs; run += 1) all.push(await runApart(name));
    const median = medianOf(all);
    for (const [figure, value] of Object.entries(median)) {
      console.log(
        `  ${figure.padEnd(20)} ${value.toLocaleString("en", { maximumFractionDigits: 2 })}`,
      );
    }
    const value = median[goal.figure] ?? Number.NaN;
    const isMet = goal.atMost === undefined ? value >= (goal.atLeast ?? 0) : value <= goal.atMost;
    const wanted =
      goal.atMost === undefined ? `at least ${goal.atLeast}` : `at most ${goal.atMost}`;
    console.log(`  goal: ${goal.figure} ${wanted}: ${isMet ? "met" : "MISSED"}`);
    found[name] = { what, goal, isMet, median, runs: all };
  }
  await save(found);
}

function medianOf(all: readonly Figures[]): Figures {
  const names = Object.keys(all[0] ?? {});
  return Object.fromEntries(
    names.map((name) => [
      name,
      percentile(
        all.map((figures) => figures[name] ?? 0),
        0.5,
      ),
    ]),
  );
}

async function save(found: object): Promise<void> {
  const folder = fileURLToPath(new URL("results", import.meta.url));
  const machine = {
    ...{ cpu: cpus()[0]?.model, cores: cpus().length, memoryBytes: totalmem(), arch: arch() },
    ...{ node: process.version, loadOfTheLastMinute: loadavg()[0] },
  };
  const results = { at: new Date().toISOString(), machine, share, scenarios: found };
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}/sim.json`, `${JSON.stringify(results, null, 2)}\n`);
  console.log(`Figures: ${folder}/sim.json`);
}
