import type { Random } from "../../../lib/random.ts";
import { beyond, inside, normalCdf, normalQuantile, normalUpper } from "./normal.ts";
import { type Lasting, productLimit } from "./product-limit.ts";
import { shuffle } from "./shuffle.ts";

/** Starts of one kind, the newest last. */
export type Starts = {
  readonly tookMs: readonly number[];
  /** A letter each: `s` for one that was stopped, so it would have lasted longer; `r` for one that got ready. */
  readonly how: string;
};

/** How much a start counts for each newer one. */
const forget = 0.97;
/** What the prior counts as, in starts. It ages like one, but never counts less than the newest. */
const kappa = 5;
const kappaMin = 1;
/**
 * How much of it starts of the other kind give, once there are any: the two may differ, but less than
 * machines do from what one believes of all of them.
 */
const borrowedMax = kappa / 2;
/** Below this many seen starts, of both kinds, the longer of estimate and prior counts. */
const trustedMin = 5;

/** A log-normal in shares of the longest start allowed, cut off at `max`. */
const prior = { median: 0.6, sd: 0.35, max: 1.25 };

/** Quantiles at `0, 1 / cells, ... 1`: between them they are taken as straight. */
const cells = 256;

function priorQuantile(share: number): number {
  return prior.median * Math.exp(prior.sd * normalQuantile(share * priorCut));
}

const priorCut = normalCdf(Math.log(prior.max / prior.median) / prior.sd);
/** Points of equal weight that stand for the prior, and its quantiles at the edges of the cells. */
const priorPoints = Array.from({ length: 64 }, (_, at) => priorQuantile((at + 0.5) / 64));
const priorTable = Array.from({ length: cells + 1 }, (_, at) => priorQuantile(at / cells));

/** What follows from one kind of starts, and a little from the other. */
export interface Distribution {
  readonly priorMaxMs: number;
  readonly other: Starts;
  readonly quantiles: Float64Array;
  readonly meanMs: number;
}

const distributions = new WeakMap<Starts, Distribution>();

/** Of starts of one kind; computed once for each pair. `priorMaxMs`: the longest that a start may last. */
export function distributionOf(starts: Starts, other: Starts, priorMaxMs: number): Distribution {
  const known = distributions.get(starts);
  if (known?.priorMaxMs === priorMaxMs && known.other === other) return known;
  const quantiles = tabulate(starts, newest(other, lentMax), priorMaxMs);
  const made = { priorMaxMs, other, quantiles, meanMs: meanOf(quantiles) };
  distributions.set(starts, made);
  return made;
}

/** The area under the quantiles. */
function meanOf(quantiles: Float64Array): number {
  let sum = -((quantiles[0] ?? 0) + (quantiles[cells] ?? 0)) / 2;
  for (const ms of quantiles) sum += ms;
  return sum / cells;
}

/** As many starts of the other kind as say what there is to say. */
const lentMax = 32;

const newest = ({ tookMs, how }: Starts, most: number): Starts => ({
  tookMs: tookMs.slice(-most),
  how: how.slice(-most),
});

/** All weights of the starts of a kind together. */
const weightOf = ({ how }: Starts): number => (1 - forget ** how.length) / (1 - forget);

/** Adds the starts of a kind, the newest of which counts `weight`, and gives how many got ready. */
function addStarts(points: Lasting[], { tookMs, how }: Starts, weight: number): number {
  let ready = 0;
  for (const [place, at] of tookMs.entries()) {
    const censored = how[place] === "s";
    points.push({ at, weight: weight * forget ** (tookMs.length - 1 - place), censored });
    if (!censored) ready += 1;
  }
  return ready;
}

function tabulate(starts: Starts, other: Starts, priorMaxMs: number): Float64Array {
  const borrowed = Math.min(borrowedMax, weightOf(other));
  const age = forget ** starts.tookMs.length;
  const weight = Math.max(kappaMin, (kappa - borrowed) * age) / priorPoints.length;
  const points: Lasting[] = priorPoints.map((part) => ({
    at: part * priorMaxMs,
    weight,
    censored: false,
  }));
  let ready = addStarts(points, starts, 1);
  if (borrowed > 0) ready += addStarts(points, other, (borrowed * age) / weightOf(other));
  const table = quantileTable(productLimit(points));
  if (ready >= trustedMin) return table;
  return table.map((ms, at) => Math.max(ms, (priorTable[at] ?? 0) * priorMaxMs));
}

/** Each point's mass lies evenly around it: quantiles in the middle of a mass are its point. */
function quantileTable(
  mass: readonly { readonly at: number; readonly mass: number }[],
): Float64Array {
  const table = new Float64Array(cells + 1);
  let at = 0;
  let before = { share: 0, ms: mass[0]?.at ?? 0 };
  let below = 0;
  for (const point of mass) {
    const share = below + point.mass / 2;
    for (; at <= cells && at / cells <= share; at += 1) {
      const part = share > before.share ? (at / cells - before.share) / (share - before.share) : 1;
      table[at] = before.ms + part * (point.at - before.ms);
    }
    before = { share, ms: point.at };
    below += point.mass;
  }
  table.fill(before.ms, at);
  return table;
}

/** The quantile at a share of 0..1. */
export const valueAt = (table: Float64Array, share: number): number => {
  const place = Math.min(1, Math.max(0, share)) * cells;
  const cell = Math.min(cells - 1, Math.floor(place));
  const low = table[cell] ?? 0;
  return low + (place - cell) * ((table[cell + 1] ?? low) - low);
};

/** The share of starts that take at most `ms`. */
export function shareBelow(table: Float64Array, ms: number): number {
  let low = 0;
  let high = cells;
  if (ms < (table[0] ?? 0)) return 0;
  if (ms >= (table[cells] ?? 0)) return 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((table[middle] ?? 0) <= ms) low = middle;
    else high = middle;
  }
  const left = table[low] ?? 0;
  const right = table[high] ?? left;
  return (low + (right > left ? (ms - left) / (right - left) : 1)) / cells;
}

/** Draws for a start that lasts longer than anything seen or believed: the prior without its cut is all there is. */
export function sampleOverdue(
  priorMaxMs: number,
  elapsedMs: number,
  random: Random,
  out: Float64Array,
): void {
  const mu = Math.log(priorMaxMs * prior.median);
  const from = (Math.log(elapsedMs) - mu) / prior.sd;
  const upper = normalUpper(from);
  for (let i = 0; i < out.length; i += 1) {
    const z = beyond(from, upper, (i + inside(random)) / out.length);
    out[i] = Math.max(0, Math.exp(mu + prior.sd * z) - elapsedMs);
  }
  shuffle(out, random);
}
