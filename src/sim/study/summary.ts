import { blockBootstrap, type Interval } from "../judge/bootstrap.ts";
import { type Figures, figuresOf } from "../judge/figures.ts";
import type { PriceList } from "../judge/judge.ts";
import { quantile } from "../judge/sketch.ts";
import { sumOf, type Tally } from "../judge/tally.ts";
import type { StudyRun } from "./job.ts";

/** One policy over all its seeds. */
export interface PolicySummary {
  readonly policy: string;
  readonly seeds: number;
  readonly figures: Figures;
  /** 95 % intervals, by drawing blocks of time. */
  readonly usdPerDocument: Interval;
  /** What an hour of the judged stretch costs, of one seed. */
  readonly usdPerHour: Interval;
  readonly p95Ms: Interval;
  /** Share of documents that ended within the time that was asked for, 0..1. */
  readonly within: Interval;
  /** A block holds what all seeds did in it. */
  readonly blocks: readonly Tally[];
  readonly waits: StudyRun["waits"];
}

/** Adds up the runs of one policy, valued in one of their price lists. Throws RangeError for none. */
export function summaryOf(
  runs: readonly StudyRun[],
  priceLists: readonly PriceList[],
  list: number,
): PolicySummary {
  const [first] = runs;
  if (first === undefined) throw new RangeError("no run to sum up");
  const blocks = first.blocks.map((_, at) => sumOf(runs.flatMap((run) => run.blocks[at] ?? [])));
  const ended = blocks.map(({ documents }, at) => ({
    documents,
    within: runs.reduce((sum, run) => sum + (run.within[at] ?? 0), 0),
  }));
  const blockHours = (first.judged.untilMs - first.judged.fromMs) / first.judged.blocks / 3_600_000;
  const usd = (drawn: readonly Tally[]): number =>
    drawn.reduce((sum, { microUsd }) => sum + (microUsd[list] ?? 0), 0) / 1e6;
  const each = (drawn: readonly Tally[]): number =>
    usd(drawn) / drawn.reduce((sum, { documents }) => sum + documents, 0);
  const hourly = (drawn: readonly Tally[]): number =>
    usd(drawn) / (drawn.length * blockHours * runs.length);
  return {
    policy: first.policy,
    seeds: runs.length,
    figures: figuresOf(sumOf(blocks), priceLists, list),
    usdPerDocument: blockBootstrap(blocks, each, bootstrap),
    usdPerHour: blockBootstrap(blocks, hourly, bootstrap),
    p95Ms: blockBootstrap(blocks, p95Of(blocks), bootstrap),
    within: blockBootstrap(ended, shareWithin, bootstrap),
    blocks,
    waits: {
      text: binsOf(runs.map((run) => run.waits.text)),
      all: binsOf(runs.map((run) => run.waits.all)),
    },
  };
}

/** As many draws as a 95 % interval needs, and no more: a report has many of them. */
const bootstrap = { resamples: 400, level: 0.95, seed: 1 };

/** The 95 % quantile of blocks drawn from these. Only bins that hold anything are added up: that is done very often. */
function p95Of(blocks: readonly Tally[]): (drawn: readonly Tally[]) => number {
  const all = sumOf(blocks).completion.counts;
  const first = all.findIndex((count) => count > 0);
  const last = all.findLastIndex((count) => count > 0);
  return (drawn) => {
    const counts = new Float64Array(all.length);
    let total = 0;
    for (const { completion } of drawn) {
      total += completion.total;
      for (let bin = Math.max(0, first); bin <= last; bin += 1) {
        counts[bin] = (counts[bin] ?? 0) + (completion.counts[bin] ?? 0);
      }
    }
    return quantile({ counts, total }, 0.95) ?? Number.NaN;
  };
}

function shareWithin(drawn: readonly { documents: number; within: number }[]): number {
  const documents = drawn.reduce((sum, one) => sum + one.documents, 0);
  return drawn.reduce((sum, one) => sum + one.within, 0) / documents;
}

/** Shares of all documents, 0..1, by bin. */
function binsOf(all: readonly (readonly number[])[]): number[] {
  const sums = (all[0] ?? []).map((_, bin) => all.reduce((sum, bins) => sum + (bins[bin] ?? 0), 0));
  const total = sums.reduce((sum, one) => sum + one, 0);
  return sums.map((one) => (total === 0 ? 0 : one / total));
}
