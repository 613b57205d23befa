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
import { scenarios } from "./scenarios/scenario.ts";
import { type BenchServer, settings, startBenchServer } from "./server.ts";

/** All that take part, in the order of a round. */
const contestants: readonly Contestant[] = [...ours, overHttp, ...peers];

const usage = `npm run bench:queue -- [options]
  --only NAME[,NAME]  systems (graphile), configurations (graphile-best) or one batch (graphile-best-20)
  --rounds N          rounds that count, 3 if not given
  --pipelines N       pipelines of each run, instead of as many as take about 5 s
  --quick             one short round and no hops: to see whether everything runs
  --dir DIR           where the temporary server keeps its data: a folder on a real disk

  --scenario NAME     instead: backlog, snapshot or soak, of this product alone
  --rate N            pipelines a second, instead of half of the peak measured first
  --seconds N         of each measurement of the backlog, 30 if not given
  --peak-seconds N    of each measurement of the peak, 60 if not given
  --minutes N         of snapshot (10 if not given) and soak (30)
  --backlog N[,N]     pipelines waiting, 0,100000,1000000 if not given
  --history N[,N]     pipelines finished, 0,5000000 if not given`;

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    rounds: { type: "string" },
    pipelines: { type: "string" },
    quick: { type: "boolean", default: false },
    dir: { type: "string", default: "/var/tmp" },
    scenario: { type: "string" },
    rate: { type: "string" },
    seconds: { type: "string", default: "30" },
    "peak-seconds": { type: "string", default: "60" },
    minutes: { type: "string" },
    backlog: { type: "string", default: "0,100000,1000000" },
    history: { type: "string", default: "0,5000000" },
    help: { type: "boolean", default: false },
  },
});

const say = (line: string): void => console.error(line);

if (values.help) console.log(usage);
else if (values.scenario !== undefined) await runScenario(values.scenario);
else await compare();

async function compare(): Promise<void> {
  const names = values.only?.split(",") ?? [];
  const chosen = contestants.filter(
    (one) => names.length === 0 || names.some((name) => isCalled(one, name)),
  );
  if (chosen.length === 0) throw new Error(`Nobody is called ${values.only}.\n${usage}`);
  if (chosen.some((one) => peers.includes(one))) await installPeers();
  await withServer(async (server) => {
    const outcomes = await runRounds(server, createDisk(server.dir), {
      contestants: chosen,
      rounds: numberOf(values.rounds) ?? (values.quick ? 1 : 3),
      pipelines: numberOf(values.pipelines),
      runSeconds: values.quick ? 1 : 5,
      hops: !values.quick,
      say,
    });
    console.log(tableOf(outcomes));
    if (outcomes.some(({ failures }) => failures.length > 0)) process.exitCode = 1;
    const figures = outcomes.filter(({ runs }) => runs.length > 0).map(figuresOf);
    await save("queue", server, { contestants: figures });
  });
}

async function runScenario(name: string): Promise<void> {
  const scenario = scenarios[name];
  if (scenario === undefined) throw new Error(`There is no scenario ${name}.\n${usage}`);
  await withServer(async (server) => {
    const found = await scenario(server, {
      rate: numberOf(values.rate),
      seconds: numberOf(values.seconds) ?? 0,
      peakSeconds: numberOf(values["peak-seconds"]) ?? 0,
      minutes: numberOf(values.minutes),
      backlog: values.backlog.split(",").map(Number),
      history: values.history.split(",").map(Number),
      say,
    });
    await save(`queue-${name}`, server, found);
  });
}

async function withServer(use: (server: BenchServer) => Promise<void>): Promise<void> {
  const server = await startBenchServer(values.dir);
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.once(signal, () => void server.stop().finally(() => process.exit(130)));
  }
  try {
    await use(server);
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

async function save(name: string, server: BenchServer, found: object): Promise<void> {
  const folder = fileURLToPath(new URL("../results", import.meta.url));
  const machine = {
    ...{ cpu: cpus()[0]?.model, cores: cpus().length },
    ...{ memoryBytes: totalmem(), arch: arch() },
  };
  const postgres = { version: server.version, settings };
  const results = { at: new Date().toISOString(), machine, postgres, ...found };
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}/${name}.json`, `${JSON.stringify(results, null, 2)}\n`);
  say(`Figures: ${folder}/${name}.json`);
}
