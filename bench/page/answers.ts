import { mkdir, writeFile } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { median } from "../queue/disk.ts";
import { percentile } from "../queue/percentiles.ts";
import type { SeededStack } from "./seeded-stack.ts";

/** What somebody asks of the API: a path with its query. */
export interface Asked {
  readonly name: string;
  readonly path: string;
}

/** Of one client or of several at once; `cpu` is of one answer. */
export interface Took {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly maxMs: number;
  readonly controlCpuMs: number;
  readonly databaseCpuMs: number;
}

export interface Row {
  readonly asked: Asked;
  readonly clients: number;
  readonly took: Took;
  readonly kB: number;
}

export interface Plan {
  readonly asked: readonly Asked[];
  /** How many ask at once, and how often one asks. */
  readonly clients: readonly { readonly count: number; readonly times: number }[];
  readonly rounds: number;
}

/** Medians of the rounds. Before them each is asked a few times: that fills caches, as a minute of use does. */
export async function measureAll(stack: SeededStack, plan: Plan): Promise<readonly Row[]> {
  stack.say("asking each a few times");
  const sizes = new Map<Asked, number>();
  for (const one of plan.asked) {
    for (let time = 0; time < warmUps; time += 1) sizes.set(one, await answerBytes(stack.url, one));
  }
  const runs: Row[] = [];
  for (let round = 1; round <= plan.rounds; round += 1) {
    for (const { count, times } of plan.clients) {
      const load = (loadavg()[0] ?? 0).toFixed(1);
      stack.say(`round ${round} of ${plan.rounds}, ${count} at once; load ${load}`);
      for (const asked of plan.asked) {
        const took = await measure(stack, asked, count, times);
        runs.push({ asked, clients: count, took, kB: (sizes.get(asked) ?? 0) / 1000 });
      }
    }
  }
  return plan.asked.flatMap((asked) =>
    plan.clients.flatMap(({ count }) => {
      const own = runs.filter((run) => run.asked === asked && run.clients === count);
      return own[0] === undefined ? [] : [{ ...own[0], took: middleOf(own) }];
    }),
  );
}

const warmUps = 6;

async function answerBytes(url: string, { path }: Asked): Promise<number> {
  const answer = await fetch(url + path);
  const body = await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${new TextDecoder().decode(body)}`);
  return body.byteLength;
}

/** Each asks again as soon as its last answer is there. */
async function measure(
  { url, cpu }: SeededStack,
  asked: Asked,
  clients: number,
  times: number,
): Promise<Took> {
  const tookMs: number[] = [];
  const before = cpu();
  const client = async (): Promise<void> => {
    for (let time = 0; time < times; time += 1) {
      const startedMs = performance.now();
      await answerBytes(url, asked);
      tookMs.push(performance.now() - startedMs);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const after = cpu();
  return {
    p50Ms: percentile(tookMs, 0.5),
    p95Ms: percentile(tookMs, 0.95),
    maxMs: Math.max(...tookMs),
    controlCpuMs: (after.control - before.control) / tookMs.length,
    databaseCpuMs: (after.database - before.database) / tookMs.length,
  };
}

function middleOf(rows: readonly Row[]): Took {
  const of = (figure: keyof Took): number =>
    Number(median(rows.map(({ took }) => took[figure])).toFixed(1));
  return {
    ...{ p50Ms: of("p50Ms"), p95Ms: of("p95Ms"), maxMs: of("maxMs") },
    ...{ controlCpuMs: of("controlCpuMs"), databaseCpuMs: of("databaseCpuMs") },
  };
}

/** The table, with what takes one client longer than the budget. True: nothing does. */
export function printRows(rows: readonly Row[], budgetMs: number): boolean {
  const width = Math.max(...rows.map(({ asked }) => asked.name.length));
  const heads = ["clients", "p50 ms", "p95 ms", "longest", "CPU ms", "of them DB", "kB"];
  console.log(["asked".padEnd(width), ...heads.map((head) => head.padStart(10))].join(" "));
  let isWithin = true;
  for (const { asked, clients, took, kB } of rows) {
    const { p50Ms, p95Ms, maxMs, controlCpuMs, databaseCpuMs } = took;
    const figures = [p50Ms, p95Ms, maxMs, controlCpuMs + databaseCpuMs, databaseCpuMs, kB];
    const cells = [String(clients), ...figures.map((figure) => figure.toFixed(1))];
    const isOver = clients === 1 && p95Ms > budgetMs;
    if (isOver) isWithin = false;
    const note = isOver ? `  over ${budgetMs} ms` : "";
    console.log(
      [asked.name.padEnd(width), ...cells.map((cell) => cell.padStart(10))].join(" ") + note,
    );
  }
  return isWithin;
}

/** Into bench/results, with the machine and what it did besides. */
export async function writeRows(
  name: string,
  stack: SeededStack,
  facts: object,
  rows: readonly Row[],
): Promise<void> {
  const machine = { cores: cpus().length, model: cpus()[0]?.model, load: loadavg()[0] };
  const run = { at: new Date().toISOString(), node: process.version, postgres: stack.version };
  const folder = fileURLToPath(new URL("../results/", import.meta.url));
  await mkdir(folder, { recursive: true });
  await writeFile(
    `${folder}${name}.json`,
    `${JSON.stringify({ ...run, ...machine, ...facts, rows }, null, 2)}\n`,
  );
}
