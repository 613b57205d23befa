import { blockBootstrap, type Interval } from "../judge/bootstrap.ts";
import { type Figures, figuresOf } from "../judge/figures.ts";
import type { PriceList } from "../judge/judge.ts";
import { sumOf, type Tally } from "../judge/tally.ts";
import type { StudyRun } from "./job.ts";

/** One policy over all its seeds. */
export interface PolicySummary {
  readonly policy: string;
  readonly seeds: number;
  readonly figures: Figures;
  /** 95 % intervals, by drawing blocks of time. */
  readonly usdPerDocument: Interval;
  readonly p95Ms: Interval;
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
  const figure = (choose: (figures: Figures) => number | null): Interval =>
    blockBootstrap(
      blocks,
      (drawn) => choose(figuresOf(sumOf(drawn), priceLists, list)) ?? Number.NaN,
      bootstrap,
    );
  return {
    policy: first.policy,
    seeds: runs.length,
    figures: figuresOf(sumOf(blocks), priceLists, list),
    usdPerDocument: figure(({ usdPerDocument }) => usdPerDocument),
    p95Ms: figure(({ completionP95Ms }) => completionP95Ms),
    blocks,
    waits: {
      text: binsOf(runs.map((run) => run.waits.text)),
      all: binsOf(runs.map((run) => run.waits.all)),
    },
  };
}

/** As many draws as a 95 % interval needs, and no more: a report has many of them. */
const bootstrap = { resamples: 400, level: 0.95, seed: 1 };

/** Shares of all documents, 0..1, by bin. */
function binsOf(all: readonly (readonly number[])[]): number[] {
  const sums = (all[0] ?? []).map((_, bin) => all.reduce((sum, bins) => sum + (bins[bin] ?? 0), 0));
  const total = sums.reduce((sum, one) => sum + one, 0);
  return sums.map((one) => (total === 0 ? 0 : one / total));
}
