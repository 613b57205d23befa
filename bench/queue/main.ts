import { mkdir, writeFile } from "node:fs/promises";
import { arch, cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Contestant } from "./contestant.ts";
import { createDisk } from "./disk.ts";
import { overHttp } from "./http/http.ts";
import { ours } from "./ours.ts";
import { installPeers, peers } from "./peers.ts";
import { figuresOf, tableOf } from "./report.ts";
import { runRounds } from "./rounds.ts";
import { settings, startBenchServer } from "./server.ts";

/** All that take part, in the order of a round. */
const contestants: readonly Contestant[] = [...ours, overHttp, ...peers];

const usage = `npm run bench:queue -- [options]
  --only NAME[,NAME]  systems (graphile), configurations (graphile-best) or one batch (graphile-best-20)
  --rounds N          rounds that count, 3 if not given
  --pipelines N       pipelines of each run, instead of as many as take about 5 s
  --quick             one short round and no hops: to see whether everything runs
  --dir DIR           where the temporary server keeps its data: a folder on a real disk`;

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    rounds: { type: "string" },
    pipelines: { type: "string" },
    quick: { type: "boolean", default: false },
    dir: { type: "string", default: "/var/tmp" },
    help: { type: "boolean", default: false },
  },
});

if (values.help) console.log(usage);
else await run();

async function run(): Promise<void> {
  const names = values.only?.split(",") ?? [];
  const chosen = contestants.filter(
    (one) => names.length === 0 || names.some((name) => isCalled(one, name)),
  );
  if (chosen.length === 0) throw new Error(`Nobody is called ${values.only}.\n${usage}`);
  if (chosen.some((one) => peers.includes(one))) await installPeers();
  const server = await startBenchServer(values.dir);
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.once(signal, () => void server.stop().finally(() => process.exit(130)));
  }
  try {
    const outcomes = await runRounds(server, createDisk(server.dir), {
      contestants: chosen,
      rounds: numberOf(values.rounds) ?? (values.quick ? 1 : 3),
      pipelines: numberOf(values.pipelines),
      runSeconds: values.quick ? 1 : 5,
      hops: !values.quick,
      say: (line) => console.error(line),
    });
    console.log(tableOf(outcomes));
    await save({
      at: new Date().toISOString(),
      machine: {
        cpu: cpus()[0]?.model,
        cores: cpus().length,
        memoryBytes: totalmem(),
        arch: arch(),
      },
      postgres: { version: server.version, settings },
      contestants: outcomes.filter(({ runs }) => runs.length > 0).map(figuresOf),
    });
    if (outcomes.some(({ failures }) => failures.length > 0)) process.exitCode = 1;
  } finally {
    await server.stop();
  }
}

function isCalled({ name, config, batch }: Contestant, wanted: string): boolean {
  return [name, `${name}-${config}`, `${name}-${config}-${batch}`].includes(wanted);
}

function numberOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new Error(`${text} is no number.\n${usage}`);
  return number;
}

async function save(results: object): Promise<void> {
  const folder = fileURLToPath(new URL("../results", import.meta.url));
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}/queue.json`, `${JSON.stringify(results, null, 2)}\n`);
  console.error(`Figures: ${folder}/queue.json`);
}
