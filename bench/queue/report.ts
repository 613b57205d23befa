import { median } from "./disk.ts";
import type { Measurement } from "./measure.ts";
import type { Outcome } from "./rounds.ts";

interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Every figure of a contestant as the result file holds it. */
export function figuresOf({ contestant, runs, paced, failures, thrownAway }: Outcome) {
  const { name, config, batch, note } = contestant;
  const spread = (of: (run: Measurement) => number): Spread => {
    const values = runs.map(of);
    return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
  };
  return {
    ...{ name, config, batch, note },
    pipelines: spread((run) => run.pipelines),
    seconds: spread((run) => run.seconds),
    pipelinesPerSecond: spread((run) => run.pipelinesPerSecond),
    commitsPerPipeline: spread((run) => run.commitsPerPipeline),
    writesPerPipeline: spread((run) => run.writesPerPipeline),
    walBytesPerPipeline: spread((run) => run.walBytesPerPipeline),
    lonePipelineMs: spread((run) => run.lonePipelineMs),
    connections: Math.max(...runs.map((run) => run.connections)),
    hopMsAtHalfRate: paced?.hopMs ?? null,
    fdatasyncUs: spread((run) => Math.max(run.probeUsBefore, run.probeUsAfter)),
    thrownAway,
    failures,
  };
}

const columns = [
  ...["contestant", "batch", "pipelines", "pipelines/s", "min-max", "commits", "writing"],
  ...["WAL KiB", "alone ms", "hop p50", "p95", "p99 ms", "conn"],
];

/** The table for a terminal: medians of the rounds kept. */
export function tableOf(outcomes: readonly Outcome[]): string {
  const rows = outcomes.filter(({ runs }) => runs.length > 0).map((outcome) => rowOf(outcome));
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...rows.map((row) => row[index]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => {
        const width = widths[index] ?? 0;
        return index === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join("  ");
  return [columns, ...rows].map(line).join("\n");
}

function rowOf(outcome: Outcome): string[] {
  const figures = figuresOf(outcome);
  const { pipelinesPerSecond, hopMsAtHalfRate: hop } = figures;
  const hops = hop === null ? ["-", "-", "-"] : [hop.p50, hop.p95, hop.p99].map(short);
  return [
    `${figures.name} ${figures.config}`,
    String(figures.batch),
    String(figures.pipelines.median),
    short(pipelinesPerSecond.median),
    `${short(pipelinesPerSecond.min)}-${short(pipelinesPerSecond.max)}`,
    short(figures.commitsPerPipeline.median),
    short(figures.writesPerPipeline.median),
    short(figures.walBytesPerPipeline.median / 1024),
    short(figures.lonePipelineMs.median),
    ...hops,
    String(figures.connections),
  ];
}

/** Three digits that matter. */
const short = (value: number): string =>
  value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
