import type { Stream } from "./chance.ts";

/** What a duration or a number is drawn from. Plain JSON. */
export type Distribution =
  | {
      readonly kind: "log-normal";
      readonly median: number;
      /** Standard deviation of the logarithm. */
      readonly lnSd: number;
      /** What lies outside is moved to the bound. */
      readonly min: number;
      readonly max: number;
    }
  /** Measured values at equal steps of probability, ascending; the first is the least, the last the most. */
  | { readonly kind: "quantiles"; readonly values: readonly number[] };

export function draw(distribution: Distribution, stream: Stream): number {
  if (distribution.kind === "log-normal") {
    const { median, lnSd, min, max } = distribution;
    return Math.min(max, Math.max(min, median * Math.exp(lnSd * stream.normal())));
  }
  return quantileOf(distribution.values, stream.next());
}

/** The inverse of the distribution function, straight between two measured values. */
function quantileOf(values: readonly number[], share: number): number {
  const place = share * (values.length - 1);
  const below = Math.floor(place);
  const low = values[below] ?? 0;
  const high = values[below + 1] ?? low;
  return low + (high - low) * (place - below);
}
