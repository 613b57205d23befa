import { mkdir, writeFile } from "node:fs/promises";
import { arch, cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { prdPriceBook, verdaPriceBook } from "../../src/core/cost/price-books.ts";
import { prdColdStarts } from "../../src/sim/worlds/cold-starts.ts";
import { recordedColdStarts } from "../../src/sim/worlds/pinned-cold-starts.ts";
import { judgedAt } from "./contestants.ts";
import { type Comparison, goalsOf } from "./goals.ts";
import { arrivalBlind, boundsOf } from "./oracles.ts";
import { priceListOf, type Setting } from "./play.ts";
import { aligned, asData, asMarkdown, goalLines, tableOf } from "./report.ts";
import { tournament } from "./tournament.ts";
import { type Traffic, trafficOf } from "./traffic.ts";

const usage = `npm run sim:compare -- [options]
  --quick          one seed, few settings, 300 documents a trace, one model of cold starts: to see that it runs
  --documents N    of each trace its first N arrivals, 1000 if not given
  --seeds N        1 to N, 3 if not given
  --only TEXT      traces whose name holds it`;

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    documents: { type: "string" },
    seeds: { type: "string" },
    only: { type: "string", default: "" },
    help: { type: "boolean", default: false },
  },
});

const priceLists = [prdPriceBook, verdaPriceBook].map(priceListOf);
const say = (line: string): void => console.error(line);

if (values.help) console.log(usage);
else await compare();

async function compare(): Promise<void> {
  const begunMs = performance.now();
  const documents = whole(values.documents) ?? (values.quick ? 300 : 1_000);
  const count = whole(values.seeds) ?? (values.quick ? 1 : 3);
  const seeds = Array.from({ length: count }, (_, at) => at + 1);
  const options = { seeds, isQuick: values.quick };
  const all = trafficOf(documents, say).filter(({ name }) => name.includes(values.only));
  const comparisons = all.flatMap((traffic) => comparisonsOf(traffic, options));
  if (comparisons.length === 0) throw new Error(`No trace is called ${values.only}.\n${usage}`);
  const judged = goalSets(comparisons);
  for (const { title, goals } of judged) console.log([title, ...goalLines(goals), ""].join("\n"));
  const seconds = Math.round((performance.now() - begunMs) / 1000);
  await save(comparisons, judged, { documents, seeds: count, quick: values.quick, seconds });
}

interface Options {
  readonly seeds: readonly number[];
  readonly isQuick: boolean;
}

/** Under both models of cold starts and both price books; the oracle, and traces that do not count, only under those of the request. */
function comparisonsOf(traffic: Traffic, options: Options): readonly Comparison[] {
  const isShort = options.isQuick || !traffic.isPrimary;
  const models = isShort ? [prdColdStarts] : [prdColdStarts, recordedColdStarts];
  return models.flatMap((coldStarts) => {
    const setting: Setting = { traffic, coldStarts, priceLists };
    const isGoals = coldStarts === prdColdStarts && traffic.isPrimary;
    return tournament(setting, options).flatMap((results, list): Comparison[] => {
      const prices = priceLists[list];
      if (prices === undefined) return [];
      const { seeds } = options;
      const oracle = (waitPrice: number) => arrivalBlind(setting, { list, waitPrice, seeds });
      const asked = isGoals && list === 0 && !options.isQuick ? judgedAt : [];
      const one = {
        ...{ traffic, prices, list, results, coldStarts: coldStarts.name },
        oracles: Object.fromEntries(asked.map((w) => [w, oracle(w)])),
        bounds: boundsOf(setting, { list, seeds, waitPrices: judgedAt }),
      };
      const { title, rows } = tableOf(one);
      console.log(`${title}\n${aligned(rows)}\n`);
      return [one];
    });
  });
}

/** The goals are those of the first set; under the others it is told what became of them. */
function goalSets(comparisons: readonly Comparison[]) {
  const sets = new Map<string, Comparison[]>();
  for (const one of comparisons.filter(({ traffic }) => traffic.isPrimary)) {
    const title = `Prices ${one.prices.name}, cold starts ${one.coldStarts}`;
    sets.set(title, [...(sets.get(title) ?? []), one]);
  }
  return [...sets].map(([title, set]) => ({ title, goals: goalsOf(set) }));
}

function whole(text: string | undefined): number | null {
  if (text === undefined) return null;
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new Error(`${text} is no number.\n${usage}`);
  return number;
}

async function save(
  comparisons: readonly Comparison[],
  judged: ReturnType<typeof goalSets>,
  run: Readonly<Record<string, number | boolean>>,
): Promise<void> {
  const folder = fileURLToPath(new URL("../results", import.meta.url));
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, arch: arch() };
  const at = new Date().toISOString();
  const node = process.version;
  const results = { at, machine, node, run, goals: judged, comparisons: comparisons.map(asData) };
  const parts = comparisons.map((one) => {
    const { title, rows } = tableOf(one);
    return `## ${title}\n\n${asMarkdown(rows)}`;
  });
  const goals = judged.map(
    ({ title, goals: set }) => `### ${title}\n\n\`\`\`\n${goalLines(set).join("\n")}\n\`\`\``,
  );
  const head = `# Policies compared\n\n${at}, ${machine.cpu}, Node ${node}, ${JSON.stringify(run)}`;
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}/compare.json`, `${JSON.stringify(results, null, 2)}\n`);
  await writeFile(`${folder}/compare.md`, `${[head, ...goals, ...parts].join("\n\n")}\n`);
  say(`Figures: ${folder}/compare.json and compare.md, after ${run.seconds} s`);
}
