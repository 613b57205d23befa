import type { Random } from "../../../lib/random.ts";
import { wilson } from "../../slo/wilson.ts";
import type { DocumentObservation } from "../observation.ts";
import { type Bucket, type BucketQuality, buckets, levels, pinball } from "./quality.ts";
import { shuffle } from "./shuffle.ts";
import { quantileOf, quantileOfSorted, type Summary, shareBelow } from "./summary.ts";

/** What has become of the predictions of one bucket. */
type BucketState = {
  /** Where the truth fell in what was foretold, 0..1 or outside: the last `pitsMax`, the newest last. */
  readonly pits: readonly number[];
  /** By how much each of `levels` is moved: the adaptive part. */
  readonly shifts: readonly [number, number, number];
  /** The same outcomes, a digit each: how many of the quantiles at `levels` the truth was above. */
  readonly above: string;
  /** Pinball loss at `levels` in seconds, weighted sums, and their weight. */
  readonly loss: readonly [number, number, number];
  readonly weight: number;
};

/** How far predictions can be believed. A type, not an interface: only that is plain JSON to the compiler. */
export type CalibrationState = { readonly [bucket in Bucket]: BucketState };

const pitsMax = 100;
/** Values on the diagonal that are always there: few outcomes change little. */
const pseudoValues = 10;
/** The step of Gibbs and Candes, "Adaptive conformal inference under distribution shift" (2021). */
const step = 0.02;
const forget = 1 - 1 / pitsMax;

const emptyBucket: BucketState = {
  pits: [],
  shifts: [0, 0, 0],
  above: "",
  loss: [0, 0, 0],
  weight: 0,
};

export const emptyCalibration: CalibrationState = {
  "not started": emptyBucket,
  "0-25 %": emptyBucket,
  "25-50 %": emptyBucket,
  "50-75 %": emptyBucket,
  "75-100 %": emptyBucket,
};

/** How far a document is. One whose slides are not counted yet, or are all read, is in the bucket of what it has begun or nearly ended. */
export function bucketOf(doc: DocumentObservation): Bucket {
  if (doc.visual === "waiting" && doc.slidesDone === 0) return "not started";
  const fraction = doc.slides === null || doc.slides === 0 ? 0 : doc.slidesDone / doc.slides;
  return buckets[1 + Math.min(3, Math.floor(fraction * 4))] ?? "75-100 %";
}

/** Learns what became of a prediction: the raw draws as they were, and the seconds that it took. */
export function learnOutcome(
  state: CalibrationState,
  bucket: Bucket,
  foretold: Summary,
  actualSeconds: number,
): CalibrationState {
  if (!Number.isFinite(actualSeconds)) return state;
  const old = state[bucket];
  const at = (level: number) => quantileOf(foretold, calibrated(state, bucket, level));
  const [low, middle, high] = [at(levels[0]), at(levels[1]), at(levels[2])];
  const above =
    Number(actualSeconds > low) + Number(actualSeconds > middle) + Number(actualSeconds > high);
  const pit = Math.round(shareBelow(foretold, actualSeconds) * 1000) / 1000;
  const [lossLow, lossMiddle, lossHigh] = old.loss;
  const [shiftLow, shiftMiddle, shiftHigh] = old.shifts;
  return {
    ...state,
    [bucket]: {
      pits: [...old.pits.slice(1 - pitsMax), pit],
      shifts: [
        moved(shiftLow, levels[0], actualSeconds > low),
        moved(shiftMiddle, levels[1], actualSeconds > middle),
        moved(shiftHigh, levels[2], actualSeconds > high),
      ],
      above: `${old.above.slice(1 - pitsMax)}${above}`,
      loss: [
        lossLow * forget + pinball(levels[0], low, actualSeconds),
        lossMiddle * forget + pinball(levels[1], middle, actualSeconds),
        lossHigh * forget + pinball(levels[2], high, actualSeconds),
      ],
      weight: old.weight * forget + 1,
    },
  };
}

/** One step towards the right share of misses. A level that is out of range already goes no further. */
function moved(shift: number, level: number, missed: boolean): number {
  const next = shift + step * (Number(missed) - (1 - level));
  return Math.min(1 + step - level, Math.max(-step - level, next));
}

/**
 * Which share of the raw draws to take so that `share` of the truths lie at or below it: 0..1, or outside
 * that where truths were. It never falls as `share` (0..1) grows.
 */
export const calibrated = (state: CalibrationState, bucket: Bucket, share: number): number =>
  levelIn(state[bucket], share);

