/**
 * `npm run sim:replay -- [--decks 60] [--minutes 10] [--seed 1]`: a real run of the local stack beside its
 * simulation. Decks come in at random over the minutes; what the database says of them (arrivals, work,
 * starts, stops) is played through the simulator, and both are compared. Exit code 1 when they differ by
 * more than the limit. `--recording FILE` compares an earlier run again, without a new one. `--write FILE`
 * writes what work took, for `pilotlight simulate --service-times FILE`.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { loadConfig } from "../../src/config.ts";
import type { ScalingSettings } from "../../src/core/autoscaler/settings.ts";
import { seededRandom } from "../../src/lib/random.ts";
import { compareRuns, playedOf } from "../../src/sim/replay/compare.ts";
import { learn } from "../../src/sim/tune/learn.ts";
import { historyOf } from "./history.ts";
import { play, playedBy } from "./play.ts";
import { detailsOf, table } from "./print.ts";
import type { Read } from "./read.ts";
import { record, settings } from "./record.ts";

const limit = 0.1;
const policy = "reference";
const { values } = parseArgs({
  options: {
    decks: { type: "string", default: "60" },
    minutes: { type: "string", default: "10" },
    seed: { type: "string", default: "1" },
    recording: { type: "string" },
    write: { type: "string" },
  },
});
const stop = new AbortController();
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(name, () => stop.abort(new Error(`stopped by ${name}`)));
}
const startMs = Date.now();
const say = (sentence: string): void => {
  const seconds = ((Date.now() - startMs) / 1000).toFixed(1).padStart(6);
  process.stdout.write(`${seconds} s  ${sentence}\n`);
};

function number(name: "decks" | "minutes" | "seed", max: number): number {
  const value = Number(values[name]);
  if (value > 0 && value <= max) return value;
  process.stderr.write(`--${name} has to be a number above 0 and at most ${max}.\n`);
  process.exit(2);
}

const folder = fileURLToPath(new URL("../results/", import.meta.url));
const save = (name: string, value: object): Promise<void> =>
  writeFile(`${folder}${name}.json`, `${JSON.stringify(value, null, 2)}\n`);

/** A run, with the settings it was made with. */
interface Recorded extends Read {
  readonly scaling: ScalingSettings;
}

async function recorded(): Promise<Recorded> {
  if (values.recording !== undefined) {
    return JSON.parse(await readFile(values.recording, "utf8")) as Recorded;
  }
  const [decks, minutes, seed] = [
    number("decks", 200),
    number("minutes", 600),
    number("seed", 1e9),
  ];
  say(`${decks} decks in ${minutes} minutes, seed ${seed}`);
  const read = await record({ decks, minutes, random: seededRandom(seed) }, say, stop.signal);
  const { scaling } = loadConfig({ cwd: folder, env: {}, overrides: settings });
  await save("replay-recording", { scaling, ...read });
  return { scaling, ...read };
}

await mkdir(folder, { recursive: true });
const { scaling, recording, vainTries } = await recorded();
const simulated = play(recording, scaling, policy);
const comparison = compareRuns(playedOf(recording), playedBy(simulated), limit);
const details = detailsOf(recording, simulated);
const about = { date: new Date().toISOString(), cores: cpus().length, load: loadavg() };
await save("replay", {
  ...about,
  node: process.version,
  policy,
  limit,
  vainTries,
  ...comparison,
  ...details,
});
if (vainTries > 0) say(`${vainTries} tries of a task came to nothing; they are not played again`);
console.log(table(comparison, details, limit));
if (values.write !== undefined) {
  const { service, assumed } = learn(historyOf(simulated.world, recording, simulated.stage));
  const source = `measured: ${recording.documents.length} decks on the local stack, ${about.date}`;
  await writeFile(values.write, `${JSON.stringify({ ...service, source }, null, 2)}\n`);
  say(`${values.write} is written`);
  if (assumed.length > 0) say(`too little was measured of: ${assumed.join(", ")}`);
}
process.exitCode = comparison.isWithin ? 0 : 1;
