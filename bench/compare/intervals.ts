import { blockBootstrap, type Interval } from "../../src/sim/judge/bootstrap.ts";
import { textMicroUsdPerHour } from "../../src/sim/judge/figures.ts";
import type { PriceList } from "../../src/sim/judge/judge.ts";
import { emptySketch, mergeInto, quantile } from "../../src/sim/judge/sketch.ts";
import type { Tally } from "../../src/sim/judge/tally.ts";
import type { Result } from "./tournament.ts";

interface Pair {
  readonly ours: Tally;
  readonly theirs: Tally;
}

const pairsOf = (ours: Result, theirs: Result): readonly Pair[] =>
  ours.blocks.flatMap((tally, at) => {
    const other = theirs.blocks[at];
    return other === undefined ? [] : [{ ours: tally, theirs: other }];
  });

const sum = (tallies: readonly Tally[], of: (tally: Tally) => number): number =>
  tallies.reduce((all, tally) => all + of(tally), 0);

/** A figure of ours divided by theirs, minus 1, over the same blocks: -0.25 is a quarter less. */
function relative(ours: Result, theirs: Result, of: (tally: Tally) => number): Interval {
  return blockBootstrap(pairsOf(ours, theirs), (drawn) => {
    const mine = sum(
      drawn.map((pair) => pair.ours),
      of,
    );
    const other = sum(
      drawn.map((pair) => pair.theirs),
      of,
    );
    return mine / other - 1;
  });
}

/** Money of the stretch. The same documents come to both, so it is also that of one document. */
export const costAgainst = (ours: Result, theirs: Result, list: number): Interval =>
  relative(ours, theirs, (tally) => tally.microUsd[list] ?? 0);

/** J: money and waiting. */
export function lossAgainst(
  ours: Result,
  theirs: Result,
  at: { readonly list: number; readonly prices: PriceList; readonly waitPrice: number },
): Interval {
  const perMs = (at.waitPrice * textMicroUsdPerHour(at.prices)) / 3_600_000;
  return relative(ours, theirs, (tally) => (tally.microUsd[at.list] ?? 0) + perMs * tally.delayMs);
}

/** The difference of the 95th percentiles of completion in milliseconds, over the same blocks. */
export function p95Against(ours: Result, theirs: Result): Interval {
  const p95 = (tallies: readonly Tally[]): number => {
    const sketch = emptySketch();
    for (const { completion } of tallies) mergeInto(sketch, completion);
    return quantile(sketch, 0.95) ?? Number.NaN;
  };
  return blockBootstrap(
    pairsOf(ours, theirs),
    (drawn) => p95(drawn.map((pair) => pair.ours)) - p95(drawn.map((pair) => pair.theirs)),
  );
}

/** On time among feasible. By blocks, since documents of one burst hit or miss together. */
export const readinessOf = ({ blocks }: Result): Interval =>
  blockBootstrap(
    blocks,
    (drawn) =>
      sum(drawn, ({ onTimeFeasible }) => onTimeFeasible) / sum(drawn, ({ feasible }) => feasible),
  );