const levelIn = (bucket: BucketState, share: number): number =>
  quantileOfPits(sortedPits(bucket), shifted(bucket, share));

/** The nominal share moved by the adaptive part: straight between the levels, which may not cross. */
function shifted({ shifts }: BucketState, share: number): number {
  let left = 0;
  let leftTo = 0;
  for (let at = 0; at <= levels.length; at += 1) {
    const right = levels[at] ?? 1;
    const rightTo = Math.max(leftTo, Math.min(1, right + (shifts[at] ?? 0)));
    if (share <= right) {
      return leftTo + ((Math.max(0, share) - left) / (right - left)) * (rightTo - leftTo);
    }
    left = right;
    leftTo = rightTo;
  }
  return 1;
}

const sortedByBucket = new WeakMap<BucketState, Float64Array>();

function sortedPits(bucket: BucketState): Float64Array {
  const known = sortedByBucket.get(bucket);
  if (known !== undefined) return known;
  const sorted = new Float64Array(bucket.pits.length + pseudoValues);
  sorted.set(bucket.pits);
  for (let at = 0; at < pseudoValues; at += 1) {
    sorted[bucket.pits.length + at] = (at + 0.5) / pseudoValues;
  }
  sorted.sort();
  sortedByBucket.set(bucket, sorted);
  return sorted;
}

/** Value i of n stands for the share (i + 0.5) / n (Hazen), the ends for the most that can be. */
function quantileOfPits(sorted: Float64Array, share: number): number {
  const last = sorted.length - 1;
  const place = share * sorted.length - 0.5;
  const below = Math.floor(place);
  const first = sorted[0] ?? 0;
  // The outermost pieces are half as wide.
  if (below < 0) return first + 2 * place * (first - Math.min(0, first));
  const low = sorted[below] ?? 1;
  if (below >= last) return low + 2 * (place - last) * (Math.max(1, low) - low);
  return low + (place - below) * ((sorted[below + 1] ?? low) - low);
}

/** Of each bucket the calibrated shares of the ranks of so many draws as were asked for last. */
const ranksByBucket = new WeakMap<BucketState, Float64Array>();

function ranksOf(bucket: BucketState, count: number): Float64Array {
  const known = ranksByBucket.get(bucket);
  if (known?.length === count) return known;
  const ranks = new Float64Array(count);
  for (let at = 0; at < count; at += 1) ranks[at] = levelIn(bucket, (at + 0.5) / count);
  ranksByBucket.set(bucket, ranks);
  return ranks;
}

/** Draws made calibrated, in place and in random order: the one of rank `share` becomes the one of rank `calibrated(share)`. */
export function calibrate(
  state: CalibrationState,
  bucket: Bucket,
  random: Random,
  draws: Float64Array,
): void {
  const own = state[bucket];
  if (own.weight === 0) return;
  const ranks = ranksOf(own, draws.length);
  const sorted = draws.slice().sort();
  for (let at = 0; at < draws.length; at += 1) {
    draws[at] = quantileOfSorted(sorted, ranks[at] ?? 0);
  }
  shuffle(draws, random);
}

/** How good the calibrated predictions were lately, by bucket. */
export const coverage = (state: CalibrationState): readonly BucketQuality[] =>
  buckets.map((bucket) => {
    const { above, loss, weight } = state[bucket];
    return {
      bucket,
      n: above.length,
      quantiles: levels.map((level, at) => ({
        level,
        coverage: wilson(countAtMost(above, at), above.length),
        pinballSeconds: weight === 0 ? null : (loss[at] ?? 0) / weight,
      })),
    };
  });

/** Outcomes that were above at most `most` quantiles. */
function countAtMost(above: string, most: number): number {
  let count = 0;
  for (const digit of above) if (Number(digit) <= most) count += 1;
  return count;
}

const driftWindow = 50;

/**
 * Whether the predictions still hold: over the last 50 of a bucket, the share at or below the
 * calibrated 0.9 quantile. `widen`: it left 0.80..0.97, and the adaptive part is at work. `fall-back`:
 * below 0.70, so that decisions should not rest on them. The worst bucket counts.
 */
export function driftOf(state: CalibrationState): "none" | "widen" | "fall-back" {
  let drift: "none" | "widen" = "none";
  for (const bucket of buckets) {
    const { above } = state[bucket];
    if (above.length < driftWindow) continue;
    const covered = countAtMost(above.slice(-driftWindow), 2) / driftWindow;
    if (covered < 0.7) return "fall-back";
    if (covered < 0.8 || covered > 0.97) drift = "widen";
  }
  return drift;
}
