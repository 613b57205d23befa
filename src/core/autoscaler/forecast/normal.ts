import type { Random } from "../../../lib/random.ts";

const density = (x: number): number => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);

/** Up to here the series is quick and exact; beyond it the continued fraction is. */
const seriesMax = 2.5;

/** P(Z <= x) - 1/2 by the power series of Abramowitz and Stegun, 26.2.11. */
function fromMiddle(x: number): number {
  let term = x;
  let sum = x;
  for (let odd = 3; odd < 200; odd += 2) {
    term *= (x * x) / odd;
    const next = sum + term;
    if (next === sum) break;
    sum = next;
  }
  return density(x) * sum;
}

/** P(Z > x) for x above `seriesMax` by the continued fraction of Abramowitz and Stegun, 26.2.14. */
function tail(x: number): number {
  let fraction = x;
  for (let depth = x > 8 ? 16 : 80; depth >= 1; depth -= 1) fraction = x + depth / fraction;
  return density(x) / fraction;
}

/** P(Z > x) of the standard normal distribution, with its full relative precision far out. */
export function normalUpper(x: number): number {
  if (x > seriesMax) return tail(x);
  return x < -seriesMax ? 1 - tail(-x) : 0.5 - fromMiddle(x);
}

/** P(Z <= x) of the standard normal distribution. */
export const normalCdf = (x: number): number => normalUpper(-x);

/**
 * The standard normal quantile, to about 16 digits: PPND16 of M. J. Wichura, algorithm AS 241,
 * Applied Statistics 37 (1988). Infinite at 0 and 1.
 */
export function normalQuantile(share: number): number {
  const middle = share - 0.5;
  if (Math.abs(middle) <= 0.425) return middle * central(0.180625 - middle * middle);
  const outer = middle < 0 ? share : 1 - share;
  if (!(outer > 0)) return middle < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const root = Math.sqrt(-Math.log(outer));
  const size = root <= 5 ? near(root - 1.6) : far(root - 5);
  return middle < 0 ? -size : size;
}

function central(r: number): number {
  const over =
    ((((((2509.0809287301227 * r + 33430.57558358813) * r + 67265.7709270087) * r +
      45921.95393154987) *
      r +
      13731.69376550946) *
      r +
      1971.5909503065513) *
      r +
      133.14166789178438) *
      r +
    3.3871328727963665;
  const under =
    ((((((5226.495278852854 * r + 28729.085735721943) * r + 39307.89580009271) * r +
      21213.794301586597) *
      r +
      5394.196021424751) *
      r +
      687.1870074920579) *
      r +
      42.31333070160091) *
      r +
    1;
  return over / under;
}

function near(r: number): number {
  const over =
    ((((((0.0007745450142783414 * r + 0.022723844989269184) * r + 0.2417807251774506) * r +
      1.2704582524523684) *
      r +
      3.6478483247632045) *
      r +
      5.769497221460691) *
      r +
      4.630337846156546) *
      r +
    1.4234371107496835;
  const under =
    ((((((1.0507500716444169e-9 * r + 0.0005475938084995345) * r + 0.015198666563616457) * r +
      0.14810397642748008) *
      r +
      0.6897673349851) *
      r +
      1.6763848301838038) *
      r +
      2.053191626637759) *
      r +
    1;
  return over / under;
}

function far(r: number): number {
  const over =
    ((((((2.0103343992922881e-7 * r + 0.000027115555687434876) * r + 0.0012426609473880784) * r +
      0.026532189526576124) *
      r +
      0.29656057182850487) *
      r +
      1.7848265399172913) *
      r +
      5.463784911164114) *
      r +
    6.657904643501103;
  const under =
    ((((((2.0442631033899397e-15 * r + 1.421511758316446e-7) * r + 0.000018463183175100548) * r +
      0.0007868691311456133) *
      r +
      0.014875361290850615) *
      r +
      0.1369298809227358) *
      r +
      0.599832206555888) *
      r +
    1;
  return over / under;
}

/** A number in (0, 1): never 0, whose quantile is infinite. */
export const inside = (random: Random): number =>
  (random.next() * 0xffff_ffff + 0.5) / 0x1_0000_0000;

/** A power of two. */
const tableSize = 4096;

/** Equally likely standard normals in order: quantiles in the middles of equal pieces, scaled to variance 1. */
const table = tabulate();

function tabulate(): Float64Array {
  const values = new Float64Array(tableSize);
  let squares = 0;
  for (let place = 0; place < tableSize; place += 1) {
    const value = normalQuantile((place + 0.5) / tableSize);
    values[place] = value;
    squares += value * value;
  }
  const scale = Math.sqrt(tableSize / squares);
  for (let place = 0; place < tableSize; place += 1) values[place] = (values[place] ?? 0) * scale;
  return values;
}

/** The normal at a share of [0, 1), from the table: quick, within 3.7 standard deviations. */
export const normalAt = (share: number): number => table[(share * tableSize) | 0] ?? 0;

/** Beyond this many standard deviations probabilities underflow, and the tail is exponential enough. */
const farMin = 30;

/**
 * Where the part of a standard normal beyond `from` has the share `upper` above itself; `upperOfFrom`
 * is `normalUpper(from)`, which a caller with many draws computes once. Never below `from`.
 */
export function beyond(from: number, upperOfFrom: number, upper: number): number {
  // Far out the square of a normal is exponential: Rayleigh's tail.
  if (from > farMin) return Math.sqrt(from * from - 2 * Math.log(upper));
  const share = upper * upperOfFrom;
  return Math.max(
    from,
    share > bodyMin && share < 1 - bodyMin ? -inBody(share) : -normalQuantile(share),
  );
}

/** Nearer to 0 or 1 the table is too coarse to go straight from one value to the next. */
const bodyMin = 0.01;

/** The quantile by the table, with an error below 0.0005. */
function inBody(share: number): number {
  const place = share * tableSize - 0.5;
  const below = place | 0;
  const low = table[below] ?? 0;
  return low + (place - below) * ((table[below + 1] ?? low) - low);
}
