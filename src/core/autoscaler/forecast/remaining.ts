import type { Random } from "../../../lib/random.ts";
import type { DocumentObservation } from "../observation.ts";
import { drawSum, isDrawn, type Noise, sumAsLogNormal } from "./noise.ts";
import { beyond, inside, normalAt, normalUpper } from "./normal.ts";
import { shuffle } from "./shuffle.ts";

/** A mean and a standard deviation of logarithms. */
export interface LogNormal {
  readonly mu: number;
  readonly sd: number;
}

/** What a state says of slides and documents: `mu` and `tau2` of documents, the noise of slides. */
export interface Pace {
  readonly mu: number;
  readonly tau2: number;
  readonly noise: Noise;
  readonly slides: LogNormal;
  readonly stage: LogNormal | null;
}

/** ln(seconds) of a slide between a millisecond and two days: nothing else is believed. */
export const plausible = (ln: number): number => Math.min(12, Math.max(-7, ln));

/** A document has at most this many slides, for one whose number is drawn. */
const slidesMax = 500;

/** See `sampleRemaining`, which is this for the pace of a state. */
export function drawRemaining(
  pace: Pace,
  doc: DocumentObservation,
  nowMs: number,
  random: Random,
  out: Float64Array,
): void {
  const left = doc.slides === null ? null : doc.slides - doc.slidesDone;
  if (doc.visual === "done") out.fill(0);
  else if (left !== null && left <= 0) drawStage(pace, random, out.fill(0));
  else {
    const own = ownPace(pace, doc);
    const elapsed =
      doc.visual === "running" && doc.slideSinceMs !== null ? (nowMs - doc.slideSinceMs) / 1000 : 0;
    if (left === null) drawUnknown(pace, own, doc.slidesDone, Math.max(0, elapsed), random, out);
    else if (elapsed > 0) drawWithin(pace, own, left, elapsed, random, out);
    else drawWhole(pace, own, left, random, out);
    drawStage(pace, random, out);
    shuffle(out, random);
  }
}

const golden = (Math.sqrt(5) - 1) / 2;

/** ln(seconds a slide) of one document: a normal. */
interface OwnPace {
  readonly mu: number;
  readonly variance: number;
}

/** A normal prior and what the finished slides say: again a normal. */
function ownPace({ mu, tau2, noise }: Pace, doc: DocumentObservation): OwnPace {
  const variance = 1 / (1 / tau2 + doc.slidesDone / noise.variance);
  const apart = doc.sumLnSeconds - doc.slidesDone * mu;
  return { mu: plausible(mu + (variance / noise.variance) * apart), variance };
}

/** None of the `left` slides has begun. Even shares of the leading quantity spread better than chance does. */
function drawWhole(
  { noise }: Pace,
  own: OwnPace,
  left: number,
  random: Random,
  out: Float64Array,
): void {
  const width = 1 / out.length;
  if (isDrawn(left)) {
    const sd = Math.sqrt(own.variance);
    for (let i = 0; i < out.length; i += 1) {
      const z = normalAt((i + random.next()) * width);
      out[i] = Math.exp(own.mu + sd * z) * drawSum(noise, left, random);
    }
    return;
  }
  const sum = sumAsLogNormal(noise, left);
  const mu = own.mu + sum.mu;
  const sd = Math.sqrt(own.variance + sum.variance);
  for (let i = 0; i < out.length; i += 1) {
    out[i] = Math.exp(mu + sd * normalAt((i + random.next()) * width));
  }
}

/**
 * The first of the `left` slides has lasted `elapsed` seconds. Its ln(seconds) is a normal cut off
 * there; the document's pace, given that slide, is a normal again.
 */
function drawWithin(
  { noise }: Pace,
  own: OwnPace,
  left: number,
  elapsed: number,
  random: Random,
  out: Float64Array,
): void {
  const variance = own.variance + noise.variance;
  const sd = Math.sqrt(variance);
  const from = (Math.log(elapsed) - own.mu) / sd;
  const upper = normalUpper(from);
  const share = own.variance / variance;
  const sdPace = Math.sqrt(own.variance * (1 - share));
  const isEach = isDrawn(left - 1);
  const sum = sumAsLogNormal(noise, Math.max(1, left - 1));
  const muRest = own.mu + (isEach ? 0 : sum.mu);
  const sdRest = Math.sqrt(sdPace * sdPace + (isEach ? 0 : sum.variance));
  let turn = random.next();
  for (let i = 0; i < out.length; i += 1) {
    // Two quantities spread evenly together: even shares of one, turns by the golden ratio of the other.
    turn += turn < 1 - golden ? golden : golden - 1;
    const apart = sd * beyond(from, upper, (i + inside(random)) / out.length);
    let seconds = Math.exp(own.mu + apart) - elapsed;
    if (left > 1) {
      const rest = Math.exp(muRest + share * apart + sdRest * normalAt(turn));
      seconds += isEach ? rest * drawSum(noise, left - 1, random) : rest;
    }
    out[i] = Math.max(0, seconds);
  }
}

/** Nobody knows how many slides there are: their number is drawn too, above those that are done. */
function drawUnknown(
  pace: Pace,
  own: OwnPace,
  done: number,
  elapsed: number,
  random: Random,
  out: Float64Array,
): void {
  const { mu, sd } = pace.slides;
  const from = (Math.log(done + 0.5) - mu) / sd;
  const upper = normalUpper(from);
  const one = new Float64Array(1);
  for (let i = 0; i < out.length; i += 1) {
    const ln = mu + sd * beyond(from, upper, (i + inside(random)) / out.length);
    const left = Math.min(slidesMax, Math.max(1, Math.round(Math.exp(ln)) - done));
    if (elapsed > 0) drawWithin(pace, own, left, elapsed, random, one);
    else drawWhole(pace, own, left, random, one);
    out[i] = one[0] ?? 0;
  }
}

/** Adds what follows the last slide. */
function drawStage({ stage }: Pace, random: Random, out: Float64Array): void {
  if (stage === null) return;
  for (let i = 0; i < out.length; i += 1) {
    out[i] = (out[i] ?? 0) + Math.exp(stage.mu + stage.sd * normalAt(random.next()));
  }
}
