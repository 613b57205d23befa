import type { Random } from "../../../lib/random.ts";
import { normalQuantile } from "./normal.ts";

/** A power of two: three places of a table come from one random number. */
const places = 1024;
/** Standard deviations are rounded to this, so that a table serves many states. */
const sdStep = 1 / 256;

/** Sums of more draws than this are nearly log-normal themselves. */
const drawnMax = 12;

/** Factors `exp(e)`, `e ~ N(0, sd^2)`, that slides of one document differ by. */
export interface Noise {
  readonly sd: number;
  readonly variance: number;
  /** Equally likely factors in order of size, with the mean that all of them have. */
  readonly factors: Float64Array;
}

/** Tables made so far, by the rounded standard deviation. A memo of a pure function: it changes no answer. */
const made: (Noise | undefined)[] = [];

/** `sd` is rounded to 1/256; at most 2. */
export function noiseOf(sd: number): Noise {
  const step = Math.max(1, Math.min(512, Math.round(sd / sdStep)));
  const known = made[step];
  if (known !== undefined) return known;
  const noise = makeNoise(step * sdStep);
  made[step] = noise;
  return noise;
}

function makeNoise(sd: number): Noise {
  const factors = new Float64Array(places);
  let sum = 0;
  for (let place = 0; place < places; place += 1) {
    const factor = Math.exp(sd * normalQuantile((place + 0.5) / places));
    factors[place] = factor;
    sum += factor;
  }
  // The middles of the pieces miss a little of the long tail.
  const missing = (places * Math.exp((sd * sd) / 2)) / sum;
  for (let place = 0; place < places; place += 1) factors[place] = (factors[place] ?? 0) * missing;
  return { sd, variance: sd * sd, factors };
}

/** A sum of `count` factors; at most `drawnMax` of them. */
export function drawSum({ factors }: Noise, count: number, random: Random): number {
  let sum = 0;
  let left = count;
  for (; left >= 3; left -= 3) {
    const bits = (random.next() * 0x4000_0000) | 0;
    sum +=
      (factors[bits & 1023] ?? 0) +
      (factors[(bits >> 10) & 1023] ?? 0) +
      (factors[bits >> 20] ?? 0);
  }
  if (left === 0) return sum;
  const bits = (random.next() * 0x10_0000) | 0;
  sum += factors[bits & 1023] ?? 0;
  return left === 1 ? sum : sum + (factors[bits >> 10] ?? 0);
}

export const isDrawn = (count: number): boolean => count <= drawnMax;

/**
 * The log-normal that has the mean and the variance of a sum of `count` factors (L. F. Fenton, IRE
 * Trans. Commun. Syst. 8, 1960): mean and variance of its logarithm.
 */
export function sumAsLogNormal(
  { variance }: Noise,
  count: number,
): { readonly mu: number; readonly variance: number } {
  const ofSum = Math.log1p(Math.expm1(variance) / count);
  return { mu: Math.log(count) + (variance - ofSum) / 2, variance: ofSum };
}
