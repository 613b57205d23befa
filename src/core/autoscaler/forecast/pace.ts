import type { Random } from "../../../lib/random.ts";
import type { DocumentObservation } from "../observation.ts";
import { noiseOf } from "./noise.ts";
import { drawRemaining, type LogNormal, type Pace, plausible } from "./remaining.ts";

/**
 * How long slides take. Of slide j of document i: `ln seconds = mu + d_i + e_ij`, with
 * `d ~ N(0, tau^2)` (slow and quick documents) and `e ~ N(0, sigma^2)` (slow and quick slides).
 * Weighted sums over documents, each new one making the older ones count `forget` as much. A type, not
 * an interface: only that is plain JSON to the compiler.
 */
export type PaceState = {
  /** Sums of the weights of documents, and of their squares. */
  readonly weight: number;
  readonly weightSquares: number;
  /** Of a document's mean of ln(seconds), of its square, and of 1 / its slides. */
  readonly sumMeans: number;
  readonly sumMeanSquares: number;
  readonly sumInverseSlides: number;
  /** Squared distances of slides from the mean of their document, and their degrees of freedom. */
  readonly withinSquares: number;
  readonly withinFreedom: number;
  /** Of ln(slides), and of its square. */
  readonly sumLnSlides: number;
  readonly sumSquaresLnSlides: number;
  /** What lies between the last slide and the need for text: weight, and sums of ln(seconds). */
  readonly stage: {
    readonly weight: number;
    readonly sumLn: number;
    readonly sumSquaresLn: number;
  };
};

const forget = 1 - 1 / 200;

const prior = {
  documents: 5,
  slides: 16,
  mu: Math.log(3.5),
  tau: 0.3,
  sigma: 0.35,
  lnSlides: Math.log(16),
  lnSlidesSd: 0.6,
};

/** What is believed before anything was seen. It counts as five documents, and is forgotten like them. */
export const emptyPace: PaceState = {
  weight: prior.documents,
  weightSquares: prior.documents,
  sumMeans: prior.documents * prior.mu,
  sumMeanSquares:
    prior.documents * prior.mu ** 2 +
    (prior.documents - 1) * (prior.tau ** 2 + prior.sigma ** 2 / prior.slides),
  sumInverseSlides: prior.documents / prior.slides,
  withinSquares: prior.documents * (prior.slides - 1) * prior.sigma ** 2,
  withinFreedom: prior.documents * (prior.slides - 1),
  sumLnSlides: prior.documents * prior.lnSlides,
  sumSquaresLnSlides:
    prior.documents * prior.lnSlides ** 2 + (prior.documents - 1) * prior.lnSlidesSd ** 2,
  stage: { weight: 0, sumLn: 0, sumSquaresLn: 0 },
};

/** Learns from a document whose slides are all read: their number, and sums over them. One without slides, or with figures that are none, says nothing. */
export function learnPace(
  state: PaceState,
  doc: {
    readonly slides: number;
    readonly sumLnSeconds: number;
    readonly sumSquaresLnSeconds: number;
  },
): PaceState {
  const { slides, sumLnSeconds, sumSquaresLnSeconds } = doc;
  if (!(slides >= 1) || !Number.isFinite(sumLnSeconds) || !Number.isFinite(sumSquaresLnSeconds)) {
    return state;
  }
  const mean = plausible(sumLnSeconds / slides);
  const lnSlides = Math.log(slides);
  const within = Math.max(0, sumSquaresLnSeconds - (sumLnSeconds * sumLnSeconds) / slides);
  return {
    weight: state.weight * forget + 1,
    weightSquares: state.weightSquares * forget ** 2 + 1,
    sumMeans: state.sumMeans * forget + mean,
    sumMeanSquares: state.sumMeanSquares * forget + mean * mean,
    sumInverseSlides: state.sumInverseSlides * forget + 1 / slides,
    withinSquares: state.withinSquares * forget + within,
    withinFreedom: state.withinFreedom * forget + slides - 1,
    sumLnSlides: state.sumLnSlides * forget + lnSlides,
    sumSquaresLnSlides: state.sumSquaresLnSlides * forget + lnSlides * lnSlides,
    stage: state.stage,
  };
}

