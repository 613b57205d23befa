import type { Random } from "../../../lib/random.ts";
import { beyond, inside, normalCdf, normalQuantile, normalUpper } from "./normal.ts";
import { productLimit } from "./product-limit.ts";
import { shuffle } from "./shuffle.ts";

/** Starts of one kind, the newest last. */
type Starts = {
  readonly tookMs: readonly number[];
  /** A letter each: `s` for one that was stopped, so it would have lasted longer; `r` for one that got ready. */
  readonly how: string;
};

/** How long starts of one pool take and how often they fail. A type, not an interface: only that is plain JSON to the compiler. */
export type StartsState = {
  /** The longest that a start may last: `startup_timeout`. */
  readonly priorMaxMs: number;
  /** After less than half an hour off: image and model may still lie on the machine. */
  readonly recent: Starts;
  readonly cold: Starts;
  /** Weighted counts. */
  readonly failed: number;
  readonly succeeded: number;
};

/** Older starts of a kind are dropped. */
const startsMax = 100;
const recentMs = 30 * 60_000;
/** How much a start counts for each newer one. */
const forget = 0.97;
/** Failures are rarer than starts, so they are remembered for longer. */
const forgetFailure = 0.99;
/** What the prior counts as, in starts. It ages like one, but never counts less than the newest. */
const kappa = 5;
const kappaMin = 1;
/** Below this many seen starts the longer of estimate and prior counts. */
const trustedMin = 5;

const prior = { median: 0.6, sd: 0.35, max: 1.25 };

export const emptyStarts = (priorMaxMs: number): StartsState => ({
  priorMaxMs,
  recent: { tookMs: [], how: "" },
  cold: { tookMs: [], how: "" },
  failed: 0,
  succeeded: 0,
});

/** Learns how a start ended. `stopped`: taken back, so all it says is that it lasts longer than that. */
export function learnStart(
  state: StartsState,
  start: {
    readonly how: "ready" | "failed" | "stopped";
    readonly tookMs: number;
    readonly offMs: number | null;
  },
): StartsState {
  if (!(start.tookMs >= 0) || start.tookMs === Number.POSITIVE_INFINITY) return state;
  const failed = state.failed * forgetFailure;
  const succeeded = state.succeeded * forgetFailure;
  if (start.how === "failed") return { ...state, failed: failed + 1, succeeded };
  const kind = isRecent(start.offMs) ? "recent" : "cold";
  const learned = {
    ...state,
    [kind]: added(state[kind], start.tookMs, start.how === "stopped" ? "s" : "r"),
  };
  return start.how === "stopped" ? learned : { ...learned, failed, succeeded: succeeded + 1 };
}

const added = (starts: Starts, tookMs: number, how: "s" | "r"): Starts => ({
  tookMs: [...starts.tookMs.slice(1 - startsMax), Math.round(tookMs)],
  how: `${starts.how.slice(1 - startsMax)}${how}`,
});

const isRecent = (offMs: number | null): boolean => offMs !== null && offMs < recentMs;

const startsOf = (state: StartsState, offMs: number | null): Starts =>
  isRecent(offMs) ? state.recent : state.cold;

/** The share of starts that fail: the mean of Beta(1 + failed, 20 + succeeded). */
export const failureShare = (state: StartsState): number =>
  (1 + state.failed) / (21 + state.failed + state.succeeded);

/** Quantiles at `0, 1 / cells, ... 1`: between them they are taken as straight. */
const cells = 256;

/** Quantile of the prior, in shares of the longest start allowed: a log-normal cut off at 1.25 of that. */
function priorQuantile(share: number): number {
  return prior.median * Math.exp(prior.sd * normalQuantile(share * priorCut));
}

const priorCut = normalCdf(Math.log(prior.max / prior.median) / prior.sd);
/** Points of equal weight that stand for the prior, and its quantiles at the edges of the cells. */
const priorPoints = Array.from({ length: 64 }, (_, at) => priorQuantile((at + 0.5) / 64));
const priorTable = Array.from({ length: cells + 1 }, (_, at) => priorQuantile(at / cells));

/** What follows from one kind of starts. */
interface Distribution {
  readonly priorMaxMs: number;
  readonly quantiles: Float64Array;
  readonly meanMs: number;
}

const distributions = new WeakMap<Starts, Distribution>();

/** Computed once a state. */
function distributionOf(state: StartsState, offMs: number | null): Distribution {
  const starts = startsOf(state, offMs);
  const { priorMaxMs } = state;
  const known = distributions.get(starts);
  if (known?.priorMaxMs === priorMaxMs) return known;
  const quantiles = tabulate(starts, priorMaxMs);
  const made = { priorMaxMs, quantiles, meanMs: meanOf(quantiles) };
  distributions.set(starts, made);
  return made;
}

/** The area under the quantiles. */
function meanOf(quantiles: Float64Array): number {
  let sum = -((quantiles[0] ?? 0) + (quantiles[cells] ?? 0)) / 2;
  for (const ms of quantiles) sum += ms;
  return sum / cells;
}

function tabulate({ tookMs, how }: Starts, priorMaxMs: number): Float64Array {
  const newest = tookMs.length - 1;
  const weight = Math.max(kappaMin, kappa * forget ** tookMs.length) / priorPoints.length;
  const points = priorPoints.map((part) => ({ at: part * priorMaxMs, weight, censored: false }));
  let seen = 0;
  for (const [place, at] of tookMs.entries()) {
    const censored = how[place] === "s";
    points.push({ at, weight: forget ** (newest - place), censored });
    if (!censored) seen += 1;
  }
  const table = quantileTable(productLimit(points));
  if (seen >= trustedMin) return table;
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

const valueAt = (table: Float64Array, share: number): number => {
  const place = Math.min(1, Math.max(0, share)) * cells;
  const cell = Math.min(cells - 1, Math.floor(place));
  const low = table[cell] ?? 0;
  return low + (place - cell) * ((table[cell + 1] ?? low) - low);
};

/** The share of starts that take at most `ms`. */
function shareBelow(table: Float64Array, ms: number): number {
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

/**
 * Draws of the milliseconds from now to ready for a start that has lasted `elapsedMs` (0: one made
 * now), were it not to fail. Fills `out`, in random order.
 */
export function sampleStarts(
  state: StartsState,
  elapsedMs: number,
  offMs: number | null,
  random: Random,
  out: Float64Array,
): void {
  const { quantiles } = distributionOf(state, offMs);
  const share = elapsedMs > 0 ? shareBelow(quantiles, elapsedMs) : 0;
  if (share >= 1) {
    sampleOverdue(state, elapsedMs, random, out);
    return;
  }
  for (let i = 0; i < out.length; i += 1) {
    const at = share + (1 - share) * ((i + random.next()) / out.length);
    out[i] = Math.max(0, valueAt(quantiles, at) - elapsedMs);
  }
  shuffle(out, random);
}

/** It lasts longer than anything seen or thought possible: the prior without its cut is all there is. */
function sampleOverdue(
  { priorMaxMs }: StartsState,
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

/** How long a start takes at most in `share` of cases, were it not to fail. */
export const startQuantileMs = (state: StartsState, share: number, offMs: number | null): number =>
  valueAt(distributionOf(state, offMs).quantiles, share);

/** How long a start takes on average, were it not to fail. */
export const startMeanMs = (state: StartsState, offMs: number | null): number =>
  distributionOf(state, offMs).meanMs;

/** A start that is not ready by then is stuck: 99 of 100 take less. */
export const stuckAfterMs = (state: StartsState): number =>
  Math.max(startQuantileMs(state, 0.99, null), startQuantileMs(state, 0.99, 0));
