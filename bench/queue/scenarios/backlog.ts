import { median } from "../disk.ts";
import type { BenchDatabase, BenchServer } from "../server.ts";
import { addBacklog, addHistory, lastPipelineId, settleTables } from "./fill.ts";
import { Load } from "./load.ts";
import { type Window, windowText } from "./recorder.ts";
import type { ScenarioOptions } from "./scenario.ts";

/** Claims with so much waiting and so much finished, beside those of an empty queue right before. */
interface Cell {
  readonly history: number;
  readonly backlog: number;
  readonly preparedSeconds: number;
  readonly empty: readonly Window[];
  readonly seen: readonly Window[];
  readonly ratio: { readonly p50: number; readonly p95: number };
}

const warmUpSeconds = 3;
const repeats = 3;

/**
 * Claim latency at a fixed rate, by pipelines waiting and pipelines finished. The empty queue is another
 * database of the same server, measured by turns with each cell, so that a slow minute of the machine does
 * not look like a slow queue. Of the repeats the median counts.
 */
export function runBacklog(server: BenchServer, options: ScenarioOptions): Promise<object> {
  const { say } = options;
  return server.withDatabase(async (empty) => {
    const reference = await Load.open(empty.url);
    const peak = options.rate === null ? await reference.warmPeak(options.peakSeconds) : null;
    if (peak) say(`Peak, empty: ${windowText(peak)}`);
    const rate = Math.round(options.rate ?? (peak?.pipelinesPerSecond ?? 0) / 2);
    say(`Rate: ${rate} pipelines/s, ${options.seconds} s each`);
    const cells: Cell[] = [];
    for (const history of options.history) {
      const found = await server.withDatabase((database) =>
        measureCells(reference, database, { ...options, rate, history }),
      );
      cells.push(...found);
    }
    await reference.close();
    return { peak, rate, cells };
  });
}

type Plan = Omit<ScenarioOptions, "rate" | "history"> & {
  readonly rate: number;
  readonly history: number;
};

async function measureCells(
  reference: Load,
  { url }: BenchDatabase,
  plan: Plan,
): Promise<readonly Cell[]> {
  const { say, history } = plan;
  const load = await Load.open(url);
  const cells: Cell[] = [];
  let startedMs = performance.now();
  await addHistory(load.sql, history, say);
  const afterId = await lastPipelineId(load.sql);
  let waiting = 0;
  for (const backlog of plan.backlog.toSorted((a, b) => a - b)) {
    await addBacklog(load.sql, backlog - waiting, say);
    waiting = backlog;
    await settleTables(load.sql);
    const preparedSeconds = (performance.now() - startedMs) / 1000;
    const empty: Window[] = [];
    const seen: Window[] = [];
    for (let n = 0; n < repeats; n += 1) {
      empty.push(await measure(reference, plan));
      seen.push(await measure(load, plan));
    }
    const cell = { history, backlog, preparedSeconds, empty, seen, ratio: ratioOf(seen, empty) };
    cells.push(cell);
    for (const line of cellText(cell)) say(line);
    startedMs = performance.now();
  }
  await load.close(afterId);
  return cells;
}

async function measure(load: Load, { rate, seconds }: Plan): Promise<Window> {
  const pipelinesPerSecond = rate;
  await load.steady({ pipelinesPerSecond, seconds: warmUpSeconds });
  return load.steady({ pipelinesPerSecond, seconds });
}

const ratioOf = (seen: readonly Window[], empty: readonly Window[]): Cell["ratio"] => {
  const of = (windows: readonly Window[], part: "p50" | "p95"): number =>
    median(windows.map(({ claimMs }) => claimMs?.[part] ?? Number.NaN));
  return { p50: of(seen, "p50") / of(empty, "p50"), p95: of(seen, "p95") / of(empty, "p95") };
};

const cellText = ({ history, backlog, preparedSeconds, empty, seen, ratio }: Cell): string[] => [
  `${backlog} waiting, ${history} finished (prepared in ${preparedSeconds.toFixed(0)} s)`,
  ...empty.flatMap((window, n) => [
    `  empty: ${windowText(window)}`,
    `  here:  ${seen[n] ? windowText(seen[n]) : ""}`,
  ]),
  `  ratio: p50 ${ratio.p50.toFixed(2)}, p95 ${ratio.p95.toFixed(2)}; goal 1.3`,
];