/** Shorter times count as this: a logarithm needs a number above 0. */
const stageSecondsMin = 0.001;

/** Learns how long it took from the last slide to the need for text. */
export function learnStage(state: PaceState, seconds: number): PaceState {
  if (!Number.isFinite(seconds)) return state;
  const ln = Math.log(Math.max(stageSecondsMin, seconds));
  const { weight, sumLn, sumSquaresLn } = state.stage;
  return {
    ...state,
    stage: {
      weight: weight * forget + 1,
      sumLn: sumLn * forget + ln,
      sumSquaresLn: sumSquaresLn * forget + ln * ln,
    },
  };
}

const sdMin = 0.05;
const sdMax = 2;
const clamp = (value: number, low: number, high: number): number =>
  Math.min(high, Math.max(low, value));

const paces = new WeakMap<PaceState, Pace>();

/** Computed once a state. */
function paceOf(state: PaceState): Pace {
  const known = paces.get(state);
  if (known !== undefined) return known;
  const pace = estimate(state);
  paces.set(state, pace);
  return pace;
}

/** The method of moments for a random effect (one-way analysis of variance), with weights. */
function estimate(state: PaceState): Pace {
  const { weight, weightSquares } = state;
  const mu = state.sumMeans / weight;
  const sigma2 = clamp(state.withinSquares / state.withinFreedom, sdMin ** 2, sdMax ** 2);
  const inverse = state.sumInverseSlides / weight;
  // Weighted means of few documents vary less than the documents do: the usual n / (n - 1).
  const spread = state.sumMeanSquares / weight - mu * mu;
  const between = spread / (1 - weightSquares / weight ** 2);
  const tau2 = clamp(between - sigma2 * inverse, sdMin ** 2, sdMax ** 2);
  // How wrong the mean itself may be is part of how far the next document may lie from it.
  const ofMean = ((tau2 + sigma2 * inverse) * weightSquares) / weight ** 2;
  const lnSlides = state.sumLnSlides / weight;
  const lnSlidesVariance = state.sumSquaresLnSlides / weight - lnSlides ** 2;
  return {
    mu,
    tau2: tau2 + ofMean,
    noise: noiseOf(Math.sqrt(sigma2)),
    slides: { mu: lnSlides, sd: Math.sqrt(Math.max(sdMin ** 2, lnSlidesVariance)) },
    stage: stageOf(state),
  };
}

/** A stage that always takes less than this is none. */
const noStageSeconds = 0.05;

function stageOf({ stage }: PaceState): LogNormal | null {
  if (stage.weight === 0) return null;
  const mu = stage.sumLn / stage.weight;
  const sd = Math.sqrt(Math.max(sdMin ** 2, stage.sumSquaresLn / stage.weight - mu * mu));
  return mu + 3 * sd < Math.log(noStageSeconds) ? null : { mu, sd };
}

/**
 * Draws of the seconds until visual analysis of this document ends, what follows it up to the need
 * for text included; of one that waits: of the work alone, without what is before it in the queue.
 * Fills `out`, in random order. The slide in progress is known to last longer than it has.
 */
export function sampleRemaining(
  state: PaceState,
  doc: DocumentObservation,
  nowMs: number,
  random: Random,
  out: Float64Array,
): void {
  drawRemaining(paceOf(state), doc, nowMs, random, out);
}

/** The mean work of visual analysis of a document of which nothing but its slides is known; null: not even those. */
export function meanWorkSeconds(state: PaceState, slides: number | null): number {
  const { mu, tau2, noise, slides: usual } = paceOf(state);
  const count = slides ?? Math.exp(usual.mu + usual.sd ** 2 / 2);
  return count * Math.exp(mu + (tau2 + noise.variance) / 2);
}
