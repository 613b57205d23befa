import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { BenchServer } from "../server.ts";
import { judge, type Verdict } from "./flatness.ts";
import { Load } from "./load.ts";
import { type Window, windowText } from "./recorder.ts";
import type { ScenarioOptions } from "./scenario.ts";
import {
  growingTables,
  kib,
  queueTables,
  readTables,
  type TableSize,
  tableText,
} from "./tables.ts";

const minutesDefault = 30;
const everySeconds = 30;

interface Sample {
  readonly seconds: number;
  readonly window: Window;
  readonly tables: readonly TableSize[];
  readonly rssBytes: number;
  /** What is in use: the heap right after a collection, and buffers outside of it. */
  readonly liveBytes: number;
}

/** What waits to be collected says more about the collector than about what is kept. */
function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
}

/** At half the peak for a long time: what may not grow must not. */
export function runSoak(server: BenchServer, options: ScenarioOptions): Promise<object> {
  const { say, minutes, peakSeconds } = options;
  return server.withDatabase(async ({ url }) => {
    const load = await Load.open(url);
    const peak = options.rate === null ? await load.warmPeak(peakSeconds) : null;
    if (peak) say(`Peak: ${windowText(peak)}`);
    const rate = Math.round(options.rate ?? (peak?.pipelinesPerSecond ?? 0) / 2);
    const samples: Sample[] = [];
    await load.steady({
      pipelinesPerSecond: rate,
      seconds: (minutes ?? minutesDefault) * 60,
      everySeconds,
      onWindow: async (window) => {
        const sample = await takeSample(load, window, (samples.length + 1) * everySeconds);
        samples.push(sample);
        for (const line of sampleText(sample, rate)) say(line);
      },
    });
    const verdicts = verdictsOf(samples);
    const perPipeline = growthOf(samples);
    for (const verdict of verdicts) say(verdictText(verdict));
    for (const { name, bytes } of perPipeline) say(`${name}: ${bytes} bytes a pipeline`);
    await load.close();
    return { peak, rate, verdicts, perPipeline, samples };
  });
}

async function takeSample(load: Load, window: Window, seconds: number): Promise<Sample> {
  const tables = await readTables(load.sql, [...queueTables, ...growingTables]);
  collectGarbage();
  const { rss: rssBytes, heapUsed, external } = process.memoryUsage();
  return { seconds, window, tables, rssBytes, liveBytes: heapUsed + external };
}

const sampleText = (
  { seconds, window, tables, rssBytes, liveBytes }: Sample,
  rate: number,
): string[] => [
  `${seconds} s at ${rate}/s: ${windowText(window)}; memory ${kib(rssBytes)}, in use ${kib(liveBytes)}`,
  `  ${tables.map(tableText).join("; ")}`,
];

/** A page more or a vacuum later says nothing yet. */
const noise = { bytes: 512 * 1024, rows: 2000, memoryBytes: 4 * 1024 * 1024, ms: 0.5 };

function verdictsOf(samples: readonly Sample[]): Verdict[] {
  const series = (name: string, of: (table: TableSize) => number): number[] =>
    samples.map(({ tables }) => {
      const table = tables.find((one) => one.name === name);
      return table ? of(table) : 0;
    });
  return [
    ...queueTables.flatMap((name) => [
      judge(
        `${name} dead rows`,
        series(name, ({ deadRows }) => deadRows),
        noise.rows,
      ),
      judge(
        `${name} bytes`,
        series(name, ({ bytes }) => bytes),
        noise.bytes,
      ),
      judge(
        `${name} index bytes`,
        series(name, ({ indexBytes }) => indexBytes),
        noise.bytes,
      ),
    ]),
    judge(
      "pipelines dead rows a row",
      series("pipelines", (of) => of.deadRows / of.rows),
      0.02,
    ),
    judge(
      "pipelines bytes a row",
      series("pipelines", (of) => of.bytes / of.rows),
      16,
    ),
    judge(
      "memory in use",
      samples.map(({ liveBytes }) => liveBytes),
      noise.memoryBytes,
    ),
    judge(
      "claim p95 ms",
      samples.map(({ window }) => window.claimMs?.p95 ?? 0),
      noise.ms,
    ),
  ];
}

/** What the tables that grow by nature gain with each pipeline, indexes included. */
function growthOf(samples: readonly Sample[]): { name: string; bytes: number }[] {
  const [first, last] = [samples[0], samples.at(-1)];
  const pipelines = samples.slice(1).reduce((sum, { window }) => sum + window.pipelines, 0);
  return growingTables.map((name) => {
    const total = (sample: Sample | undefined): number => {
      const table = sample?.tables.find((one) => one.name === name);
      return table ? table.bytes + table.indexBytes : 0;
    };
    return { name, bytes: Math.round((total(last) - total(first)) / pipelines) };
  });
}

const verdictText = ({ name, isFlat, first, last, gain }: Verdict): string =>
  `${isFlat === null ? "too short" : isFlat ? "flat" : "NOT FLAT"} ${name}: ${plain(first)} at first, ${plain(last)} at last, ${plain(gain)} gained in the last half`;

const plain = (value: number): string => String(Number(value.toPrecision(4)));
