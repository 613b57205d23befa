import { hoursPerMonth } from "../../core/cost/price-books.ts";
import { blockBootstrap, type Interval } from "../judge/bootstrap.ts";
import { type Figures, figuresOf } from "../judge/figures.ts";
import type { PriceList } from "../judge/judge.ts";
import { sumOf, type Tally } from "../judge/tally.ts";
import type { StudyRun } from "../study/job.ts";
import { hoursOf } from "../study/report.ts";
import { summaryOf } from "../study/summary.ts";

/** One setting over all its replications. */
export interface WhatIfResult {
  readonly figures: Figures;
  readonly replications: number;
  /** 95 % intervals, by drawing blocks of time. */
  readonly usdPerDocument: Interval;
  /** A month of 730 hours. */
  readonly usdPerMonth: Interval;
  readonly p95Ms: Interval;
  /** Share of documents that ended within 15 minutes, 0..1. */
  readonly within: Interval;
  /** Share of paid replica time that was work, 0..1; null: nothing was paid. */
  readonly utilisation: number | null;
  /** Shares of documents by how long they waited for machines, by `waitEdgesMs`. */
  readonly waits: readonly number[];
  readonly blocks: readonly Tally[];
  /** Hours that are judged, of one replication. */
  readonly hours: number;
}

/** Adds up the runs of one setting: the same figures as `pilotlight simulate` has. Throws RangeError for none. */
export function whatIfResult(runs: readonly StudyRun[], prices: PriceList): WhatIfResult {
  const summary = summaryOf(runs, [prices], 0);
  const { busy, cold, idle } = hoursOf(summary);
  const paid = busy + cold + idle;
  const month = ({ estimate, low, high }: Interval): Interval => ({
    estimate: estimate * hoursPerMonth,
    low: low * hoursPerMonth,
    high: high * hoursPerMonth,
  });
  const { fromMs = 0, untilMs = 0 } = runs[0]?.judged ?? {};
  return {
    figures: summary.figures,
    replications: summary.seeds,
    usdPerDocument: summary.usdPerDocument,
    usdPerMonth: month(summary.usdPerHour),
    p95Ms: summary.p95Ms,
    within: summary.within,
    utilisation: paid === 0 ? null : busy / paid,
    waits: summary.waits.all,
    blocks: summary.blocks,
    hours: (untilMs - fromMs) / 3_600_000,
  };
}

export interface WhatIfDifference {
  readonly usdPerDocument: Interval;
  readonly usdPerMonth: Interval;
  readonly p95Ms: Interval;
}

const bootstrap = { resamples: 300, level: 0.95, seed: 1 };

/** The second less the first, by drawing pairs of blocks: both met the same documents. Lists are those each was judged by. */
export function differenceOf(
  [first, second]: readonly [WhatIfResult, WhatIfResult],
  [firstPrices, secondPrices]: readonly [PriceList, PriceList],
): WhatIfDifference {
  const pairs = first.blocks.flatMap((before, at) => {
    const after = second.blocks[at];
    return after === undefined ? [] : [{ before, after }];
  });
  const differ = (figure: (tally: Tally, prices: PriceList) => number | null): Interval =>
    blockBootstrap(
      pairs,
      (drawn) =>
        (figure(sumOf(drawn.map(({ after }) => after)), secondPrices) ?? Number.NaN) -
        (figure(sumOf(drawn.map(({ before }) => before)), firstPrices) ?? Number.NaN),
      bootstrap,
    );
  const told = (tally: Tally, prices: PriceList): Figures => figuresOf(tally, [prices], 0);
  const monthly = hoursPerMonth / (first.hours * first.replications);
  return {
    usdPerDocument: differ((tally, prices) => told(tally, prices).usdPerDocument),
    usdPerMonth: differ((tally) => ((tally.microUsd[0] ?? 0) / 1e6) * monthly),
    p95Ms: differ((tally, prices) => told(tally, prices).completionP95Ms),
  };
}
