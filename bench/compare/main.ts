import { mkdir, writeFile } from "node:fs/promises";
import { arch, cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { compareAll } from "./comparisons.ts";
import { type Comparison, goalsOf } from "./goals.ts";
import { aligned, asData, asMarkdown, goalLines, tableOf } from "./report.ts";
import { trafficOf } from "./traffic.ts";

const usage = `npm run sim:compare -- [options]
  --quick          one seed, few settings, 300 documents a trace, one model of cold starts: to see that it runs
  --documents N    of each trace its first N arrivals, 1000 if not given
  --seeds N        1 to N, 3 if not given
  --jobs N         so many traces at once, each in a process of its own
  --only TEXT      traces whose name holds it`;

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    documents: { type: "string" },
    seeds: { type: "string" },
    jobs: { type: "string" },
    only: { type: "string", default: "" },
    help: { type: "boolean", default: false },
  },
});

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
  if (all.length === 0) throw new Error(`No trace is called ${values.only}.\n${usage}`);
  const comparisons = await compareAll(all, options, {
    jobs: whole(values.jobs) ?? 1,
    onDone: (done) => {
      for (const { title, rows } of done.map(tableOf)) console.log(`${title}\n${aligned(rows)}\n`);
    },
  });
  const judged = goalSets(comparisons);
  for (const { title, goals } of judged) console.log([title, ...goalLines(goals), ""].join("\n"));
  const seconds = Math.round((performance.now() - begunMs) / 1000);
  await save(comparisons, judged, { documents, seeds: count, quick: values.quick, seconds });
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
