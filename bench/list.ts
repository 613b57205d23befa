/**
 * `npm run bench -- list [--documents 10000] [--rounds 3] [--dir FOLDER]`: how long the list of documents
 * takes to be answered, by the built product on a PostgreSQL of its own. Ends with 1 when a p95 of one client
 * is over the budget.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Asked, measure, type Took, whatIsAsked } from "./page/asked.ts";
import { seedDocuments } from "./page/seed.ts";
import { withSeededStack } from "./page/seeded-stack.ts";
import { median } from "./queue/disk.ts";

const { values } = parseArgs({
  options: {
    documents: { type: "string", default: "10000" },
    rounds: { type: "string", default: "3" },
    dir: { type: "string", default: "/var/tmp" },
  },
});
const documents = Number(values.documents);
const rounds = Number(values.rounds);
const budgetMs = 100;
const clientCounts = [1, 10];
const timesAClient = 40;

interface Row {
  readonly asked: Asked;
  readonly clients: number;
  readonly took: Took;
}

const middle = (rows: readonly Took[], of: (row: Took) => number): number =>
  Number(median(rows.map(of)).toFixed(1));

async function measured(url: string): Promise<readonly Row[]> {
  const asked = await whatIsAsked(url, documents);
  const runs: Row[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    for (const one of asked) {
      for (const clients of clientCounts) {
        const took = await measure(url, one, clients, timesAClient * Math.min(clients, 3));
        // The first round fills caches, as a minute of use does.
        if (round > 0) runs.push({ asked: one, clients, took });
      }
    }
  }
  return asked.flatMap((one) =>
    clientCounts.map((clients): Row => {
      const own = runs.filter((run) => run.asked === one && run.clients === clients);
      const took = own.map((run) => run.took);
      return {
        asked: one,
        clients,
        took: {
          p50Ms: middle(took, ({ p50Ms }) => p50Ms),
          p95Ms: middle(took, ({ p95Ms }) => p95Ms),
          maxMs: middle(took, ({ maxMs }) => maxMs),
        },
      };
    }),
  );
}

function print(rows: readonly Row[]): boolean {
  let isWithin = true;
  console.log(`${"asked".padEnd(34)} clients   p50 ms   p95 ms   longest`);
  for (const { asked, clients, took } of rows) {
    const figures = [took.p50Ms, took.p95Ms, took.maxMs].map((ms) => ms.toFixed(1).padStart(8));
    const isOver = clients === 1 && took.p95Ms > budgetMs;
    if (isOver) isWithin = false;
    const note = isOver ? `  over ${budgetMs} ms` : "";
    console.log(
      `${asked.name.padEnd(34)} ${String(clients).padStart(7)} ${figures.join(" ")}${note}`,
    );
  }
  return isWithin;
}

await withSeededStack(
  values.dir,
  (sql) => seedDocuments(sql, documents),
  async ({ url, version }) => {
    const rows = await measured(url);
    if (!print(rows)) process.exitCode = 1;
    const facts = { documents, rounds, version, cores: cpus().length, node: process.version };
    const folder = fileURLToPath(new URL("results/", import.meta.url));
    await mkdir(folder, { recursive: true });
    await writeFile(`${folder}list.json`, `${JSON.stringify({ ...facts, rows }, null, 2)}\n`);
  },
);
